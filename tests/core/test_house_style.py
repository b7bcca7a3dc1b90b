"""The house style of each language: every rule finds what breaks it and says what to write, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.i18n import roles
from core.i18n.glossary import Glossary, read_glossary
from core.i18n.house_style import Said, slips
from core.i18n.style_rules import EVERYWHERE, NO_STOP, OF_LANGUAGES, OF_TITLES

ROOT = Path(__file__).resolve().parents[2]


GLOSSARY = read_glossary(ROOT)


UNITS = {"fr": frozenset({"Ko", "Mo", "Go", "To"})}


OURS = frozenset({"KB", "MB", "GB", "TB"})


PLANTED = [
    ("en", "Wait…", "Wait...", "the one character …"),
    ("ja", "お待ちください…", "お待ちください……", "the one character …"),
    ("en", "Save it now", "Save  it now", "one space"),
    ("de", "Es ist gespeichert.", "Es ist gespeichert!", "no exclamation marks"),
    ("es", "Listo.", "¡Listo!", "no exclamation marks"),
    ("zh", "完成。", "完成！", "no exclamation marks"),
    ("en", "Saved, but closed", "Saved - but closed", "not a hyphen between spaces"),
    ("de", "Bis zu 5 GB", "Bis zu 5 GiB", "the unit as `core` says it"),
    ("es", "Hasta 5 KB", "Hasta 5 kB", "the unit as `core` says it"),
    ("fr", "Jusqu’à 5\u00a0Mo", "Jusqu’à 5\u00a0MB", "the glossary says the unit"),
    ("fr", "Jusqu’à {size}", "Jusqu’à {size}\u00a0Mo", "a size is a placeholder"),
    ("en", "It needs {size}", "It needs {size} MB", "a size is a placeholder"),
    ("de", "Bis zu 5 MB", "Bis zu 5 Mo", "a size is a placeholder"),
    ("en", "Anywhere", "Any\u200bwhere", "leave the invisible character out"),
    ("es", "Recuperación", "Recuperacio\u0301n", "composed letters"),
    ("en", "Files: {count}", "Files : {count}", "no space before"),
    ("en", "Saved, but closed", "Saved,but closed", "a space after , ;"),
    ("en", "Files: {count}", "{count} files", "a number beside what it counts"),
    ("en", "Files: {found} of {total}", "{found} of {total} files are here", "say it for one and for many"),
    ("en", "{name} opened it", "{opened} opened it", "or put a colon before it"),
    ("en", "{tenant} needs {size}", "{tenant} needs <b>{least}</b> characters", "with {count}"),
    ("en", "{share}% left", "{share} % left", "no space before %"),
    ("en", "Size by name", "Size\u3000by name", "one space"),
    ("en", "Wait 5 s", "Wait 5 secs", "the unit as `core` says it"),
    ("en", "It’s saved", "It's saved", "the apostrophe ’"),
    ("en", "Open “{name}”", 'Open "{name}"', "the quotation marks “…”"),
    ("en", "Upload files", "Upload Files", "no capital within a sentence"),
    ("en", "Your workspace", "Your tenant", "the glossary says workspace"),
    ("en", "Send it by email", "Send it by e-mail", "the glossary says email"),
    ("en", "Log in again", "Sign in again", "the glossary says log in"),
    ("de", "Datei: {name}", "Datei : {name}", "no space before"),
    ("de", "Wie geht’s", "Wie geht's", "the apostrophe ’"),
    ("de", "„{name}“ öffnen", "“{name}” öffnen", "the quotation marks „…“"),
    ("de", "„{name}“ öffnen", "«{name}» öffnen", "the quotation marks „…“"),
    ("de", "„{name}“ öffnen", "„{name} öffnen", "each with its other"),
    ("de", "Gut, aber zu", "Gut,aber zu", "a space after , ;"),
    ("de", "Noch {share}\u00a0%", "Noch {share} %", "before %"),
    ("de", "Noch 5 s", "Noch 5 Sek.", "the unit as `core` says it"),
    ("de", "Das ist Ihr Konto.", "Das ist dein Konto.", "say Sie"),
    ("de", "Wählen Sie eine Datei.", "Wähle eine Datei.", "“Wählen Sie”"),
    ("de", "Wählen Sie eine Datei.", "Bitte wählen Sie eine Datei.", "the glossary says Sie"),
    ("de", "Status der Datei", "Zustände der Datei", "the glossary says Status"),
    ("de", "E-Mail-Server", "Mail-Server", "the glossary says E-Mail"),
    ("es", "Archivos: {count}", "Archivos : {count}", "no space before"),
    ("es", "Listo, pero cerrado", "Listo,pero cerrado", "a space after , ;"),
    ("es", "Queda el {share}\u00a0%", "Queda el {share}%", "before %"),
    ("es", "El archivo", "L'archivo", "no apostrophe"),
    ("es", "Abrir «{name}»", "Abrir “{name}”", "the quotation marks «…»"),
    ("es", "Abrir «{name}»", "Abrir « {name} »", "no space inside «…»"),
    ("es", "¿Eliminar el archivo?", "Eliminar el archivo?", "with ¿"),
    ("es", "Se borra. ¿Seguir?", "¿ Seguir?", "with ¿"),
    ("es", "Es tu cuenta.", "Es la cuenta de usted.", "say tú"),
    ("es", "Elige un archivo.", "Elija un archivo.", "“Elige”"),
    ("es", "Subir archivos", "Subir Archivos", "no capital within a sentence"),
    ("es", "Elige otro archivo.", "Por favor, elige otro archivo.", "nothing: say what to do"),
    ("fr", "Un\u202f; deux", "Un ; deux", "a narrow no-break space (U+202F) before ; ?"),
    ("fr", "Supprimer\u202f?", "Supprimer\u00a0?", "a narrow no-break space (U+202F) before ; ?"),
    ("fr", "Supprimer\u202f?", "Supprimer?", "a narrow no-break space (U+202F) before ; ?"),
    ("fr", "Fichier\u00a0: {name}", "Fichier : {name}", "a no-break space (U+00A0) before the colon"),
    ("fr", "Fichier\u00a0: {name}", "Fichier: {name}", "a no-break space (U+00A0) before the colon"),
    ("fr", "Ouvrir «\u202f{name}\u202f»", "Ouvrir « {name} »", "inside « … »"),
    ("fr", "Ouvrir «\u202f{name}\u202f»", "Ouvrir «{name}»", "inside « … »"),
    ("fr", "Ouvrir «\u202f{name}\u202f»", "Ouvrir “{name}”", "the quotation marks « … »"),
    ("fr", "Un, deux", "Un , deux", "no space before"),
    ("fr", "Prêt, mais verrouillé", "Prêt,mais verrouillé", "a space after , ;"),
    ("fr", "Encore {share}\u00a0%", "Encore {share} %", "before %"),
    ("fr", "L’espace", "L'espace", "the apostrophe ’"),
    ("fr", "C’est votre compte.", "C’est ton compte.", "say vous"),
    ("fr", "Choisissez un fichier.", "Choisis un fichier.", "“Choisissez”"),
    ("fr", "Session ouverte", "Connecté(e)", "a man or a woman"),
    ("fr", "Importer un fichier", "Importer un Fichier", "no capital within a sentence"),
    ("fr", "Tout a été annulé.", "Tout a été défait.", "the glossary says annulé"),
    ("ja", "保存し、閉じます", "保存し,閉じます", "the full-width"),
    ("ja", "{name}：保存済み", "{name}: 保存済み", "the full-width"),
    ("ja", "削除しますか？", "削除しますか?", "the full-width"),
    ("ja", "完了（{count}件）", "完了({count}件)", "the full-width"),
    ("ja", "PDFを保存", "PDF を保存", "no space between Japanese"),
    ("ja", "{name}を保存", "{name} を保存", "no space between Japanese"),
    ("ja", "保存しました。閉じます。", "保存しました。 閉じます。", "no space beside a full-width mark"),
    ("ja", "「{name}」を開く", "“{name}”を開く", "the quotation marks 「…」"),
    ("ja", "保存し、閉じます", "保存し，閉じます", "the Japanese 、"),
    ("ja", "PDFを開く", "ＰＤＦを開く", "at half"),
    ("ja", "2〜30文字", "2～30文字", "the wave dash"),
    ("ja", "保存できませんでした。", "保存できなかった。", "politely"),
    ("ja", "デバイスを選択", "端末を選択", "the glossary says デバイス"),
    ("zh", "已保存，可以关闭", "已保存,可以关闭", "the full-width"),
    ("zh", "大小：{size}", "大小:{size}", "the full-width"),
    ("zh", "已完成（{count} 个）", "已完成({count} 个)", "the full-width"),
    ("zh", "删除吗？", "删除吗?", "the full-width"),
    ("zh", "打开 PDF 文件", "打开PDF文件", "a space between Chinese and Latin"),
    ("zh", "共 {count} 个", "共{count} 个", "a space between Chinese and Latin"),
    ("zh", "打开文件", "打开 文件", "no space between Chinese words"),
    ("zh", "已保存。可以关闭。", "已保存。 可以关闭。", "no space beside a full-width mark"),
    ("zh", "打开“{name}”", "打开「{name}」", "the quotation marks “…”"),
    ("zh", "打开 PDF", "打开 ＰＤＦ", "at half width"),
    ("zh", "选择文件", "请您选择文件", "the glossary says 你"),
    ("ar", "حُفظ الملف، وأُغلق", "حُفظ الملف, وأُغلق", "the Arabic ، ؛ ؟"),
    ("ar", "حذف الملف؟", "حذف الملف?", "the Arabic ، ؛ ؟"),
    ("ar", "حُفظ الملف؛ أُغلق", "حُفظ الملف; أُغلق", "the Arabic ، ؛ ؟"),
    ("ar", "حُفظ الملف، وأُغلق", "حُفظ الملف ، وأُغلق", "no space before"),
    ("ar", "حُفظ الملف، وأُغلق", "حُفظ الملف،وأُغلق", "a space after ، ؛"),
    ("ar", "{size}", "5 م.ب", "the unit as `core` says it"),
    ("ar", "خلال 5 أيام", "خلال ٥ أيام", "the digits 0 to 9"),
    ("ar", "الملف", "الملـــف", "no lengthened letters"),
    ("ar", "ملف في", "ملف فی", "the Arabic letters"),
    ("ar", "فتح «{name}»", "فتح “{name}”", "the quotation marks «…»"),
    ("ar", "ملف \u200e.po\u200e", "ملف .po", "a left-to-right mark"),
    ("ar", "ملف \u200e.po\u200e.", "ملف \u200e.po.", "a left-to-right mark"),
    ("ar", "ملف ترجمة", "الفهرس", "the glossary says ملف ترجمة"),
]


TITLES = [
    ("en", "Preparing {name}", "{name} is being prepared"),
    ("de", "{name} vorbereiten", "{name} wird vorbereitet"),
    ("es", "Preparación de {name}", "Preparando {name}"),
    ("fr", "Préparation de {name}", "Préparation de {name} en cours"),
    ("ja", "{name}の準備", "{name}を準備しています"),
    ("zh", "准备 {name}", "正在准备 {name}"),
    ("ar", "تحضير {name}", "جارٍ تحضير {name}"),
]


STOPPED = [
    ("en", "Save"),
    ("de", "Speichern"),
    ("es", "Guardar"),
    ("fr", "Enregistrer"),
    ("ja", "保存"),
    ("zh", "保存"),
]


def found_in(locale: str, text: str, *is_as: str, domain: str = "files", has_forms: bool = False) -> list[str]:
    said = Said("x.po", 1, "msgid", text, locale, domain, frozenset(is_as), has_forms)
    return [str(slip) for slip in slips(said, GLOSSARY, UNITS.get(locale, OURS))]


@pytest.mark.parametrize(("locale", "right", "wrong", "told"), PLANTED)
def test_what_breaks_a_rule_is_found_with_what_to_write(locale: str, right: str, wrong: str, told: str) -> None:
    assert not found_in(locale, right)
    assert any(told in slip for slip in found_in(locale, wrong)), found_in(locale, wrong)


@pytest.mark.parametrize(("locale", "right", "wrong"), TITLES)
def test_a_title_of_a_workflow_is_right_at_any_time(locale: str, right: str, wrong: str) -> None:
    assert not found_in(locale, right, roles.TITLE)
    assert any("right at any time" in slip for slip in found_in(locale, wrong, roles.TITLE))
    assert not found_in(locale, wrong)  # which is no fault of a text that is no title


@pytest.mark.parametrize(("locale", "text"), STOPPED)
@pytest.mark.parametrize("role", [roles.BUTTON, roles.PAGE_TITLE, roles.STEP])
def test_titles_and_buttons_end_without_a_stop(locale: str, text: str, role: str) -> None:
    stopped = text + ("。" if locale in {"ja", "zh"} else ".")
    assert not found_in(locale, text, role)
    assert any("no full stop" in slip for slip in found_in(locale, stopped, role))
    assert not found_in(locale, stopped)


def test_every_rule_has_a_fault_planted_for_it() -> None:
    planted = {locale: [wrong for where, _, wrong, _ in PLANTED if where == locale] for locale in OF_LANGUAGES}
    titles = {locale: [wrong for where, _, wrong in TITLES if where == locale] for locale in OF_LANGUAGES}
    anything = [*(f"{text}." for _, text in STOPPED), *(wrong for texts in planted.values() for wrong in texts)]
    rules = [(rule, anything) for rule in (*EVERYWHERE, NO_STOP)]
    rules += [(rule, planted[locale]) for locale in OF_LANGUAGES for rule in OF_LANGUAGES[locale]]
    rules += [(rule, titles[locale]) for locale in OF_TITLES for rule in OF_TITLES[locale]]
    for rule, texts in rules:
        assert any(rule.pattern.search(text) for text in texts), rule


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("fr", "12:30"),
        ("fr", "`a: b;` et https://example.com/?a=1;b"),
        ("ja", "{min}〜{max}文字、{ratio}:1、`a, b`、name@example.comへ"),
        ("zh", "{file}:{number}：更改了 3 处"),
        ("de", "Versuch {number}"),
        ("es", "Un <b class='x'>archivo</b> de Acme"),
        ("ar", "بـ {name}، 1,000"),
        ("en", "Run `adx i18n check --root 'x'` on Linux, as a .po file"),
    ],
)
def test_code_numbers_names_and_markup_are_left_alone(locale: str, text: str) -> None:
    assert not found_in(locale, text)


def test_of_a_text_with_forms_one_number_may_stand_beside_what_it_counts() -> None:
    assert not found_in("en", "{count} files of {name}", has_forms=True)
    assert found_in("en", "{count} files of {workspaces} workspaces", has_forms=True)


def test_the_unit_of_a_size_is_said_in_core_alone() -> None:
    said = Said("x", 1, "{value} MB", "{value} Mo", "fr", "core", frozenset())
    assert not list(slips(said, Glossary(), UNITS["fr"]))
