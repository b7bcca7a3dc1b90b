"""The forms of tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from domain.tenants import slugs
from web.kit import Form, labels_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from wtforms import Field

N_ = labels_of("tenants")

LONGEST_NAME = 80


def _lowered(value: str | None) -> str:
    return (value or "").strip().lower()


class WorkspaceForm(Form):
    """What those who run a tenant decide for all its people; an empty choice leaves it to each of them."""

    name = StringField(
        N_("Name of the workspace"),
        validators=[DataRequired(N_("Enter a name.")), Length(max=LONGEST_NAME)],
        render_kw={"autocomplete": "organization", "maxlength": LONGEST_NAME},
    )
    locale = StringField(N_("Language"))
    timezone = StringField(N_("Time zone"))
    theme = StringField(N_("Theme"))

    def check_offered(self, **offered: Collection[str]) -> bool:
        """Refuse what is not offered, beside its field; tells whether all is."""
        wrong = [self[name] for name, values in offered.items() if self[name].data and self[name].data not in values]
        for field in wrong:
            refusal: Any = N_("That is not one of the choices. Choose from the list.")
            field.errors = [*field.errors, refusal]
        return not wrong


class TenantForm(Form):
    """A tenant to be. ``suggested`` is the slug that was last made from the name: one that differs was typed."""

    name = StringField(
        N_("Name of the workspace"),
        description=N_("The name of your company or team. It can be changed later."),
        validators=[DataRequired(N_("Enter a name.")), Length(max=LONGEST_NAME)],
        render_kw={"autocomplete": "organization", "maxlength": LONGEST_NAME},
    )
    slug = StringField(
        N_("Address"),
        filters=[_lowered],
        validators=[DataRequired(N_("Choose an address."))],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "maxlength": slugs.LONGEST},
    )
    suggested = HiddenField(filters=[_lowered])

    def validate_slug(self, field: Field) -> None:
        """Refuse what cannot be a host's name."""
        objection = slugs.objection(field.data)
        if objection:
            raise ValidationError(objection)  # type: ignore[arg-type]  # said by the page

    @property
    def wants_suggestion(self) -> bool:
        """Whether the person has left the choice of the slug to us so far."""
        return self.slug.data in {"", self.suggested.data}
