"""Heads that the product keeps outside by itself: what a superuser rewrites before the last one is found."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner

from core.anchors.errors import AnchorError
from core.anchors.key import make, open_signer
from core.anchors.note import Signer
from core.anchors.outside import Outside, hash_of_leaf, key_of
from core.anchors.rounds import Anchored, anchor_heads, heads_of_all
from core.anchors.tree import grown, is_included
from core.audit import Head
from core.db import Database
from core.ids import new_id
from core.settings import Settings
from core.settings_report import variable_of
from entrypoints.audit import app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from uuid import UUID

    from typer.testing import Result

    from tests.security.conftest import Scratch

pytestmark = pytest.mark.security

ENTRIES = 5
CUT = """
    with cut as (delete from platform.audit where tenant_id = %(id)s and seq > 3)
    update platform.audit_heads h set seq = a.seq, hash = a.hash from platform.audit a
    where h.tenant_id = %(id)s and a.tenant_id = %(id)s and a.seq = 3
"""
ALL_GONE = """
    with gone as (delete from platform.audit where tenant_id = %(id)s)
    delete from platform.audit_heads where tenant_id = %(id)s
"""


@dataclass
class Anchoring:
    """A database of its own with two tenants, and a folder outside."""

    settings: Settings
    db: Database
    scratch: Scratch
    folder: Path
    acme: UUID
    globex: UUID

    @property
    def signer(self) -> Signer:
        return open_signer(self.settings)

    @property
    def vkey(self) -> str:
        return str(self.signer.verifier)

    def outside(self) -> Outside:
        """What a process sees that has just started."""
        return Outside.of(self.settings, self.signer.verifier)

    async def anchor(self, outside: Outside | None = None) -> Anchored:
        return await anchor_heads(self.db, outside or self.outside(), self.signer)

    async def say(self, tenant_id: UUID, times: int, what: str = "file") -> None:
        for number in range(times):
            async with self.db.unit_of_work(tenant_id, "files") as uow:
                await uow.audit("files.erased", f"{what}:{number}")

    def tamper(self, statement: str) -> None:
        with self.scratch.as_superuser() as connection:
            assert connection.execute(statement, {"id": self.acme}).rowcount > 0
            connection.commit()

    def objects(self) -> list[Path]:
        return sorted((self.folder / "anchors").iterdir())

    async def run(self, *words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, list(words))


@pytest.fixture
async def anchoring(
    settings: Settings, scratch: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Anchoring]:
    database = conninfo_to_dict(scratch.login_url)["dbname"]
    folder = tmp_path / "outside"
    own = settings.model_copy(
        update={
            "database_url": urlsplit(settings.database_url)._replace(path=f"/{database}").geturl(),
            "anchor_url": folder.as_uri(),
            "anchor_key_file": tmp_path / "anchor_key",
        }
    )
    names = ("database_url", "redis_url", "temporal_address", "smtp_url", "kms_url", "anchor_url", "anchor_key_file")
    for name in (*names, "state_dir"):
        monkeypatch.setenv(variable_of(Settings, name), str(getattr(own, name)))
    with scratch.as_superuser() as connection:
        connection.execute("truncate platform.audit, platform.audit_heads")
        connection.commit()
    db = await Database.connect(own, pool_size=2)
    found = Anchoring(own, db, scratch, folder, new_id(), new_id())
    for tenant_id in (found.acme, found.globex):
        await found.say(tenant_id, ENTRIES)
    yield found
    await db.close()


async def test_a_head_is_anchored_when_it_moved_and_only_then(anchoring: Anchoring) -> None:
    assert await anchoring.anchor() == Anchored(heads=2)
    assert await anchoring.anchor() == Anchored()
    assert len(anchoring.objects()) == 1
    await anchoring.say(anchoring.globex, 1)
    assert await anchoring.anchor() == Anchored(heads=1)
    log = await anchoring.outside().read()
    assert (log.size, log.heads) == (3, await heads_of_all(anchoring.db))
    assert (await anchoring.run("verify", "--key", anchoring.vkey)).exit_code == 0


TAMPERINGS = {
    # what is done, how many entries the product appends afterwards, and what is found
    "edited": ("update platform.audit set subject = 'x:1' where tenant_id = %(id)s and seq = 2", 0, "2 changed"),
    "taken out": ("delete from platform.audit where tenant_id = %(id)s and seq = 2", 0, "3 missing"),
    "moved": ("update platform.audit set seq = 6 where tenant_id = %(id)s and seq = 5", 0, "6 missing"),
    "cut": ("delete from platform.audit where tenant_id = %(id)s and seq > 3", 0, "4 cut"),
    "cut, head and all, as by a restored backup": (CUT, 0, "4 cut"),
    "cut, head and all, and grown on": (CUT, 4, "5 forked"),
    "written anew from the first on": (ALL_GONE, 7, "5 forked"),
    "removed, head and all": (ALL_GONE, 0, "1 cut"),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
async def test_what_a_superuser_does_before_the_last_anchor_is_found(anchoring: Anchoring, tampering: str) -> None:
    statement, grown_by, found = TAMPERINGS[tampering]
    await anchoring.anchor()
    anchoring.tamper(statement)
    await anchoring.say(anchoring.acme, grown_by, "other")
    told = await anchoring.run("verify", "--key", anchoring.vkey)
    assert told.exit_code == 1, told.output
    assert f"{anchoring.acme} {found}" in told.output.splitlines()
    assert str(anchoring.globex) not in told.output


async def test_what_is_done_after_the_last_anchor_is_not_found(anchoring: Anchoring) -> None:
    """The limit of it: why anchors are a minute apart."""
    anchoring.tamper(CUT)
    await anchoring.anchor()
    assert (await anchoring.run("verify", "--key", anchoring.vkey)).exit_code == 0


@pytest.mark.parametrize(("statement", "grown_by"), [(CUT, 0), (CUT, 2), (ALL_GONE, 0), (ALL_GONE, 3)])
async def test_a_chain_behind_its_anchor_is_not_anchored_and_others_go_on(
    anchoring: Anchoring, statement: str, grown_by: int
) -> None:
    await anchoring.anchor()
    anchoring.tamper(statement)
    await anchoring.say(anchoring.acme, grown_by, "other")
    await anchoring.say(anchoring.globex, 1)
    for outside in (anchoring.outside(), anchoring.outside()):
        assert (await anchoring.anchor(outside)).contradicting == 1
    assert [len(json.loads(path.read_text())["leaves"]) for path in anchoring.objects()] == [2, 1]
    assert f"{anchoring.acme} " in (await anchoring.run("verify", "--key", anchoring.vkey)).output


async def test_a_checkpoint_that_names_every_tenant_keeps_what_was_anchored_of_a_cut_one(
    anchoring: Anchoring, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("outside", "rounds"):
        monkeypatch.setattr(f"core.anchors.{module}.WHOLE_EVERY", 2)
    await anchoring.anchor()
    anchoring.tamper(CUT)
    for _ in range(8):  # each by a process that has just started
        await anchoring.say(anchoring.globex, 1)
        assert (await anchoring.anchor()).contradicting == 1
    assert [len(json.loads(path.read_text())["leaves"]) for path in anchoring.objects()] == [2, 1, 2, 1, 2, 1, 2, 1, 2]
    assert "4 cut" in (await anchoring.run("verify", "--key", anchoring.vkey)).output


async def test_of_two_that_sign_at_once_one_is_kept_and_the_other_refused(anchoring: Anchoring) -> None:
    first, second = anchoring.outside(), anchoring.outside()
    await anchoring.anchor(first)
    await second.read()
    await anchoring.say(anchoring.acme, 1)
    await anchoring.anchor(first)
    kept = anchoring.objects()[-1].read_bytes()
    with pytest.raises(AnchorError, match="was written by somebody else"):
        await second.append(anchoring.signer, sorted((await heads_of_all(anchoring.db)).items()))
    assert anchoring.objects()[-1].read_bytes() == kept
    assert await anchoring.anchor(second) == Anchored()


FAULTS = ("a leaf", "a leaf, and the edge with it", "a signature", "one is gone", "one is repeated", "no JSON")


async def spoil(anchoring: Anchoring, fault: str) -> str:
    """Change what lies outside; returns the key to check it by."""
    first, middle, last = anchoring.objects()
    if fault == "a leaf":
        last.write_text(last.read_text().replace(" 7:", " 6:"))
    elif fault == "a leaf, and the edge with it":
        content = json.loads(last.read_text())
        log = await anchoring.outside().read()
        other = (anchoring.acme, Head(6, bytes(32)))
        content["leaves"] = [f"{other[0]} {other[1]}"]
        before = [bytes.fromhex(digest) for digest in json.loads(middle.read_text())["edge"]]
        content["edge"] = [digest.hex() for digest in grown(before, log.size - 1, [hash_of_leaf(other)])]
        last.write_text(json.dumps(content))
    elif fault == "a signature":
        content = json.loads(last.read_text())
        content["checkpoint"] = content["checkpoint"][:-10] + "AAAAAAAA=\n"
        last.write_text(json.dumps(content))
    elif fault == "one is gone":
        middle.unlink()
    elif fault == "one is repeated":
        middle.write_bytes(first.read_bytes())
    elif fault == "no JSON":
        first.write_text("anchors")
    elif fault == "all are gone":
        for path in (first, middle, last):
            path.unlink()
    elif fault == "another key":
        return str(make(anchoring.settings.anchor_key_file.with_name("other"), "localhost").verifier)  # type: ignore[union-attr]  # set
    else:
        return "no key"
    return anchoring.vkey


@pytest.mark.parametrize("fault", [*FAULTS, "all are gone", "another key", "no key"])
async def test_anchors_that_do_not_hold_say_nothing_of_chains(anchoring: Anchoring, fault: str) -> None:
    for _ in range(3):
        await anchoring.anchor()
        await anchoring.say(anchoring.acme, 1)
    vkey = await spoil(anchoring, fault)
    told = await anchoring.run("verify", "--key", vkey)
    assert (told.exit_code, bool(told.output.strip())) == (2, True)


@pytest.mark.parametrize("fault", FAULTS)
async def test_nothing_is_signed_on_top_of_anchors_that_do_not_hold(anchoring: Anchoring, fault: str) -> None:
    for _ in range(3):
        await anchoring.anchor()
        await anchoring.say(anchoring.acme, 1)
    await spoil(anchoring, fault)
    there = len(anchoring.objects())
    with pytest.raises(AnchorError):
        await anchoring.anchor()
    assert len(anchoring.objects()) == there


async def test_a_process_whose_anchors_were_taken_away_signs_no_second_history(anchoring: Anchoring) -> None:
    outside = anchoring.outside()
    await anchoring.anchor(outside)
    anchoring.objects()[0].unlink()
    await anchoring.say(anchoring.acme, 1)
    with pytest.raises(AnchorError, match="is not what this process has signed or read"):
        await anchoring.anchor(outside)
    assert anchoring.objects() == []


async def test_a_proof_shows_that_a_head_is_in_the_tree(anchoring: Anchoring) -> None:
    for _ in range(3):
        await anchoring.anchor()
        await anchoring.say(anchoring.acme, 1)
    told = await anchoring.run("proof", str(anchoring.globex), "--key", anchoring.vkey)
    head, _, proof = told.output.partition("\n")
    kind, index, *path = proof.partition("\n\n")[0].splitlines()
    assert kind == "c2sp.org/tlog-proof@v1"
    log = await anchoring.outside().read()
    assert log.newest is not None
    assert proof.partition("\n\n")[2].rstrip("\n") == log.newest.note.rstrip("\n")
    leaf = hash_of_leaf((anchoring.globex, log.heads[anchoring.globex]))
    siblings = [b64decode(line) for line in path]
    assert is_included(leaf, int(index.removeprefix("index ")), log.size, siblings, log.newest.checkpoint.root)
    assert head == f"{anchoring.globex} {log.heads[anchoring.globex]}"
    assert (await anchoring.run("proof", str(new_id()), "--key", anchoring.vkey)).exit_code == 1


async def test_the_key_is_a_file_that_nobody_else_reads(anchoring: Anchoring, tmp_path: Path) -> None:
    path = tmp_path / "made"
    made = await anchoring.run("create-key", str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    assert made.output.strip() == str(Signer.parse(path.read_text()).verifier)
    assert (await anchoring.run("create-key", str(path))).exit_code == 1
    assert (await anchoring.run("key")).output.strip() == anchoring.vkey
    path.chmod(0o640)
    with pytest.raises(AnchorError, match="can be read by others"):
        open_signer(anchoring.settings.model_copy(update={"anchor_key_file": path}))
    for missing in ({"anchor_key_file": None}, {"anchor_url": ""}):
        lacking = anchoring.settings.model_copy(update={"environment": "production", **missing})
        with pytest.raises(AnchorError, match="is not set"):
            Outside.of(lacking, open_signer(lacking).verifier)
    assert key_of(7) == "anchors/000000000007"
