"""The form of the brand editor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wtforms import IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from core.colour import parse
from domain.branding.fonts import PAIRINGS
from domain.branding.palette import failing
from domain.branding.types import Look
from web.kit import Form, labels_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wtforms import Field

N_ = labels_of("branding")

LONGEST_NAME = 60
HEX = re.compile(r"#[0-9a-f]{6}")
SHORT_HEX = re.compile(r"#?(?:[0-9a-f]{3}|[0-9a-f]{6})")
MOST_HUE = 359


def _offered(*choices: tuple[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(value=value, label=label) for value, label in choices]


# Translators: A choice in a list of tints, corners or fonts.
AS_THE_THEME = N_("From the theme")
# Translators: How strongly surfaces are tinted, in the list “Surface tint”.
TINTS = _offered(("", AS_THE_THEME), ("0", N_("Grey")), ("1", N_("A hint")), ("3", N_("Soft")), ("6", N_("Strong")))
# Translators: How round corners are, in the list “Corners”.
RADII = _offered(
    ("", AS_THE_THEME),
    ("0", N_("Square")),
    ("4", N_("Slight")),
    ("8", N_("Round")),
    ("14", N_("Rounder")),
    ("20", N_("Roundest")),
)
FONTS = _offered(("", AS_THE_THEME), *((key, pairing.title) for key, pairing in PAIRINGS.items()))


def tidy_colour(value: str | None) -> str:
    """Return what was typed as ``#rrggbb`` where it can be one: ``2B5`` and ``#2b59d9`` alike."""
    typed = (value or "").strip().lower()
    if not SHORT_HEX.fullmatch(typed):
        return typed
    return parse(typed if typed.startswith("#") else f"#{typed}").hex


class BrandForm(Form):
    """What an admin can choose; an empty field is the theme's own."""

    name = StringField(
        N_("Name"),
        description=N_("Shown at the top of every page and in emails. Empty: the workspace’s name."),
        validators=[Length(max=LONGEST_NAME)],
        render_kw={"maxlength": LONGEST_NAME, "autocomplete": "off"},
    )
    theme = SelectField(
        N_("Theme"), description=N_("The theme under your brand. People may choose another for themselves.")
    )
    accent = StringField(
        N_("Accent colour"),
        description=N_("Buttons, links and whatever is chosen. Empty: the theme’s own."),
        filters=[tidy_colour],
        render_kw={"maxlength": 7, "autocomplete": "off", "spellcheck": "false"},
    )
    accent_dark = StringField(
        N_("Accent in the dark"),
        # Translators: A hint beneath the field for a colour: what an empty field means.
        description=N_("Empty: calculated so that it stands out."),
        filters=[tidy_colour],
        render_kw={"maxlength": 7, "autocomplete": "off", "spellcheck": "false"},
    )
    tint = SelectField(N_("Surface tint"), choices=TINTS)
    hue = IntegerField(
        N_("Tint hue"),
        validators=[Optional(), NumberRange(min=0, max=MOST_HUE)],
        render_kw={"type": "range", "min": 0, "max": MOST_HUE},
    )
    radius = SelectField(N_("Corners"), choices=RADII)
    font = SelectField(N_("Fonts"), choices=FONTS, description=N_("From what is on people’s devices: nothing to load."))

    def validate_accent(self, field: Field) -> None:
        """Refuse what is no colour."""
        self._check_colour(field)

    def validate_accent_dark(self, field: Field) -> None:
        """Refuse what is no colour."""
        self._check_colour(field)

    def offer_themes(self, themes: Sequence[tuple[str, str]]) -> None:
        """Fill the list of themes."""
        # Translators: A theme, in a list of themes: the one that the workspace has chosen.
        self.theme.choices = _offered(("", N_("The workspace’s own")), *themes)

    def look(self) -> Look:
        """Return the choices of a valid form."""
        tint = _number(self.tint.data)
        return Look(
            theme=self.theme.data or None,
            accent=self.accent.data or None,
            accent_dark=(self.accent_dark.data or None) if self.accent.data else None,
            hue=self.hue.data if tint is not None else None,
            tint=tint,
            radius=_number(self.radius.data),
            font=self.font.data or None,
            name=self.name.data or "",
        )

    def refuse_contrast(self) -> bool:
        """Say beside the colour what fails, if anything does; a form that says so is not published."""
        found = failing(self.look())
        for pair in found:
            field = self.accent_dark if pair.mode == "dark" and self.accent_dark.data else self.accent
            field.errors = [*field.errors, _objection(pair.mode, pair.ratio, pair.needed)]
        return bool(found)

    @staticmethod
    def _check_colour(field: Field) -> None:
        if not field.data:
            return
        if not HEX.fullmatch(field.data):
            raise ValidationError(N_("Enter a colour as #rrggbb, such as #2b59d9."))


def values_of(look: Look) -> dict[str, object]:
    """Return a look as the form's fields."""
    return {
        "name": look.name,
        "theme": look.theme or "",
        "accent": look.accent or "",
        "accent_dark": look.accent_dark or "",
        "tint": "" if look.tint is None else str(look.tint),
        "hue": 265 if look.hue is None else look.hue,
        "radius": "" if look.radius is None else str(look.radius),
        "font": look.font or "",
    }


def _objection(mode: str, ratio: float, needed: float) -> Any:  # noqa: ANN401  # a Message, past WTForms' stubs
    given = {"ratio": round(ratio, 1), "needed": needed}
    if mode == "dark":
        return N_("On dark pages its contrast is {ratio}:1; it needs {needed}:1.", **given)
    return N_("On light pages its contrast is {ratio}:1; it needs {needed}:1.", **given)


def _number(text: str | None) -> int | None:
    return int(text) if text else None
