"""Prints the SQL of all migrations as one script, for the linter of migrations; runs nothing."""

from __future__ import annotations

import sys
from io import StringIO

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.settings import ROOT


def script() -> str:
    """Return what `adx migrate` would send to an empty database."""
    out = StringIO()
    directory = ScriptDirectory(str(ROOT / "migrations"), version_locations=[str(ROOT / "migrations" / "versions")])
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": out})
    with Operations.context(context):
        for revision in reversed(list(directory.walk_revisions())):
            out.write(f"-- {revision.revision}\n")
            revision.module.upgrade()
    return out.getvalue()


if __name__ == "__main__":
    sys.stdout.write(script())
