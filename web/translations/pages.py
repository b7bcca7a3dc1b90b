"""What the templates of translations receive: a tested contract, since themes are written against it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from core.i18n.placeholders import placeholders
from core.messages import Message, messages_of
from core.runs.card import RunCard
from domain.translations.models import Batch
from domain.translations.product import ProductText
from domain.translations.repository import Forms
from web.translations.names import Language, Place

N_ = messages_of("translations")

Show = Literal["all", "missing", "own"]
PATH = "/admin/translations"

# Translators: A line of a text’s history. {who} is a person; “it” is the text.
KINDS = {
    "edit": N_("{who} changed it"),
    "revert": N_("{who} restored it"),
    "import": N_("{who} imported it"),
    "replace": N_("{who} replaced a word in it"),
    "take_back": N_("{who} undid a change to it"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which texts the list shows; kept in the address."""

    feature: str
    language: str
    q: str = ""
    show: Show = "all"
    page: int = 1

    def url(self, text: str = "", **changes: object) -> str:
        """Return the address of this list, or of one that differs by ``changes``, with a text open beside it."""
        wanted = replace(self, **{"page": 1 if changes else self.page, **changes})  # type: ignore[arg-type]  # its fields
        told = {"feature": wanted.feature, "language": wanted.language, "q": wanted.q, "text": text}
        more = {"show": wanted.show if wanted.show != "all" else "", "page": wanted.page if wanted.page > 1 else ""}
        return f"{PATH}?{urlencode({name: value for name, value in {**told, **more}.items() if value})}"

    def text_url(self, key: str, suffix: str = "") -> str:
        """Return the address of one text alone, with this list remembered."""
        return f"{PATH}/texts/{key}{suffix}?{self.url().partition('?')[2]}"


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text in the list. ``words`` is what it reads as; nothing, where nobody has translated it."""

    key: str
    source: str
    words: str
    is_own: bool

    @property
    def is_missing(self) -> bool:
        """Whether readers of this language get it in English."""
        return not self.words


@dataclass(frozen=True, slots=True)
class FormField:
    """One form of a text in its editor: what is typed, what the product says, and what it looks like."""

    name: str
    category: Message | None
    numbers: str
    value: str
    product: str
    english: str
    error: Message | None
    preview: str


@dataclass(frozen=True, slots=True)
class Version:
    """A line of a text's history; without ``words`` it was the product's own text."""

    id: UUID
    what: Message
    when: datetime
    words: Forms | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class TextEditor:
    """One text with everything that helps to word it."""

    text: ProductText
    feature: Message | str
    language: Language
    fields: tuple[FormField, ...]
    places: tuple[Place, ...]
    history: tuple[Version, ...]
    is_own: bool
    is_saved: bool
    in_context: bool
    filters: Filters
    before: str = ""
    after: str = ""

    @property
    def row(self) -> TextRow:
        """What the list shows of it now."""
        return TextRow(self.text.key, self.text.words, self.fields[-1].value, self.is_own)

    @property
    def allowed(self) -> str:
        """The placeholders that may be used, for the script that checks while one types."""
        return " ".join(sorted(placeholders(self.text.everything)))

    @property
    def required(self) -> str:
        """Those that must be used."""
        return " ".join(sorted(self.text.required))


@dataclass(frozen=True, slots=True)
class EditorPage:
    """``/admin/translations``: a list of texts, and one of them beside it."""

    filters: Filters
    rows: tuple[TextRow, ...]
    total: int
    ours: int
    missing: int
    last_page: int
    features: tuple[tuple[str, Message | str], ...]
    languages: tuple[Language, ...]
    editor: TextEditor | None
    edits_on_pages: bool


@dataclass(frozen=True, slots=True)
class FilesPage:
    """``/admin/translations/files``: catalogues out and in."""

    filters: Filters
    features: tuple[tuple[str, Message | str], ...]
    languages: tuple[Language, ...]
    batches: tuple[Batch, ...]
    error: Message | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """One text in the dry run of a replacement."""

    key: str
    feature: Message | str
    before: str
    after: str
    is_sound: bool


@dataclass(frozen=True, slots=True)
class ReplacePage:
    """``/admin/translations/replacements``: a word, what stands for it, and what that would change."""

    language: Language
    languages: tuple[Language, ...]
    find: str
    put: str
    proposals: tuple[Proposed, ...]
    batches: tuple[Batch, ...]
    error: Message | None = None


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One change of a batch."""

    line: int
    source: str
    words: str
    before: str
    fault: Message | None
    applied: bool


@dataclass(frozen=True, slots=True)
class BatchPage:
    """``/admin/translations/batches/<id>``: what was changed, what was left out, and the way back.

    ``lines`` are the first ``most_lines`` of those changed and of those left out; the numbers are of all.
    """

    batch: Batch
    language: Language
    lines: tuple[BatchLine, ...]
    applied: int
    skipped: int
    card: RunCard | None
    most_lines: int
