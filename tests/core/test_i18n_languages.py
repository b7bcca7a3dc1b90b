"""The seven languages and the pseudo ones: asked for, counted, written and read in the right direction."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.i18n import Catalogues, is_right_to_left, language_name, negotiate
from core.i18n.files import plural_rule
from core.i18n.isolation import without_isolates
from core.i18n.pseudo import PSEUDO_LOCALES, pseudo
from core.messages import messages_of
from core.settings import ROOT, Settings
from entrypoints.texts import catalogues as catalogues_of

if TYPE_CHECKING:
    from pathlib import Path

    from core.settings import Environment

N_ = messages_of("files")

LANGUAGES = ("en", "ar", "de", "es", "fr", "ja", "zh")
WITH_PSEUDO = (*LANGUAGES, *PSEUDO_LOCALES)
MOMENT = datetime(2026, 11, 22, 20, 5, 9, tzinfo=UTC)
POT = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Preparing {name}"
msgstr ""

msgid "{count} file"
msgid_plural "{count} files"
msgstr[0] ""
msgstr[1] ""
"""
SPEECH = {
    "en": ("1,234,567.5", "42%", "€1,234.50", "22 Nov 2026", "21:05", "in 2 days", "a, b and c", "4.2 MB"),
    "de": ("1.234.567,5", "42\xa0%", "1.234,50\xa0€", "22.11.2026", "21:05", "in 2 Tagen", "a, b und c", "4,2 MB"),
    "es": ("1.234.567,5", "42\xa0%", "1.234,50\xa0€", "22 nov 2026", "21:05", "dentro de 2 días", "a, b y c", "4,2 MB"),
    "fr": (
        "1\u202f234\u202f567,5",
        "42\xa0%",
        "1\u202f234,50\xa0€",
        "22 nov. 2026",
        "21:05",
        "dans 2 jours",
        "a, b et c",
        "4,2\xa0Mo",
    ),
    "ja": ("1,234,567.5", "42%", "€1,234.50", "2026/11/22", "21:05", "2 日後", "a、b、c", "4.2 MB"),
    "zh": ("1,234,567.5", "42%", "€1,234.50", "2026年11月22日", "21:05", "2天后", "a、b和c", "4.2 MB"),
    "ar": (
        "1,234,567.5",
        "42%",
        "\u200f1,234.50\xa0€",
        "22\u200f/11\u200f/2026",
        "9:05 م",
        "خلال يومين",
        "\u2068a\u2069 و\u2068b\u2069 و\u2068c\u2069",
        "4.2 ميغابايت",
    ),
}
LONG = {
    "en": ("61 bytes", "2 bytes", "8 s", "1 min 30 s", "2 h", "2 days"),
    "de": ("61 Byte", "2 Byte", "8 s", "1 min 30 s", "2 h", "2 Tage"),
    "es": ("61 bytes", "2 bytes", "8 s", "1 min 30 s", "2 h", "2 días"),
    "fr": ("61\xa0octets", "2\xa0octets", "8\xa0s", "1\xa0min 30\xa0s", "2\xa0h", "2\xa0jours"),
    "ja": ("61バイト", "2バイト", "8秒", "1分30秒", "2時間", "2日"),
    "zh": ("61 字节", "2 字节", "8 秒", "1 分钟 30 秒", "2 小时", "2 天"),
    "ar": ("61 بايتًا", "بايتان", "8 ثوانٍ", "دقيقة و30 ثانية", "ساعتان", "يومان"),
}
"""Sizes and durations, as the product's own catalogues say them."""

SAID = Catalogues.load(ROOT / "locales", domain="core")
ZONES = {
    "en": "Central European Time (Berlin)",
    "de": "Mitteleuropäische Zeit (Berlin)",
    "es": "hora de Europa central (Berlín)",
    "fr": "heure d\u2019Europe centrale (Berlin)",
    "ja": "中央ヨーロッパ時間 (ベルリン)",
    "zh": "中欧时间 (柏林)",
    "ar": "توقيت وسط أوروبا (برلين)",
}


@pytest.fixture
def catalogues(tmp_path: Path) -> Catalogues:
    """Each language's catalogue answers with the number of the plural form that was chosen."""
    for locale in LANGUAGES[1:]:
        folder = tmp_path / locale / "LC_MESSAGES"
        folder.mkdir(parents=True)
        count, rule = plural_rule(locale)
        forms = "\n".join(f'msgstr[{form}] "{form}"' for form in range(count))
        header = f'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals={count}; plural={rule};\\n"\n'
        text = f'{header}\nmsgid "{{count}} file"\nmsgid_plural "{{count}} files"\n{forms}\n'
        (folder / "files.po").write_text(text, "utf-8")
    (tmp_path / "files.pot").write_text(POT, "utf-8")
    return Catalogues.load(tmp_path, pseudo_languages=True)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("zh-CN,zh;q=0.9", "zh"),
        ("zh-Hans", "zh"),
        ("zh-Hans-CN", "zh"),
        ("zh-TW,en;q=0.8", "zh"),
        ("zh_Hant_HK", "zh"),
        ("ZH-cn", "zh"),
        ("es-MX,es-419;q=0.9", "es"),
        ("ar-EG", "ar"),
        ("ja-JP", "ja"),
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("de-CH-1996", "de"),
        ("DE", "de"),
        ("en-XA", "en-XA"),
        ("ar-XB", "ar-XB"),
        ("pt-BR,es;q=0.5", "es"),
        ("*", "en"),
        ("-", "en"),
    ],
)
def test_regions_and_scripts_find_their_language(header: str, expected: str) -> None:
    assert negotiate(header, WITH_PSEUDO) == expected


def test_languages_call_themselves_by_their_own_name() -> None:
    names = ["English", "العربية", "Deutsch", "Español", "Français", "日本語", "中文", "Pseudo", "Pseudo, mirrored"]
    assert [language_name(locale) for locale in WITH_PSEUDO] == names
    assert language_name("xx-YY") == "xx-YY"


def test_only_arabic_and_the_mirrored_pseudo_language_go_from_right_to_left() -> None:
    assert [locale for locale in WITH_PSEUDO if is_right_to_left(locale)] == ["ar", "ar-XB"]


@pytest.mark.parametrize(
    ("locale", "forms"),
    [
        ("de", {0: "1", 1: "0", 2: "1"}),
        ("es", {0: "1", 1: "0", 2: "1"}),
        ("fr", {0: "0", 1: "0", 2: "1"}),
        ("ja", {0: "0", 1: "0", 2: "0"}),
        ("zh", {0: "0", 1: "0", 2: "0"}),
        ("ar", {0: "0", 1: "1", 2: "2", 3: "3", 10: "3", 11: "4", 99: "4", 100: "5", 102: "5", 103: "3"}),
    ],
)
def test_each_language_counts_by_its_own_rule(catalogues: Catalogues, locale: str, forms: dict[int, str]) -> None:
    said = {n: catalogues.translate(N_("{count} file", "{count} files", count=n), locale) for n in forms}
    assert said == forms


@pytest.mark.parametrize("locale", LANGUAGES)
def test_each_language_writes_numbers_times_and_lists_as_its_readers_do(catalogues: Catalogues, locale: str) -> None:
    voice = catalogues.speaker(locale, "Europe/Berlin")
    assert (
        voice.number(1_234_567.5),
        voice.percent(0.42),
        voice.money(1234.5, "EUR"),
        voice.date(MOMENT),
        voice.time(MOMENT),
        voice.relative(MOMENT + timedelta(days=2), MOMENT),
        voice.items(["a", "b", "c"]),
        SAID.speaker(locale).size(4_400_000),
    ) == SPEECH[locale]
    said = SAID.speaker(locale)
    long = (*map(said.size, (61, 2)), *map(said.duration, (8, 90, 7200, 172_800)))
    assert tuple(map(without_isolates, long)) == LONG[locale]
    assert voice.zone() == ZONES[locale]
    assert voice.zone("UTC") == "UTC"


def test_digits_are_the_same_in_all_languages(catalogues: Catalogues) -> None:
    for locale in WITH_PSEUDO:
        voice = catalogues.speaker(locale, "Asia/Tokyo")
        said = voice.number(12345) + voice.datetime(MOMENT) + voice.duration(75) + voice.size(4_250_000)
        assert set(re.findall(r"\d", said)) <= set("0123456789")


def test_a_pseudo_language_is_longer_accented_and_in_brackets(catalogues: Catalogues) -> None:
    text = "Everything that is running goes on, and this page catches up by itself."
    said = pseudo(text)
    assert (said[0], said[-1]) == ("⟦", "⟧")
    assert 1.25 < len(said) / len(text) < 1.5
    assert not set(said) & set("abcdefghijklmnopqrstuvwxyz") - set("qm")
    assert pseudo("Open <a href='/x'>{name}</a> &amp; %(min)d") == "⟦ÖÖþééñ <a href='/x'>{name}</a> &amp; %(min)d⟧"
    for locale, name in zip(PSEUDO_LOCALES, ("a.jpg", "\u2068a.jpg\u2069"), strict=True):
        assert catalogues.translate(N_("Preparing {name}", name="a.jpg"), locale) == f"⟦Þŕééþååŕîîñĝ {name}⟧"
        assert catalogues.translate(N_("{count} file", "{count} files", count=2), locale) == "⟦2 ƒîîļééš⟧"


def test_what_is_in_no_template_is_told_by_its_missing_brackets(catalogues: Catalogues) -> None:
    assert catalogues.translate(N_("Never collected"), "en-XA") == "Never collected"


@pytest.mark.parametrize(("environment", "offered"), [("development", True), ("test", True), ("production", False)])
def test_pseudo_languages_are_not_offered_in_production(environment: Environment, *, offered: bool) -> None:
    found = catalogues_of(Settings.model_construct(environment=environment)).locales
    assert set(PSEUDO_LOCALES) & set(found) == (set(PSEUDO_LOCALES) if offered else set())
