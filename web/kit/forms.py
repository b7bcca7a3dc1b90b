"""Forms: read from the request, with WTForms' own messages said in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import wtforms
from quart import request
from wtforms.meta import DefaultMeta

from core import plain_text
from core.messages import messages_of
from web.kit.form_messages import Translations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

    from wtforms.fields.core import Field, UnboundField
    from wtforms.form import BaseForm

    from core.errors import DomainError

N_ = messages_of("kit")
FormT = TypeVar("FormT", bound="Form")
FieldT = TypeVar("FieldT", bound="Field")


def labels_of(domain: str) -> Callable[..., Any]:
    """Return the marker ``N_`` of a feature's forms: ``messages_of``, past WTForms' stubs, which know text alone."""
    return messages_of(domain)


def one_line(value: str | None) -> str:
    """Clean what was typed where a name or a title is meant. Fields of forms for one line do so by themselves."""
    return plain_text.one_line(value or "")


LINES = (wtforms.StringField, wtforms.SearchField, wtforms.TelField, wtforms.URLField)
"""Not the fields of addresses: limits count those as they are typed, so nothing in them may be folded or dropped."""


class FormMeta(DefaultMeta):
    """Has every form speak the language of the page it is on, and clean what is typed into fields of one line."""

    def bind_field(
        self, form: BaseForm, unbound_field: UnboundField[FieldT], options: MutableMapping[str, Any]
    ) -> FieldT:
        """Return a field of the form; those of one line have :func:`one_line` before their own filters."""
        if unbound_field.field_class in LINES:
            options = {**options, "filters": [one_line, *unbound_field.kwargs.get("filters", ())]}
        bound: FieldT = super().bind_field(form, unbound_field, options)
        return bound

    def get_translations(self, form: BaseForm) -> Translations:  # noqa: ARG002  # WTForms' signature
        """Return the catalogue of the reader."""
        return Translations()


class Form(wtforms.Form):
    """The base of all forms. Labels, descriptions and validators' messages may be ``N_("...")``."""

    Meta = FormMeta

    def refuse(self, error: DomainError) -> None:
        """Show a refusal beside the field it belongs to, or above the form."""
        if error.field is not None and error.field in self:
            field: Any = self[error.field]
            field.errors = [*field.errors, error.message]
        else:
            told: list[Any] = self.form_errors
            told.append(error.message)


async def read_form(form: type[FormT], **defaults: Any) -> FormT:  # noqa: ANN401  # fields of any type
    """Return the form as it was sent; for a GET, empty but for ``defaults``."""
    if request.method in {"GET", "HEAD"}:
        return form(data=defaults)
    return form(formdata=await request.form, data=defaults)


async def form_value(name: str) -> str:
    """Return one field of the body as sent, or nothing."""
    values: Mapping[str, str] = await request.form
    return values.get(name, "")


async def form_values(name: str) -> list[str]:
    """Return every value of one field of the body as sent: the boxes of a list that are ticked."""
    return (await request.form).getlist(name)
