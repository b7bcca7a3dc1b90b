from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.datastructures import MultiDict
from wtforms import EmailField, PasswordField, SearchField, StringField, TextAreaField

from web.kit import Form

if TYPE_CHECKING:
    import pytest


def _shout(value: str) -> str:
    return value.upper()


class Sample(Form):
    title = StringField("Title", filters=[_shout])
    about = SearchField("About")
    mail = EmailField("Mail")
    password = PasswordField("Password")
    note = TextAreaField("Note")


TYPED = "  a\r\nBcc: b\u202e\0\ud800 "


def test_a_field_of_one_line_holds_one_clean_line(monkeypatch: pytest.MonkeyPatch) -> None:
    form = Sample(MultiDict(dict.fromkeys(("title", "about", "mail", "password", "note"), TYPED)))
    assert (form.title.data, form.about.data) == ("A BCC: B", "a Bcc: b")
    assert form.mail.data == TYPED  # which is counted by limits, and refused where it is none
    assert form.password.data == TYPED
    assert form.note.data == TYPED

    monkeypatch.setattr("web.kit.forms.LINES", ())
    assert Sample(MultiDict({"title": "x", "about": TYPED})).about.data == TYPED
