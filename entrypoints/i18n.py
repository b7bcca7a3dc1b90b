"""``adx i18n``: the catalogues, kept in step with what the product says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.i18n.checks import coverage, findings
from core.i18n.files import read_catalogue, templates_of, write_catalogue, write_template
from core.i18n.negotiate import SOURCE_LOCALE, available_locales
from core.i18n.sources import source_texts

ROOT = Path(__file__).resolve().parent.parent

app = typer.Typer(no_args_is_help=True, help="Keep the catalogues in step with what the product says.")
Root = Annotated[Path, typer.Option(help="The product's folder.", hidden=True)]


@app.command()
def extract(root: Root = ROOT) -> None:
    """Collect the texts of each feature into locales/<feature>.pot."""
    for domain, catalog in templates_of(source_texts(root)).items():
        if write_template(catalog, root / "locales" / f"{domain}.pot"):
            typer.echo(f"locales/{domain}.pot: {len(catalog)} texts")


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
        for locale in locales if feature in {"", domain} else ():
            file = root / "locales" / locale / "LC_MESSAGES" / f"{domain}.po"
            catalog = read_catalogue(file, locale, domain)
            catalog.update(template)
            if write_catalogue(catalog, file, locale):
                typer.echo(file.relative_to(root).as_posix())


@app.command()
def check(root: Root = ROOT) -> None:
    """Fail on what is missing, fuzzy, stale or broken, each with file and line."""
    found = [str(finding) for finding in findings(templates_of(source_texts(root)), root / "locales", root)]
    for line in found:
        typer.echo(line)
    if found:
        typer.echo(f"{len(found)} faults. Run `adx i18n update`, then complete the texts in the files above.", err=True)
        raise typer.Exit(1)
    typer.echo("Every text is said in every language.")


@app.command()
def stats(root: Root = ROOT) -> None:
    """Show how much of each feature is said in each language."""
    for row in coverage(templates_of(source_texts(root)), root / "locales"):
        share = row.translated / row.total if row.total else 1
        typer.echo(f"{row.locale:8} {row.domain:12} {row.translated:4} of {row.total:4}  {share:4.0%}")
