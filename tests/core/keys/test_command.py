"""``adx keys``: what operators type."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from core.ids import new_id
from core.keys.errors import ErasedError
from core.keys.root_file import problem_with
from core.keys.sealed import Place
from core.settings import Settings
from core.settings_report import variable_of
from entrypoints.keys import app

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

    from core.keys.ring import KeyRing
    from tests.support.tenant_fixtures import TwoTenants


@pytest.fixture
def adx(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    for name in ("database_url", "redis_url", "temporal_address", "smtp_url", "kms_url", "state_dir"):
        monkeypatch.setenv(variable_of(Settings, name), str(getattr(settings, name)))
    return CliRunner()


def run(adx: CliRunner, *words: str, said: str | None = None) -> Result:
    return adx.invoke(app, list(words), input=said)


def test_a_root_key_is_made_once(adx: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "etc" / "root_key"
    made = run(adx, "create", str(path))
    assert f"KMS_URL={path.as_uri()}" in made.output
    assert problem_with(path) is None
    kept = path.read_text()
    assert run(adx, "create", str(path)).exit_code == 1
    assert path.read_text() == kept


async def test_a_workspace_gets_a_new_version(adx: CliRunner, ring: KeyRing, two_tenants: TwoTenants) -> None:
    place = Place("a.b.c", two_tenants.acme.id, "1")
    sealed = await ring.seal(b"x", place)
    told = await in_thread(adx, "rotate", "--tenant", two_tenants.acme.slug)
    assert "Version 2" in told.output
    assert await ring.open(sealed, place) == b"x"
    assert (await in_thread(adx, "rotate", "--tenant", "nobody")).exit_code == 1


async def test_what_wraps_all_is_told_and_replaced(adx: CliRunner, ring: KeyRing) -> None:
    place = Place("a.b.c", new_id(), "1")
    sealed = await ring.seal(b"x", place)
    before = await in_thread(adx, "status")
    told = await in_thread(adx, "rotate")
    after = await in_thread(adx, "status")
    assert "wraps all" in told.output
    assert before.output.split()[2] != after.output.split()[2]
    ring.forget()
    assert await ring.open(sealed, place) == b"x"


async def test_keys_are_destroyed_only_by_who_names_the_workspace(
    adx: CliRunner, ring: KeyRing, two_tenants: TwoTenants
) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    places = [Place("a.b.c", tenant.id, "1") for tenant in (acme, globex)]
    person = Place("a.b.c", globex.id, "1", globex.people["member"].id)
    sealed = [await ring.seal(b"x", place) for place in (*places, person)]
    assert (await in_thread(adx, "shred", acme.slug, said=f"{globex.slug}\n")).exit_code == 1
    ring.forget()
    assert await ring.open(sealed[0], places[0]) == b"x"

    assert "Destroyed" in (await in_thread(adx, "shred", acme.slug, said=f"{acme.slug}\n")).output
    assert (
        "Destroyed" in (await in_thread(adx, "shred", globex.slug, "--person", str(person.person_id), "--yes")).output
    )
    ring.forget()
    for value, place in ((sealed[0], places[0]), (sealed[2], person)):
        with pytest.raises(ErasedError):
            await ring.open(value, place)
    assert await ring.open(sealed[1], places[1]) == b"x"


async def in_thread(adx: CliRunner, *words: str, said: str | None = None) -> Result:
    """Run a command with an event loop of its own, as it has in a process of its own."""
    return await asyncio.to_thread(run, adx, *words, said=said)
