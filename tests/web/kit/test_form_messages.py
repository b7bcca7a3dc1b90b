"""WTForms' built-in messages: each one that it has is said in our words, in the reader's language, with its values."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import wtforms
from werkzeug.datastructures import MultiDict
from wtforms import validators

from core.i18n import Catalogues, speaking
from core.i18n.files import plural_rule
from web.kit.form_messages import MESSAGES, Translations
from web.kit.forms import Form

if TYPE_CHECKING:
    from collections.abc import Iterator

WTFORMS = Path(wtforms.__file__).parent
OF_PROGRAMMERS = {"Invalid field name '%s'."}
"""Said when a form compares a field with one that it does not have."""

KIT = f"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals={plural_rule("ar")[0]}; plural={plural_rule("ar")[1]};\\n"

msgid "Fill this in."
msgstr "املأ هذا الحقل."

msgid "Enter a number from {{min}} to {{max}}."
msgstr "100 % {{max}} ← {{min}}"

msgid "Use {{min}} to {{count}} character."
msgid_plural "Use {{min}} to {{count}} characters."
msgstr[0] "zero {{min}}"
msgstr[1] "one {{min}}"
msgstr[2] "two {{min}}"
msgstr[3] "{{min}}-{{count}} few"
msgstr[4] "{{min}}-{{count}} many"
msgstr[5] "{{min}}-{{count}} other"

msgid "Use at least {{count}} character."
msgid_plural "Use at least {{count}} characters."
msgstr[0] "zero"
msgstr[1] "one"
msgstr[2] "two"
msgstr[3] "few {{count}}"
msgstr[4] "many {{count}}"
msgstr[5] "other {{count}}"
"""


class Sample(Form):
    """One of each kind that the product may use."""

    name = wtforms.StringField(validators=[validators.InputRequired()])
    code = wtforms.StringField(validators=[validators.Length(min=12)])
    short = wtforms.StringField(validators=[validators.Length(min=2, max=5)])
    size = wtforms.IntegerField(validators=[validators.NumberRange(min=1, max=9)])
    colour = wtforms.SelectField(choices=["red"])  # type: ignore[list-item]  # newer than the stubs
    again = wtforms.StringField(validators=[validators.EqualTo("name")])
    site = wtforms.StringField(validators=[validators.AnyOf(["a", "b"])])


@pytest.fixture
def catalogues(tmp_path: Path) -> Catalogues:
    file = tmp_path / "ar" / "LC_MESSAGES" / "kit.po"
    file.parent.mkdir(parents=True)
    file.write_text(KIT, "utf-8")
    return Catalogues.load(tmp_path)


def said(catalogues: Catalogues, locale: str, **sent: str) -> dict[str, str]:
    with speaking(catalogues.speaker(locale)):
        form = Sample(formdata=MultiDict(sent))
        form.validate()
        return {field.name: str(field.errors[0]) for field in form if field.errors}


def texts_of_wtforms() -> Iterator[str]:
    for file in WTFORMS.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in {"gettext", "ngettext"}:
                yield from (str(arg.value) for arg in call.args[:1] if isinstance(arg, ast.Constant))


def test_every_text_of_the_installed_wtforms_has_words_of_ours() -> None:
    assert set(texts_of_wtforms()) - OF_PROGRAMMERS == set(MESSAGES)


def test_english_readers_read_our_words_with_the_values(catalogues: Catalogues) -> None:
    assert said(catalogues, "en", code="short", short="x", size="12", colour="blue", again="x", site="c") == {
        "name": "Fill this in.",
        "code": "Use at least 12 characters.",
        "short": "Use 2 to 5 characters.",
        "size": "Enter a number from 1 to 9.",
        "colour": "Choose one from the list.",
        "again": "The two must be the same.",
        "site": "Use one of these: a, b.",
    }


def test_other_readers_read_theirs_with_the_plural_of_their_language(catalogues: Catalogues) -> None:
    found = said(catalogues, "ar", code="short", short="x", size="12", colour="red", site="a")
    assert found["name"] == "املأ هذا الحقل."
    assert found["code"] == "many 12"
    assert found["short"] == "2-5 few"
    assert found["size"] == "100 % 9 ← 1"


def test_values_are_set_apart_as_in_every_other_text(catalogues: Catalogues) -> None:
    assert said(catalogues, "ar", site="c")["site"] == "Use one of these: \u2068a, b\u2069."
    name = "قائمة (1)"
    with speaking(catalogues.speaker("en")):
        told = Translations().gettext("Invalid value, must be one of: %(values)s.") % {"values": name}
    assert told == f"Use one of these: \u2068{name}\u2069."
