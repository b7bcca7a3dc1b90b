"""What a reader is told, in their language; a broken translation never breaks a page."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment
from markupsafe import Markup

from core.i18n import Catalogues, catalogues as catalogues_module, install, is_right_to_left, negotiate, speaking
from core.i18n.catalogues import Book
from core.i18n.wording import Wording
from core.messages import Message, Octets, messages_of
from core.notices import message_from_json, message_to_json

if TYPE_CHECKING:
    from pathlib import Path

N_ = messages_of("files")

HEADER = (
    'msgid ""\nmsgstr ""\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)
FILES = """
msgid "Preparing {name}"
msgstr "{name} wird vorbereitet"

msgid "Broken {name}"
msgstr "Kaputt {nam}"

msgid "Half {name}"
msgstr "Halb {name"

#, fuzzy
msgid "Guessed"
msgstr "Geraten"

msgid "{count} file"
msgid_plural "{count} files"
msgstr[0] "{count} Datei"
msgstr[1] "{count} Dateien"

msgid "Name"
msgstr "Dateiname"
"""
MEANINGS = """
msgid "Open"
msgstr "Öffnen"

msgctxt "a state"
msgid "Open"
msgstr "Offen"

msgctxt "a state"
msgid "{count} open"
msgid_plural "{count} open"
msgstr[0] "{count} offene"
msgstr[1] "{count} offen"
"""
SHELL = """
msgid "Name"
msgstr "Name (allgemein)"

msgid "Cancel"
msgstr "Abbrechen"
"""


def write(folder: Path, domain: str, text: str, locale: str = "de") -> Path:
    file = folder / locale / "LC_MESSAGES" / f"{domain}.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HEADER + text, "utf-8")
    return file


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    write(tmp_path, "files", FILES)
    write(tmp_path, "shell", SHELL)
    return tmp_path


@pytest.fixture
def catalogues(locales: Path) -> Catalogues:
    return Catalogues.load(locales)


def test_a_message_is_said_in_the_readers_language(catalogues: Catalogues) -> None:
    message = N_("Preparing {name}", name="a.jpg")
    assert catalogues.translate(message, "de") == "a.jpg wird vorbereitet"
    assert catalogues.translate(message, "en") == "Preparing a.jpg"


def test_a_language_we_do_not_have_is_english(catalogues: Catalogues) -> None:
    assert catalogues.translate(N_("Preparing {name}", name="a.jpg"), "xx") == "Preparing a.jpg"


@pytest.mark.parametrize("text", ["Broken {name}", "Half {name}", "Guessed", "Never said {name}"])
def test_what_is_broken_fuzzy_or_missing_is_said_in_english(catalogues: Catalogues, text: str) -> None:
    assert catalogues.translate(N_(text, name="x"), "de") == text.replace("{name}", "x")


def test_a_value_that_was_forgotten_leaves_its_placeholder(catalogues: Catalogues) -> None:
    assert catalogues.translate(N_("Preparing {name}"), "de") == "{name} wird vorbereitet"


def test_plurals_follow_the_catalogue_and_numbers_the_language(catalogues: Catalogues) -> None:
    def files(count: int) -> str:
        return catalogues.translate(N_("{count} file", "{count} files", count=count), "de")

    assert [files(0), files(1), files(1200)] == ["0 Dateien", "1 Datei", "1.200 Dateien"]


def test_the_features_own_words_come_before_the_shared_ones(catalogues: Catalogues) -> None:
    assert catalogues.gettext("Name", "de", "files") == "Dateiname"
    assert catalogues.gettext("Name", "de", "tenants") == "Name (allgemein)"
    assert catalogues.gettext("Preparing {name}", "de", "tenants", name="a") == "a wird vorbereitet"


def test_an_edit_is_seen_without_a_restart(locales: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues_module, "LOOK_AGAIN_AFTER", 0.0)
    catalogues = Catalogues.load(locales, watch=True)
    file = write(locales, "shell", SHELL.replace("Abbrechen", "Stopp"))
    os.utime(file, (time.time() + 5, time.time() + 5))
    assert catalogues.gettext("Cancel", "de") == "Stopp"
    for broken in ('msgid "Cancel"\nmsgstr "half a sen', 'msgid "a"\nmsgid_plural "b"\nmsgstr[4] "c"\n', "msgid 7\n"):
        file = write(locales, "shell", broken)
        os.utime(file, (time.time() + len(broken), time.time() + len(broken)))
        assert catalogues.gettext("Cancel", "de") == "Stopp"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("fr,en;q=0.2,de;q=0.8", "de"),
        ("fr", "en"),
        ("", "en"),
        (None, "en"),
        ("de;q=0", "en"),
        ("de;q=nonsense,;,=", "en"),
        (",".join(["xx"] * 10_000), "en"),
    ],
)
def test_the_browsers_languages_are_negotiated(header: str | None, expected: str) -> None:
    assert negotiate(header, ("en", "de")) == expected


def test_values_are_escaped_in_pages_and_links_are_kept(catalogues: Catalogues) -> None:
    environment = Environment(autoescape=True)
    install(environment)
    with speaking(catalogues.speaker("de")):
        page = environment.from_string("{{ _('Preparing {name}', name=name) }}")
        assert page.render(name="<script>") == "&lt;script&gt; wird vorbereitet"
        assert page.render(name=Markup("<b>a</b>")) == "<b>a</b> wird vorbereitet"
        counted = environment.from_string("{{ ngettext('{count} file', '{count} files', count=2) }} {{ lang() }}")
        assert counted.render() == "2 Dateien de"


def test_a_constant_is_formatted_for_each_reader_anew(catalogues: Catalogues) -> None:
    environment = Environment(autoescape=True)
    install(environment)
    template = environment.from_string("{{ 1284 | number }} {{ 4400000 | size }} {{ _('Cancel') }}")
    with speaking(catalogues.speaker("en")):
        assert template.render() == "1,284 4.2 MB Cancel"
    with speaking(catalogues.speaker("de")):
        assert template.render() == "1.284 4,2 MB Abbrechen"


def test_a_translation_cannot_look_inside_a_value(catalogues: Catalogues) -> None:
    assert catalogues.gettext("{name.__class__}", "en", "files", name="x") == "{name.__class__}"


def test_times_sizes_and_durations_are_written_as_the_language_does(catalogues: Catalogues) -> None:
    german, english = catalogues.speaker("de", "Europe/Berlin"), catalogues.speaker("en")
    moment = datetime(2026, 11, 22, 20, 5, 9, tzinfo=UTC)
    assert german.datetime(moment) == "22.11.2026, 21:05"
    assert german.size(4_400_000) == "4,2 MB"
    assert english.datetime(moment) == "22 Nov 2026, 20:05"
    sizes = (0, 1, 61, 1023, 1024, 1024**2 - 1, 5 * 1024**3, 5 * 1024**3 - 50_000, 250 * 1024**2, 3 * 1024**5)
    said = ["0 bytes", "1 byte", "61 bytes", "1,023 bytes", "1 KB", "1 MB", "5 GB", "5 GB", "250 MB", "3,072 TB"]
    assert [english.size(size) for size in sizes] == said
    seconds = (0, 0.24, 8, 59.7, 75, 90, 300, 3599, 3600, 7500, 86_399, 86_400, 90_000, 172_800, 8 * 86_400)
    assert [english.duration(each) for each in seconds] == [
        *("0.1 s", "0.2 s", "8 s", "1 min", "1 min 15 s", "1 min 30 s", "5 min", "1 h", "1 h", "2 h 5 min"),
        *("1 day", "1 day", "1 day 1 h", "2 days", "8 days"),
    ]
    assert english.duration(timedelta(hours=2, minutes=5)) == "2 h 5 min"
    assert english.items(["a", "b", "c"]) == "a, b and c"
    assert english.say(N_("{size} free", size=Octets(5 * 1024**3))) == "5 GB free"
    kept = message_from_json(json.loads(json.dumps(message_to_json(N_("{size} free", size=Octets(2048))))))
    assert english.say(kept) == "2 KB free"


def test_times_are_relative_within_a_week(catalogues: Catalogues) -> None:
    voice = catalogues.speaker("en")
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert voice.relative(now - timedelta(seconds=4), now) == "just now"
    assert voice.relative(now - timedelta(minutes=5), now) == "5 minutes ago"
    assert voice.relative(now + timedelta(days=2), now) == "in 2 days"
    assert voice.relative(now - timedelta(days=8), now) == "14 Nov 2026"
    assert voice.relative(now + timedelta(seconds=4), now) == "in a moment"
    assert voice.until(now - timedelta(minutes=5), now) == "in a moment"
    assert [voice.is_near(now + timedelta(days=days), now) for days in (6, 7)] == [True, False]


def test_an_unknown_time_zone_is_utc(catalogues: Catalogues) -> None:
    assert catalogues.speaker("en", "Moon/Base").time(datetime(2026, 1, 1, 9, 30, tzinfo=UTC)) == "09:30"


def test_directions() -> None:
    assert is_right_to_left("ar")
    assert not is_right_to_left("de")
    assert not is_right_to_left("nonsense-locale")


def test_a_context_tells_one_meaning_from_another(locales: Path) -> None:
    write(locales, "doors", MEANINGS)
    mark, environment = messages_of("doors"), Environment(autoescape=True)
    install(environment)
    page = environment.from_string("{{ _('Open', context='a state') }} {{ _('Open') }} {{ _('Shut', context='x') }}")
    counted = environment.from_string("{{ ngettext('{count} open', '{count} open', count=2, context='a state') }}")
    catalogues = Catalogues.load(locales)
    for locale, expected in {
        "de": ("Offen", "Offen Öffnen Shut", "2 offen"),
        "en": ("Open", "Open Open Shut", "2 open"),
    }.items():
        with speaking(catalogues.speaker(locale)) as voice:
            said = voice.say(message_from_json(message_to_json(mark("Open", context="a state"))))
            assert (said, page.render(), counted.render()) == expected
    (wording,) = [Wording({"de": {"doors": Book({"a state\x04Open": ("Auf",)}, lambda _: 0)}})]
    with speaking(catalogues.speaker("de", wording=wording)):
        assert page.render() == "Auf Öffnen Shut"


def test_say_takes_text_messages_and_nothing(catalogues: Catalogues) -> None:
    voice = catalogues.speaker("de")
    assert voice.say("Cancel") == "Abbrechen"
    assert voice.say(Message("shell", "Cancel")) == "Abbrechen"
    assert voice.say(None) == ""
