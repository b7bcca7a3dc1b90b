"""``adx new-feature``: the skeleton of a feature in every layer, shaped like ``files``, with one table and one run.

The skeleton is that of a feature called "gadgets"; its texts lie in ``entrypoints/skeleton``, named ``*.txt`` so that
nothing takes them for a part of the product.
"""

from __future__ import annotations

import keyword
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from core.messages import messages_of
from entrypoints.embedded.program import StartError
from entrypoints.terminal import tell

ROOT = Path(__file__).resolve().parent.parent
N_ = messages_of("cli")

SKELETON = Path(__file__).parent / "skeleton"
NAME = re.compile(r"[a-z]{2,30}")
TAKEN = frozenset({"health", "kit", "live", "platform", "public", "shell", "static"})
"""Names that are something else already: a part of the tree, a schema of the database, or an address."""

PLACES = {
    "domain": "domain/gadgets",
    "workflows": "workflows/gadgets",
    "activities": "activities/gadgets",
    "web": "web/gadgets",
    "manifest.py": "entrypoints/features/gadgets.py",
    "templates": "templates/gadgets",
    "tests/test_pages.py": "tests/web/gadgets/test_pages.py",
    "tests/test_add.py": "tests/workflows/gadgets/test_add.py",
    "page.md": "docs/features/gadgets.md",
}
PACKAGES = ("domain", "workflows", "activities", "web")

NEXT_STEPS = """
It is a part of the product: entrypoints/features/gadgets.py says what it has and offers. Now:
  bin/adx i18n update         and say its texts in every language
  bin/record-histories tests/workflows/gadgets
  bin/lint && bin/test tests/architecture tests/security tests/web/gadgets tests/workflows/gadgets
"""


def new_feature(feature: str, thing: str = "", root: Path = ROOT) -> str:
    """Write the skeleton of a feature and return what is left to do. ``thing`` is one of what it holds.

    Raises StartError for a name that cannot be one, or is taken; nothing is written then.
    """
    thing = thing or feature.removesuffix("s")
    _check(feature, thing, root)
    has_schema = feature in _features_with_a_schema()
    written = [
        _write(file, place, feature, thing, root) for file in sorted(SKELETON.rglob("*.txt")) if (place := _place(file))
    ]
    for layer in PACKAGES:
        (root / layer / feature / "__init__.py").touch()
    written.append(_write_migration(feature, thing, root, has_schema=has_schema))
    _format(written, root)
    named = [f"  {path.relative_to(root)}" for path in sorted(written)]
    return "\n".join(named) + "\n" + _renamed(NEXT_STEPS, feature, thing)


def _check(feature: str, thing: str, root: Path) -> None:
    for name in (feature, thing):
        if NAME.fullmatch(name) is None or keyword.iskeyword(name):
            raise StartError(
                tell(
                    N_(
                        "“{name}” cannot be a name. Use 2 to 30 lower-case letters, as in: bin/new-feature notes note",
                        name=name,
                    )
                )
            )
    if feature in TAKEN or any((root / layer / feature).exists() for layer in (*PACKAGES, "templates")):
        raise StartError(tell(N_("“{name}” is there already. Choose another name.", name=feature)))


def _features_with_a_schema() -> tuple[str, ...]:
    """Return the features whose role and schema the first migration has made already."""
    first = import_module("migrations.versions.2026_11_22_platform_create_the_shared_tables")
    features: tuple[str, ...] = first.FEATURES
    return features


def _place(file: Path) -> str | None:
    """Return where a part of the skeleton belongs; None for the migration, which is named by the day."""
    name = file.relative_to(SKELETON).as_posix().removesuffix(".txt")
    if name in PLACES:
        return PLACES[name]
    folder, _, rest = name.partition("/")
    return f"{PLACES[folder]}/{rest}" if rest else None


def _write_migration(feature: str, thing: str, root: Path, *, has_schema: bool) -> Path:
    newest = max((root / "migrations" / "versions").glob("2*.py"), key=_revision)
    number = int(_revision(newest).partition("_")[0]) + 1
    day = max(f"{datetime.now(UTC):%Y_%m_%d}", newest.name[:10])
    text = (SKELETON / "migration.py.txt").read_text()
    if has_schema:
        text = text.replace('    add_feature("gadgets")\n', "").replace("add_feature, ", "")
    text = text.replace("NEXT", f"{number:04}").replace("PREVIOUS", _revision(newest))
    path = root / "migrations" / "versions" / f"{day}_{feature}_create_{feature}.py"
    path.write_text(_renamed(text, feature, thing))
    return path


def _revision(migration: Path) -> str:
    found = re.search(r'^revision = "(.+)"$', migration.read_text(), re.MULTILINE)
    return found[1] if found else ""


def _write(file: Path, place: str, feature: str, thing: str, root: Path) -> Path:
    path = root / _renamed(place, feature, thing)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_renamed(file.read_text(), feature, thing))
    return path


def _renamed(text: str, feature: str, thing: str) -> str:
    for plural, single in ((feature, thing), (feature.capitalize(), thing.capitalize())):
        sample = "gadget" if plural.islower() else "Gadget"
        text = text.replace(f"{sample}s", plural).replace(sample, single)
    return text


def _format(paths: list[Path], root: Path) -> None:
    """Sort imports and break lines anew: both depend on how long the names are."""
    files = [str(path) for path in paths if path.suffix == ".py"]
    for command in (["check", "--quiet", "--fix", "--select=I"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, *files], cwd=root, check=True)  # noqa: S603  # our own files
