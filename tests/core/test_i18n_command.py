"""``adx i18n``: texts are found, catalogues kept in step, and every kind of fault turns the check red."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from entrypoints.i18n import app

ROOT = Path(__file__).resolve().parents[2]
PYTHON = """
from core.messages import messages_of
N_ = messages_of("files")
TITLE = Contract("files.prepare", title=N_("Preparing {name}", name="x"))
# Translators: How many
# files there are.
COUNT = N_("{count} file", "{count} files", count=2)
NOT_MARKED = print("no text of ours")
"""
TEMPLATE = (
    "<h1>{{ _('Files') }}</h1> {# Translators: How long it is. #}"
    "{{ ngettext('{count} page', '{count} pages', count=n) }}"
)
LAYOUT = "<button>{{ _('Log <b>out</b>') }}</button>"
TOO_MANY = 'msgstr[1] "{count} Seiten"\nmsgstr[2] "{count} Seiten"'
FORM_TOO_MANY = 'msgid "Files"\nmsgid_plural "Files"\nmsgstr[0]'
PLANTED = {
    "<p>Save it</p>": "Save it",
    "<p>{{ n }} of {{ n }}</p>": "of",
    '<input aria-label="Search here">': 'aria-label="Search here"',
    '<input placeholder="Name">': 'placeholder="Name"',
    '<a title="To {{ n }}">{{ n }}</a>': 'title="To "',
    '<img alt="A boat">': 'alt="A boat"',
    '{{ button("Save") }}': "Save",
    '{% set title = "New file" %}': "New file",
    "{% macro x() %}Save{% endmacro %}": "Save",
}
SILENT = """
<code>git push</code> <p translate="no">Acme Inc.</p> <svg><title>x y</title></svg> <p>ADX · {{ n }}</p> {# A comment #}
{% macro tone(x) %}{% if x %}danger{% else %}button button--{{ x }}{% endif %}{% endmacro %}<p class="Big">&nbsp;</p>
{{ _("Files") }} {{ icon("folder") }} {% if x == "GET" %}{% endif %} <style>p { color: red }</style>
"""
HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
GOOD = {
    "files": f"{HEADER}"
    """
#. The title of a workflow: right while it happens and for ever after.
msgid "Preparing {name}"
msgstr "{name} vorbereiten"

#. How many files there are.
msgid "{count} file"
msgid_plural "{count} files"
msgstr[0] "eine Datei"
msgstr[1] "{count} Dateien"

#. A heading.
msgid "Files"
msgstr "Dateien"

#. How long it is.
msgid "{count} page"
msgid_plural "{count} pages"
msgstr[0] "{count} Seite"
msgstr[1] "{count} Seiten"
""",
    "shell": f"{HEADER}#. On a button: a verb, as short as the English.\n"
    'msgid "Log <b>out</b>"\nmsgstr "<b>Ab</b>melden"\n',
}


@pytest.fixture
def product(tmp_path: Path) -> Path:
    for name, text in {
        "domain/files/types.py": PYTHON,
        "templates/files/index.html": TEMPLATE,
        "templates/layouts/base.html": LAYOUT,
        "templates/shell/patterns/_forms.html": "{{ _('A sample') }}",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    for domain, text in GOOD.items():
        translate(tmp_path, domain, text)
    run("extract", tmp_path)
    return tmp_path


def translate(root: Path, domain: str, text: str) -> None:
    file = root / "locales" / "de" / "LC_MESSAGES" / f"{domain}.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def run(command: str, root: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [command, "--root", str(root)])
    return result.exit_code, result.output


def test_a_complete_translation_passes(product: Path) -> None:
    assert run("check", product) == (0, "Every text is said in every language.\n")


@pytest.mark.parametrize(
    ("domain", "right", "wrong", "told"),
    [
        ("files", 'msgstr "Dateien"', 'msgstr ""', "missing: Files"),
        ("files", 'msgid "Files"', '#, fuzzy\nmsgid "Files"', "fuzzy: Files"),
        ("files", 'msgid "Files"', 'msgid "Old"\nmsgstr "Alt"\n\nmsgid "Files"', "stale: Old"),
        ("files", "{name} vor", "{nam} vor", "broken placeholder: Preparing {name}"),
        ("files", "{name} vor", "{name vor", "broken placeholder: Preparing {name}"),
        ("files", "{name} vor", "Vor", "placeholder {name} is missing: Preparing {name}"),
        ("files", 'msgstr[1] "{count} Seiten"', 'msgstr[1] ""', "needs 2 plural forms: {count} page"),
        ("files", 'msgstr[1] "{count} Seiten"', "", "needs 2 plural forms: {count} page"),
        ("files", 'msgstr[1] "{count} Seiten"', TOO_MANY, "more translations than num_plurals"),
        ("files", 'msgid "Files"\nmsgstr', FORM_TOO_MANY, "needs 1 plural forms: Files"),
        ("files", 'msgstr "Dateien"\n', 'msgstr "Dateien"\n\n#~ msgid "Gone"\n#~ msgstr "Fort"\n', "obsolete: Gone"),
        ("files", 'msgstr "Dateien"', 'msgstr " Dateien"', "spaces at its ends do not match: Files"),
        ("files", 'msgstr "Dateien"', 'msgstr "Dateien:"', "ends with other punctuation: Files"),
        ("files", "#. A heading.", "#. A button.", "other comments: Files"),
        ("files", 'msgstr "Dateien"', 'msgstr "Datei', "unreadable: the line is cut off"),
        ("files", 'msgid "Files"', 'msgid "Files', "unreadable: the line is cut off"),
        ("files", "charset=utf-8", "charset=klingon", "unreadable"),
        ("files", "plural=(n != 1)", "plural=(n > 1)", "wrong plural rule: de needs nplurals=2"),
        ("files", "nplurals=2; plural=(n != 1)", "nplurals=3; plural=(n)", "wrong plural rule: de needs nplurals=2"),
        ("shell", "<b>Ab</b>", "<i>Ab</i>", "markup does not match"),
        ("shell", "<b>Ab</b>", "<b class='x'>Ab</b>", "markup does not match"),
        ("shell", "<b>Ab</b>", "<b>Ab", "markup does not match"),
    ],
)
def test_each_fault_is_found_with_its_place(product: Path, domain: str, right: str, wrong: str, told: str) -> None:
    translate(product, domain, GOOD[domain].replace(right, wrong, 1))
    code, output = run("check", product)
    assert code == 1
    assert told in output
    assert f"locales/de/LC_MESSAGES/{domain}.po:" in output


@pytest.mark.parametrize("planted", PLANTED)
def test_a_text_that_no_catalogue_has_is_found_in_its_template(product: Path, planted: str) -> None:
    template = product / "templates/files/index.html"
    template.write_text(f"{TEMPLATE}\n\n{planted}\n", "utf-8")
    code, output = run("check", product)
    assert code == 1
    assert f"templates/files/index.html:3: not translatable: {PLANTED[planted]}\n" in output


def test_code_names_and_values_are_no_text(product: Path) -> None:
    (product / "templates/files/index.html").write_text(TEMPLATE + SILENT, "utf-8")
    assert run("check", product) == (0, "Every text is said in every language.\n")


def test_a_text_of_a_plain_mail_is_found_too(product: Path) -> None:
    mail = product / "templates/emails/files/ready.txt"
    mail.parent.mkdir(parents=True)
    mail.write_text("{{ _('Files') }}\n\nReady: {{ name }}\n", "utf-8")
    assert "templates/emails/files/ready.txt:3: not translatable: Ready:" in run("check", product)[1]


def test_a_text_that_is_not_in_the_template_catalogue_is_found(product: Path) -> None:
    pot = product / "locales/files.pot"
    pot.write_text(pot.read_text("utf-8").replace('msgid "Files"', 'msgid "Filed"'), "utf-8")
    assert "locales/files.pot:1: not extracted: Files" in run("check", product)[1]


def test_a_text_in_pseudo_is_in_brackets() -> None:
    assert CliRunner().invoke(app, ["pseudo", "Save {name}"]).output == "⟦Šååṽéé {name}⟧\n"


def test_a_feature_without_a_catalogue_is_missing_in_every_language(product: Path) -> None:
    (product / "locales/de/LC_MESSAGES/shell.po").unlink()
    code, output = run("check", product)
    assert (code, output.count("missing")) == (1, 1)
    assert "locales/de/LC_MESSAGES/shell.po:1: missing catalogue: 1 texts" in output


@pytest.mark.parametrize(
    ("template", "comment"),
    [
        ("<th>{{ _('Open') }}</th>", "The heading of a column: short."),
        ("<p>{{ badge(_('Open')) }}</p>", "A state, in a badge: an adjective or participle, short."),
        ("<a><b>{{ icon('x') }}{{ _('Open') }}</b></a>", "A link to a page."),
        ("<p aria-label='{{ x }}' title=\"{{ _('Open') }}\">x</p>", "Shown when something is pointed at."),
        ("{% block title %}{{ _('Open') }}{% endblock %}", "The title of a page, also of the browser’s tab."),
        ("<p>{# Translators: A door. #}{{ _('Open') }} {{ _('Shut it at once, now') }}</p>", "A door."),
        ("{# Translators: A door. #}{% set x = [_('Shut it at once, now'), _('Open')] %}", "A door."),
        ("{# Translators: A door. #}{% if x %}{% if y %}{% endif %}{{ _('Open') }}{% endif %}", "A door."),
        ("<p>{{ _('Open', context='a door') }}</p>", ""),
    ],
)
def test_translators_are_told_what_a_short_text_is(product: Path, template: str, comment: str) -> None:
    macro = "{% macro badge(label, tone='') %}<b>{{ label }}</b>{% endmacro %}"
    (product / "templates/components").mkdir()
    (product / "templates/components/badge.html").write_text(macro, "utf-8")
    (product / "templates/files/index.html").write_text(template, "utf-8")
    run("extract", product)
    before = (product / "locales/files.pot").read_text("utf-8").partition('msgid "Open"')[0].rpartition("\n\n")[2]
    assert (f"#. {comment}\n" in before) is bool(comment)
    assert ('msgctxt "a door"' in before) is (comment == "")
    assert "needs a comment" not in run("check", product)[1]


@pytest.mark.parametrize(
    ("made", "comment"),
    [
        ("NotFoundError(N_('It is gone.'))", "Said when something cannot be done: a whole sentence."),
        ("DataRequired(N_('Choose one.'))", "Said beneath a field that was filled in wrongly."),
        ("Remedy(cause=N_('x y'), remedy=N_('Wait.'))", "What to do when a step of a workflow did not work"),
    ],
)
def test_translators_are_told_what_is_made_of_a_text(product: Path, made: str, comment: str) -> None:
    source = f"N_ = messages_of('files')\nmade = {made}\n"
    (product / "web").mkdir(exist_ok=True)
    (product / "web/made.py").write_text(source, "utf-8")
    run("extract", product)
    assert f"#. {comment}" in (product / "locales/files.pot").read_text("utf-8")


def test_a_text_on_a_button_and_above_a_page_needs_a_context(product: Path) -> None:
    template = "<h1>{{ _('Open') }}</h1>\n{{ _('x', y=1) if x else '' }}<button>{{ _('Open') }}</button>"
    (product / "templates/files/index.html").write_text(template, "utf-8")
    told = "templates/files/index.html:2: a button, and a heading in templates/files/index.html:1: give one of them"
    assert told in run("check", product)[1]
    (product / "templates/files/index.html").write_text(template.replace("('Open')", "('Open', context='verb')", 1))
    assert "give one of them" not in run("check", product)[1]


@pytest.mark.parametrize("template", ["<p>{{ _('Open') }}</p>", "{# Not for others. #}{{ _('Open it') }}"])
def test_a_short_text_of_which_nothing_is_told_is_found(product: Path, template: str) -> None:
    (product / "templates/files/index.html").write_text(f"\n{template}", "utf-8")
    run("extract", product)
    told = "templates/files/index.html:2: needs a comment for translators, or a context: Open"
    assert told in run("check", product)[1]


def test_nobody_is_asked_to_translate_the_page_of_patterns(product: Path) -> None:
    run("update", product)
    assert "A sample" in (product / "locales/patterns.pot").read_text("utf-8")
    translate(product, "patterns", HEADER + 'msgid "A sample"\nmsgstr "Ein Muster"\n')
    assert "locales/de/LC_MESSAGES/patterns.po:1: stale: no feature says any of this" in run("check", product)[1]


def test_extracting_twice_writes_the_same_bytes(product: Path) -> None:
    run("extract", product)
    first = (product / "locales/files.pot").read_bytes()
    assert b"POT-Creation-Date" not in first
    run("extract", product)
    assert (product / "locales/files.pot").read_bytes() == first


def test_update_adds_what_is_new_and_keeps_what_is_said(product: Path) -> None:
    template = product / "templates/files/index.html"
    template.write_text(TEMPLATE + "{{ _('Something new') }}", "utf-8")
    run("update", product)
    catalogue = (product / "locales/de/LC_MESSAGES/files.po").read_text("utf-8")
    assert 'msgid "Something new"\nmsgstr ""' in catalogue
    assert 'msgstr "Dateien"' in catalogue
    assert "domain/files/types.py" in catalogue


def test_what_cannot_be_read_is_not_written_over(product: Path) -> None:
    translate(product, "files", GOOD["files"].replace('"Dateien"', '"Datei'))
    code, output = run("update", product)
    assert (code, "locales/de/LC_MESSAGES/files.po:" in output) == (1, True)
    assert '"Datei\n' in (product / "locales/de/LC_MESSAGES/files.po").read_text("utf-8")
    assert ["files", "4", "0%", "0%"] in [line.split() for line in run("stats", product)[1].splitlines()]


def test_stats_counts_by_language_and_feature(product: Path) -> None:
    translate(product, "shell", HEADER + 'msgid "Log <b>out</b>"\nmsgstr ""\n')
    rows = [line.split() for line in run("stats", product)[1].splitlines()]
    assert rows == [["Texts", "de", "All"], ["files", "4", "100%", "100%"], ["shell", "1", "0%", "0%"]]


def test_the_product_says_every_text_in_every_language() -> None:
    code, output = run("check", ROOT)
    assert code == 0, output
