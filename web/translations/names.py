"""What catalogues, languages, plural forms and places are called for people who are no developers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from core.i18n import is_right_to_left
from core.i18n.negotiate import babel_locale, language_name
from core.messages import Message, messages_of
from core.wordings import form_chooser
from web.kit import services

N_ = messages_of("translations")

# Translators: A part of ADX, in a list of parts.
SHARED = {
    "shell": N_("Frame and shared parts"),
    "core": N_("Basics"),
    "kit": N_("Forms and errors"),
    "cli": N_("Command line"),
}

# Translators: Unicode’s name of a plural form: the grammarian’s word, in lower case.
CATEGORIES = {
    "zero": N_("zero"),
    "one": N_("one"),
    "two": N_("two"),
    "few": N_("few"),
    "many": N_("many"),
    "other": N_("other"),
}
EXAMPLES = 4
COUNTED_TO = 220
"""High enough to meet every form of every language with whole numbers."""


@dataclass(frozen=True, slots=True)
class PluralForm:
    """A form of a language, with numbers that take it."""

    category: Message
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text is shown; ``href`` is None where no page can be opened to see it."""

    label: Message
    href: str | None


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its code, its own name and the direction it is written in."""

    code: str
    name: str

    @property
    def direction(self) -> str:
        """``rtl`` or ``ltr``."""
        return "rtl" if is_right_to_left(self.code) else "ltr"


def feature_name(domain: str) -> Message | str:
    """Return what a catalogue is called."""
    found = SHARED.get(domain) or services().features.get(domain)
    return found or domain.capitalize()


@lru_cache(maxsize=64)
def language(code: str) -> Language:
    """Return a language by its code."""
    return Language(code, language_name(code))


@lru_cache(maxsize=64)
def plural_forms(code: str) -> tuple[PluralForm, ...]:
    """Return the forms of a language in the order of its catalogues, each with its first numbers."""
    rule, category = form_chooser(code), babel_locale(code).plural_form
    numbers: dict[int, list[int]] = {}
    for number in range(COUNTED_TO):
        numbers.setdefault(rule(number), []).append(number)
    return tuple(
        PluralForm(CATEGORIES[category(found[-1])], tuple(found[:EXAMPLES])) for _, found in sorted(numbers.items())
    )


# Translators: Where a text shows, in a list of places.
PAGES = (
    ("templates/emails/", N_("An email"), None),
    ("templates/layouts/error", N_("Error pages"), None),
    ("templates/layouts/home", N_("The pages before a workspace is entered"), None),
    ("templates/layouts/settings", N_("Settings"), "/admin/workspace"),
    ("templates/layouts/", N_("Every page"), "/"),
    ("templates/components/", N_("Parts that many pages have"), "/patterns"),
    ("templates/shell/landing", N_("The pages before a workspace is entered"), None),
    ("templates/shell/", N_("Home"), "/"),
    ("templates/tenants/members", N_("People"), "/members"),
    ("templates/tenants/_members", N_("People"), "/members"),
    ("templates/tenants/", N_("Choosing and creating workspaces"), None),
    ("templates/auth/", N_("Creating an account and logging in"), None),
    ("templates/files/", N_("Files"), "/files"),
    ("templates/runs/", N_("Workflows"), "/runs"),
    ("templates/users/", N_("Preferences"), "/preferences"),
    ("templates/branding/", N_("Brand"), "/admin/branding"),
    ("templates/notifications/", N_("Notifications"), "/preferences/notifications"),
    ("templates/translations/", N_("Wording"), "/admin/translations"),
    ("web/kit/", N_("Forms and errors"), None),
    ("web/files/", N_("Files"), "/files"),
    ("web/runs/", N_("Workflows"), "/runs"),
    ("workflows/", N_("The steps of a workflow"), "/runs"),
    ("activities/", N_("The steps of a workflow"), "/runs"),
    ("domain/", N_("What is said when something is refused"), None),
)
# Translators: Where a text shows, in a list of places, when no other place of the list is right.
ELSEWHERE = N_("Elsewhere in ADX")


def places(files: tuple[str, ...]) -> tuple[Place, ...]:
    """Return where the texts of these files are shown, each place once."""
    found: dict[str, Place] = {}
    for file in files:
        place = _place(file)
        found.setdefault(place.label.text, place)
    return tuple(found.values())


def _place(file: str) -> Place:
    for prefix, label, href in PAGES:
        if file.startswith(prefix):
            return Place(label, href)
    return Place(ELSEWHERE, None)
