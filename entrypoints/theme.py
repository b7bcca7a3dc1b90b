"""``adx theme``: themes, checked before anybody sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.messages import messages_of
from core.theming import theme_faults
from entrypoints.terminal import show, tell

ROOT = Path(__file__).resolve().parent.parent

N_ = messages_of("cli")

app = typer.Typer(no_args_is_help=True, help="Make and check themes.")


@app.callback()
def theme() -> None:
    """Make and check themes."""


@app.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="The themes’ folders. Default: all of them.")] = None,
    root: Annotated[Path, typer.Option(help="ADX’s folder.", hidden=True)] = ROOT,
) -> None:
    """Fail on what is unknown, of a wrong kind, too large or not to be read, each with file and line."""
    from web.kit.template_globals import template_globals  # noqa: PLC0415  # only this command needs the pages' kit
    from web.kit.templates import Templates  # noqa: PLC0415

    unknown = [name for name in names or () if not (root / "themes" / name).is_dir()]
    if unknown:
        told = N_("There is no theme {names} in {folder}.", names=", ".join(unknown), folder=str(root / "themes"))
        show(tell(told), err=True)
        raise typer.Exit(2)
    environment = Templates(template_globals(), root=root).environment
    found = theme_faults(root, names or (), environment)
    for fault in found:
        show(f"{fault.file.relative_to(root).as_posix()}:{fault.line}: {fault.text}")
    if found:
        told = N_(
            "{count} fault. docs/theme-authors.md says what a theme may hold.",
            "{count} faults. docs/theme-authors.md says what a theme may hold.",
            count=len(found),
        )
        show(tell(told), err=True)
        raise typer.Exit(1)
    show(tell(N_("Every theme can be used and read.")))
