"""The house style of each language: what its texts are never written like, and what to write instead.

The page docs/translators.md tells translators the same; a rule that is added here is told there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NO_BREAK, NARROW, MARK = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{LEFT-TO-RIGHT MARK}"
JAPANESE = "々ぁ-ゖァ-ヺー一-鿿㐀-䶿"
CHINESE = "一-鿿㐀-䶿"
LATIN = "A-Za-z0-9`{}%"
"""Letters, digits, and what a placeholder and a piece of code are reduced to before a text is looked at."""

GERMAN_ORDERS = (
    "wähle gib klicke klick öffne lade versuche prüfe melde nutze lösche lies sieh nimm schreibe warte gehe "
    "starte lege ändere bestätige schließe verwende"
)
SPANISH_ORDERS = (
    "elija introduzca escriba pulse haga seleccione inténtelo vuelva compruebe abra cierre cancele guarde suba "
    "descargue espere utilice consulte indique confirme revise pruebe ejecute añada cambie borre elimine quite "
    "mire pida pídale póngase acceda continúe inicie cree"
)
FRENCH_ORDERS = "choisis saisis clique essaie réessaie vérifie appuie regarde attends reprends ferme"
"""Imperatives to somebody whom the texts do not address like that, where a sentence or a part of one begins."""
PLAIN_ENDINGS = (
    "する|(?<![まで])した|ない|った|んだ|いだ|える|いる|ある|れる|せる|める|ける|てる"
    "|しろ|せよ|べき|なさい|である|(?<!ま)だ"
)
"""Ends of Japanese sentences that are not polite."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a text is never written like, and what to do about it."""

    pattern: re.Pattern[str]
    told: str


def _rules(*pairs: tuple[str, str]) -> tuple[Rule, ...]:
    return tuple(Rule(re.compile(pattern, re.MULTILINE), told) for pattern, told in pairs)


def _order(verbs: str) -> str:
    forms = (form for verb in verbs.split() for form in (verb, verb.capitalize()))
    return rf"(?:^|(?<=[.:?,;] ))(?:{'|'.join(forms)})\b(?! ich\b)"


EVERYWHERE = _rules(
    (r"\.\.\.|…\.|\.…|……|‥|。。|・・・", "write the one character … (U+2026)"),
    (r"(?<=\S) {2,}|\u3000|\t", "write one space"),
    (r"[!¡！]", "no exclamation marks: end with a full stop"),
    (r"(?<=\S) (?:-|--|—) (?=\S)", "write a comma, a colon or a new sentence, not a hyphen between spaces"),
    (
        r"\b(?:[KMGT]iB|[KMGT]io|[kKMG]b|kB|ko|KBytes?|MBytes?)\b",
        "write the unit as `core` says it: KB, MB, GB, TB; in French Ko, Mo, Go, To",
    ),
    ("[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]", "leave the invisible character out"),
)

_SPACED = (r"(?<=[^\s])[ \u00a0\u202f]+[,;:?.](?!\w)", "no space before , ; : ? .")
_PARTED = (r"[,;](?=[A-Za-zÀ-ÿ{])", "a space after , ;")
_PER_CENT = (rf"(?<=[\d}}])[ {NARROW}]?%", "a no-break space (U+00A0) before %")
_CURLY = ("'|´", "write the apostrophe ’ (U+2019)")

_ENGLISH = _rules(
    _SPACED,
    _PARTED,
    (r"(?<=[\d}])\s+%", "no space before %"),
    _CURLY,
    ('["«»„]', "write the quotation marks “…”"),
)

_GERMAN = _rules(
    _SPACED,
    _PARTED,
    _PER_CENT,
    _CURLY,
    ('["«»”]', "write the quotation marks „…“ (U+201E, U+201C)"),
    (r"(?:^|[^„“]*“)[^„]*“|„[^“]*(?:„|\Z)", "write the quotation marks „…“ (U+201E, U+201C), each with its other"),
    (r"(?i:\b(?:du|dich|dir|dein(?:e[mnrs]?|s)?|euch|euer|eure[mnrs]?)\b)", "say Sie, Ihnen, Ihr"),
    (_order(GERMAN_ORDERS), "say it to one as Sie: “Wählen Sie”, or with the infinitive on a button"),
)

_SPANISH = _rules(
    _SPACED,
    _PARTED,
    _PER_CENT,
    ("['’´]", "no apostrophe; quotation marks are «…»"),
    ('["“”„]', "write the quotation marks «…»"),
    (rf"«[ {NO_BREAK}{NARROW}]|[ {NO_BREAK}{NARROW}]»", "no space inside «…»"),
    (r"(?:^|(?<=\?))[^¿?]*\?|¿[^?]*(?:¿|\Z)|¿\s", "open the question with ¿ and close it with ?"),
    (r"(?i:\b(?:ustedes|usted|vosotros|vosotras|vuestr[oa]s?)\b)", "say tú"),
    (_order(SPANISH_ORDERS), "say it to one as tú: “Elige”, or with the infinitive on a button"),
)

_FRENCH = _rules(
    _PARTED,
    _PER_CENT,
    (rf"(?<=[^\s{NARROW}])[;?](?![\w/])|(?<=\S)[ {NO_BREAK}][;?]", "a narrow no-break space (U+202F) before ; ?"),
    (rf"(?<=[^\s{NO_BREAK}]):(?=\s|$)|[ {NARROW}]:(?=\s|$)", "a no-break space (U+00A0) before the colon"),
    (rf"«(?!{NARROW})|(?<!{NARROW})»", "a narrow no-break space (U+202F) inside « … »"),
    (r"[ \u00a0\u202f][,.](?!\w)", "no space before , ."),
    _CURLY,
    ('["“”„]', "write the quotation marks « … »"),
    (r"(?i:\b(?:tu|toi|ton|ta|tes|tiens|tiennes?)\b|\bt’)", "say vous"),
    (_order(FRENCH_ORDERS), "say it to one as vous: “Choisissez”, or with the infinitive on a button"),
    (r"\(e\)|·e|\w\.e\b", "choose words that do not say whether the reader is a man or a woman"),
)

_FULL = "，、。；：？（）「」『』“”"
_OWN_SPACE = (rf" [{_FULL}]|[{_FULL}] ", "no space beside a full-width mark: it brings its own")


def _half_width(letters: str) -> str:
    """Return what finds a half-width mark beside East Asian ``letters``, or where only a full-width one can stand."""
    return (
        rf"(?<=[{letters}。、，”」）])[,:;?]|[,;](?=[{letters}\s])|(?<=[{letters}”」）])\.(?![A-Za-z])"
        rf"|(?<=[{LATIN}])[.?](?=\s|\Z)|(?<=[{letters}])[()]|[()](?=[{letters}])"
        rf"|(?<=[{LATIN}]):(?=\s?[{letters}]|\s+\{{)"
    )


_JAPANESE = _rules(
    (_half_width(JAPANESE), "write the full-width 、。：；？（）"),
    (
        rf"[{JAPANESE}] +(?=[{LATIN}{JAPANESE}])|[{LATIN}] +(?=[{JAPANESE}])",
        "no space between Japanese and other letters or placeholders",
    ),
    _OWN_SPACE,
    (rf"[“”\"'‘«»]|[{JAPANESE}]’|’[{JAPANESE}]", "write the quotation marks 「…」"),
    ("[，．]", "write the Japanese 、 and 。"),
    ("[Ａ-Ｚａ-ｚ０-９｡-ﾟ]", "write Latin letters and digits at half, kana at full width"),
    ("～", "write the wave dash 〜 (U+301C)"),
    (rf"(?:{PLAIN_ENDINGS})[」）]?。", "end the sentence politely: です, ます, or with a noun"),
)

_CHINESE = _rules(
    (_half_width(CHINESE), "write the full-width ，。：；？（）"),
    (
        rf"[{CHINESE}][{LATIN}]|[{LATIN}][{CHINESE}]",
        "a space between Chinese and Latin letters, digits or a placeholder",
    ),
    (rf"[{CHINESE}] +(?=[{CHINESE}])", "no space between Chinese words"),
    _OWN_SPACE,
    ("[\"'「」『』«»]", "write the quotation marks “…”"),
    ("[Ａ-Ｚａ-ｚ０-９．]", "write Latin letters and digits at half width"),
)

_ARABIC = _rules(
    (r",(?!\d)|[;?]", "write the Arabic ، ؛ ؟"),
    (r"[ \u00a0][،؛؟:.](?![A-Za-z])", "no space before ، ؛ ؟ : ."),
    (r"[،؛](?=[^\s\d])", "a space after ، ؛"),
    ("[٠-٩۰-۹٪٫٬]", "write the digits 0 to 9"),
    ("(?<![بلك])ـ|ـ(?=[ء-ي])", "no lengthened letters (tatweel)"),
    ("[یک]", "write the Arabic letters ي and ك"),
    ("[\"'“”„]", "write the quotation marks «…»"),
    (
        rf"(?<![\w{MARK}/.:@`}}-])[.#@/+-][A-Za-z][\w./-]*(?!{MARK})|(?<={MARK})[.#@/+-][A-Za-z][\w./-]*(?![\w{MARK}./-])",
        "write a left-to-right mark (U+200E) on both sides of what begins with a sign",
    ),
)

OF_LANGUAGES = {
    "en": _ENGLISH,
    "de": _GERMAN,
    "es": _SPANISH,
    "fr": _FRENCH,
    "ja": _JAPANESE,
    "zh": _CHINESE,
    "ar": _ARABIC,
}
"""By language; one that is added begins with the rules for all."""

OF_TITLES = {
    "en": _rules(
        (
            r"^(?:Is|Are) |\b(?:is|are) being\b|\bbeing\b",
            "a title is right at any time: “Preparing …”, a verb with -ing",
        )
    ),
    "de": _rules((r"\b(?:wird|werden|wurden?|läuft)\b", "a title is right at any time: “… vorbereiten”, not “wird …”")),
    "es": _rules(
        (
            r"^\w+(?:ando|iendo|yendo)\b|(?i:\bse están?\b|\ben curso\b)",
            "a title is right at any time: “Preparación de …”",
        )
    ),
    "fr": _rules((r"\ben cours\b|\best en train\b", "a title is right at any time: “Préparation de …”")),
    "ja": _rules(("ます$|中です|中$", "a title is right at any time: 「…の準備」")),
    "zh": _rules(("正在|中$", "a title is right at any time: “准备 …”")),
    "ar": _rules(("جار[ٍي]|يتم|يجري|قيد ", "a title is right at any time: the verbal noun")),
}
"""For titles of workflows, which stand on a card while it happens and for ever after."""

NO_STOP = Rule(re.compile(r"(?<!\.)[.。]\Z"), "no full stop: this is a title, a button or a label")
