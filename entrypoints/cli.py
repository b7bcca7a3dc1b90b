"""The command ``adx``: every process of the product, and what its operators type."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from core.anchors.errors import AnchorError
from core.keys.root_file import RootKeyError
from core.messages import messages_of
from core.settings import Settings, SettingsError
from entrypoints.audit import app as audit
from entrypoints.embedded.program import StartError
from entrypoints.i18n import app as i18n
from entrypoints.keys import app as keys
from entrypoints.private import keep_private
from entrypoints.terminal import in_the_terminals_language, show, tell
from entrypoints.theme import app as theme

# The commands import what they run, so that `adx --help` is instant and a web process loads no worker.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Sequence

N_ = messages_of("cli")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Run every process of ADX, and what its operators type.",
)
app.add_typer(i18n, name="i18n")
app.add_typer(audit, name="audit")
app.add_typer(keys, name="keys")
app.add_typer(theme, name="theme")

Features = Annotated[
    str, typer.Option(help="Run only these features, by name and comma. Default: ADX_FEATURES, else all.")
]


def main() -> None:
    """Run a command; what a person can put right is told in a sentence, without a traceback."""
    keep_private(sys.argv[1:])
    try:
        in_the_terminals_language(typer.main.get_command(app))()
    except (SettingsError, StartError, RootKeyError, AnchorError) as error:
        show(f"\n{error}\n", err=True)
        raise SystemExit(1) from None


@app.command()
def dev() -> None:
    """Run the whole product on this machine, with servers of its own."""
    from entrypoints.dev import run

    raise SystemExit(run())


@app.command()
def web(features: Features = "") -> None:
    """Run the web process."""
    from entrypoints.web import serve

    settings = _settings_to_serve()
    serve(settings, _features(settings, features))


@app.command()
def worker(features: Features = "") -> None:
    """Run the worker process."""
    from entrypoints.worker import serve

    settings = _settings_to_serve()
    serve(settings, _features(settings, features))


@app.command()
def migrate() -> None:
    """Bring the database to the newest migration."""
    from core.db.migrate import upgrade

    upgrade(Settings.load().migrate_database_url)
    show(tell(N_("The database has every migration.")))


@app.command()
def bootstrap(
    superuser_url: Annotated[str, typer.Option(envvar="SUPERUSER_DATABASE_URL", help="A superuser’s address.")],
) -> None:
    """Create roles and database on a PostgreSQL of your own: once, before the first `adx migrate`."""
    from core.db.bootstrap import bootstrap_for

    bootstrap_for(Settings.load(), superuser_url)
    show(tell(N_("Roles and database are there. Now run `adx migrate`.")))


@app.command()
def seed(
    *,
    extreme: Annotated[
        bool,
        typer.Option("--extreme", help="Add a workspace full of extremes too, and an empty one.", show_default=False),
    ] = False,
) -> None:
    """Add the demo workspaces and accounts; what is there already stays."""
    from entrypoints.seed import seed as add_demo_data

    settings = Settings.load()
    if settings.is_production:
        raise StartError(tell(N_("Demo data has well-known passwords, so it is refused in production.")))
    for account in asyncio.run(add_demo_data(settings, extreme=extreme)):
        show(str(account))


@app.command()
def doctor() -> None:
    """Check every dependency, and say what is wrong and what to do."""
    from entrypoints.doctor import examine

    raise SystemExit(examine())


@app.command()
def repair(
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help="Do what is said. Without it, nothing is changed.", show_default=False)
    ] = False,
    rows_restored: Annotated[
        bool,
        typer.Option(
            "--rows-restored",
            help="The database is from a copy: what open workflows believe to have done is not believed.",
            show_default=False,
        ),
    ] = False,
) -> None:
    """Say on what rows and workflows do not agree, after something was lost or restored, and make them agree."""
    from entrypoints.repair import repair as look

    raise SystemExit(asyncio.run(look(Settings.load(), apply=apply, rows_restored=rows_restored)))


@app.command()
def new_feature(
    name: Annotated[str, typer.Argument(help="What it is called in every layer, such as `notes`.")],
    thing: Annotated[str, typer.Argument(help="One of what it holds. Default: the name without its last s.")] = "",
) -> None:
    """Write the skeleton of a feature in every layer."""
    from entrypoints.new_feature import new_feature as write

    show(write(name, thing))


@app.command(hidden=True)
def mailbox(
    folder: Annotated[Path, typer.Option()],
    smtp_port: Annotated[int, typer.Option()],
    page_port: Annotated[int, typer.Option()],
) -> None:
    """Catch emails and show them: a part of `adx dev`."""
    from entrypoints.mailbox.server import serve

    serve(folder, smtp_port, page_port)


def _settings_to_serve() -> Settings:
    """Return the settings of a process that strangers reach; production has it run on nothing with a known fault."""
    from entrypoints.patched import refuse_outdated

    settings = Settings.load()
    if settings.is_production:
        refuse_outdated()
    return settings


def _features(settings: Settings, chosen: str) -> Sequence[str]:
    from entrypoints.registry import REGISTRY

    wanted = (
        [name.strip() for name in chosen.split(",") if name.strip()]
        or sorted(settings.features)
        or list(REGISTRY.names)
    )
    unknown = [name for name in wanted if name not in REGISTRY.names]
    if unknown:
        raise StartError(
            tell(
                N_(
                    "No such feature: {unknown}. There are: {features}.",
                    unknown=", ".join(unknown),
                    features=", ".join(REGISTRY.names),
                )
            )
        )
    return wanted


if __name__ == "__main__":
    main()
