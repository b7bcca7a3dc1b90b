"""Texts are filled in one way, in Python, in templates and in scripts; each way around it is shown to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.architecture.texts import filled_elsewhere

if TYPE_CHECKING:
    from pathlib import Path


def test_texts_are_filled_in_one_place() -> None:
    assert filled_elsewhere() == []


def planted(root: Path, name: str, text: str) -> Path:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, "utf-8")
    return root


@pytest.mark.parametrize(
    ("name", "line", "fault"),
    [
        ("web/a.py", 'speaker().say(N_("Hello")).format(name)', "format of a text"),
        ("web/a.py", '_("Hello %s") % name', "adds to a text"),
        ("web/a.py", 'said = voice.say(message) + ": " + name', "adds to a text"),
        ("web/a.py", 'said = f"{voice.say(message)}: {name}"', "puts a text into another"),
        ("web/a.py", 'voice.say(message).replace("{name}", name)', "replace of a text"),
        ("domain/a.py", "from core.i18n.placeholders import fill", "fills by itself"),
        ("templates/a.html", '{{ _("Hello %s") | format(name) }}', "a filter fills a text"),
        ("templates/a.html", '{{ _("Hello {name}") | replace("{name}", name) }}', "a filter fills a text"),
        ("templates/a.html", '{{ _("Hello") ~ ", " ~ name }}', "adds to a text"),
        ("web/kit/templates/a.html", '{{ _("Hello %s") % name }}', "adds to a text"),
        ("templates/emails/a.txt", '{{ ngettext("{}", "{}", count=2).format(name) }}', "a method fills a text"),
        ("templates/a.html", '{{ _("Page") }}: {{ number }}', "a colon that is in no text"),
        ("templates/a.html", "{{ say(title) }}{% if words %}: {{ words }}{% endif %}", "a colon that is in no text"),
        ("templates/a.html", '{{ _("Reference") }} <code>{{ reference }}</code>', "a part of a sentence beside a text"),
        ("templates/a.html", "{{ _('{n} of', n=done) }} {{ total }}", "a part of a sentence beside a text"),
        ("templates/a.txt", '{{ _("Written by") }} {{ say(who) }}', "a part of a sentence beside a text"),
        ("templates/a.html", '{{ title }}<span> {# x #}{{ _("(done)") }}</span>', "a part of a sentence beside a text"),
        ("templates/a.html", '{{ "%.1f" | format(ratio) }}', "writes a number by hand"),
        ("templates/a.html", '{{ _("{n} left", n="%g" | format(left)) }}', "writes a number by hand"),
        ("templates/a.html", "{{ ratio | round(1) }}", "a number that no language wrote"),
        ("templates/a.html", "<td>{{ row.member.name }}</td>", "a name that is not set apart"),
        ("templates/a.html", "{% block title -%}{{ file.name }}{%- endblock %}", "a name that is not set apart"),
        ("web/a.py", 'said = N_("{n} left", n=f"{left:.1f}")', "writes a number by hand"),
        ("web/static/js/50-a.js", 'text.replace("{name}", () => name);', "which filled() does"),
        ("web/static/js/50-a.js", "text.replace(/\\{name\\}/g, name);", "which filled() does"),
        ("web/static/js/50-a.js", "announce(`${name}: ${failure}`);", "which filled() does"),
    ],
)
def test_what_fills_a_text_elsewhere_is_told(tmp_path: Path, name: str, line: str, fault: str) -> None:
    found = filled_elsewhere(planted(tmp_path, name, f"{line}\n"))
    assert len(found) >= 1
    assert found[0].startswith(f"{name}:1: ")
    assert fault in found[0]
