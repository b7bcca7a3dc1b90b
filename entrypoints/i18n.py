"""``adx i18n``: the catalogues, kept in step with what the product says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from core.i18n.checks import coverage, findings
from core.i18n.files import UnreadableError, read_catalogue, templates_of, write_catalogue, write_template
from core.i18n.negotiate import ENGLISH_ONLY, SOURCE_LOCALE, available_locales
from core.i18n.pseudo import pseudo as as_pseudo
from core.i18n.sources import source_texts
from core.i18n.style_checks import faults_of_style
from core.messages import messages_of
from entrypoints.terminal import show, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.i18n.checks import Coverage

ROOT = Path(__file__).resolve().parent.parent

N_ = messages_of("cli")

app = typer.Typer(no_args_is_help=True, help="Keep the catalogues in step with what ADX says.")
Root = Annotated[Path, typer.Option(help="ADX’s folder.", hidden=True)]


@app.command()
def extract(root: Root = ROOT) -> None:
    """Collect the texts of each feature into locales/<feature>.pot."""
    for domain, catalog in templates_of(source_texts(root)).items():
        name = f"locales/{domain}.pot"
        if write_template(catalog, root / name):
            show(tell(N_("{file}: {count} text", "{file}: {count} texts", file=name, count=len(catalog))))


@app.command()
def update(
    root: Root = ROOT,
    feature: Annotated[str, typer.Option(help="Only this feature.")] = "",
    language: Annotated[str, typer.Option(help="Begin this language, if there is none of it yet.")] = "",
) -> None:
    """Bring all languages in step: new texts are added empty, changed ones marked fuzzy, old ones dropped."""
    extract(root)
    locales = sorted({*available_locales(root / "locales"), *filter(None, [language])} - {SOURCE_LOCALE})
    for domain, template in templates_of(source_texts(root)).items():
        for locale in locales if feature in {"", domain} and domain not in ENGLISH_ONLY else ():
            file = root / "locales" / locale / "LC_MESSAGES" / f"{domain}.po"
            try:
                catalog = read_catalogue(file, locale, domain)
            except UnreadableError as error:
                show(f"{file.relative_to(root).as_posix()}:{error.line}: {error}", err=True)
                raise typer.Exit(1) from None
            catalog.update(template)
            if write_catalogue(catalog, file, locale):
                show(file.relative_to(root).as_posix())


@app.command()
def check(root: Root = ROOT) -> None:
    """Fail on what is missing, out of date, broken or in no catalogue, each with file and line."""
    texts, locales = source_texts(root), root / "locales"
    faults = [*findings(templates_of(texts), locales, root), *faults_of_style(texts, locales, root)]
    found = [str(finding) for finding in faults]
    for line in found:
        show(str(line))
    if found:
        told = N_(
            "{count} fault. Run `adx i18n update`, then complete the texts in the files above.",
            "{count} faults. Run `adx i18n update`, then complete the texts in the files above.",
            count=len(found),
        )
        show(tell(told), err=True)
        raise typer.Exit(1)
    show(tell(N_("Every text is said in every language.")))


@app.command()
def stats(root: Root = ROOT) -> None:
    """Show how much of each feature is said in each language."""
    shares = {(row.locale, row.domain): row for row in coverage(templates_of(source_texts(root)), root / "locales")}
    locales, domains = (sorted({key[part] for key in shares} - {SOURCE_LOCALE}) for part in (0, 1))
    table = Table("", tell(N_("Texts")), *locales, tell(N_("All")), box=None, pad_edge=False, header_style="bold")
    for domain in domains:
        rows = [shares[locale, domain] for locale in locales]
        total = shares[SOURCE_LOCALE, domain].total
        table.add_row(domain, str(total), *map(_share, rows), _share_of(sum(row.translated for row in rows), rows))
    Console(soft_wrap=True).print(table)


@app.command()
def pseudo(text: Annotated[str, typer.Argument(help="What to say. Default: every text of ADX.")] = "") -> None:
    """Say a text as the pseudo-languages do, or all of them: what on a page has no brackets is in no catalogue."""
    texts = [text] if text else sorted({found.text for found in source_texts(ROOT)})
    for said in texts:
        typer.echo(as_pseudo(said))  # with the marks of direction that it is for


def _share(row: Coverage) -> str:
    return _share_of(row.translated, [row])


def _share_of(translated: int, rows: Sequence[Coverage]) -> str:
    total = sum(row.total for row in rows)
    return f"{translated / total:.0%}" if total else "-"
