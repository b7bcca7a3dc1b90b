"""Heads that the product keeps outside by itself: what a superuser rewrites before the last one is found."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.anchors.errors import AnchorError
from core.anchors.key import open_signer
from core.anchors.note import Signer
from core.anchors.outside import Outside, hash_of_leaf, key_of
from core.anchors.rounds import Anchored, heads_of_all, waiting
from core.anchors.tree import is_included
from core.audit import chain_of
from core.ids import new_id

if TYPE_CHECKING:
    from pathlib import Path

    from tests.security.anchoring import Anchoring


pytestmark = pytest.mark.security


CUT = """
    with cut as (delete from platform.audit where tenant_id = %(id)s and seq > 3)
    update platform.audit_heads h set seq = a.seq, hash = a.hash from platform.audit a
    where h.tenant_id = %(id)s and a.tenant_id = %(id)s and a.seq = 3
"""


ALL_GONE = """
    with gone as (delete from platform.audit where tenant_id = %(id)s)
    delete from platform.audit_heads where tenant_id = %(id)s
"""


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


@pytest.mark.parametrize(("statement", "grown_by", "lost"), [(CUT, 0, "4-5"), (CUT, 4, "4-5"), (ALL_GONE, 0, "1-5")])
async def test_a_restore_that_is_declared_is_accepted_and_shown_and_excuses_nothing_later(
    anchoring: Anchoring, statement: str, grown_by: int, lost: str
) -> None:
    worker = anchoring.outside()
    if "seq > 3" in statement:
        anchoring.tamper(CUT)  # three entries are anchored, then two more
        await anchoring.anchor(worker)
        await anchoring.say(anchoring.acme, 2)
    await anchoring.anchor(worker)
    anchoring.tamper(statement)
    await anchoring.say(anchoring.acme, grown_by, "other")

    asked = await anchoring.run("declare-restore", "backup of Monday")
    assert (asked.exit_code, f"{anchoring.acme} {lost}" in asked.output) == (1, True), asked.output
    assert (await anchoring.run("verify", "--key", anchoring.vkey)).exit_code == 1, "asking declares nothing"
    told = await anchoring.run("declare-restore", "backup of Monday", "--apply")
    assert told.exit_code == 0, told.output
    assert (await anchoring.anchor(worker)).contradicting == 0, "the worker goes on from there"
    verified = await anchoring.run("verify", "--key", anchoring.vkey)
    assert verified.exit_code == 0, verified.output
    assert "backup of Monday" in verified.output
    assert f"{anchoring.acme} {lost}" in verified.output
    assert str(anchoring.globex) not in verified.output
    async with anchoring.db.unit_of_work(anchoring.acme, "compliance") as uow:
        entries, _ = await chain_of(uow)
    assert (entries[-1].action, entries[-1].feature) == ("compliance.restored", "compliance")
    assert (await waiting(anchoring.db, anchoring.outside())).restored is not None
    assert "nothing to declare" in (await anchoring.run("declare-restore", "again", "--apply")).output

    anchoring.tamper("delete from platform.audit where tenant_id = %(id)s and action = 'compliance.restored'")
    assert (await anchoring.run("verify", "--key", anchoring.vkey)).exit_code == 1


@pytest.mark.parametrize("fault", ["taken out", "altered", "moved"])
async def test_a_declared_restore_that_does_not_hold_is_none(anchoring: Anchoring, fault: str) -> None:
    await anchoring.anchor()
    anchoring.tamper(CUT)
    assert (await anchoring.run("declare-restore", "backup of Monday", "--apply")).exit_code == 0
    await anchoring.anchor()
    stated, later = anchoring.objects()[1:]
    written = json.loads(stated.read_text())
    if fault == "taken out":
        del written["restored"]
        stated.write_text(json.dumps(written))
    elif fault == "altered":
        stated.write_text(stated.read_text().replace("Monday", "Sunday"))
    else:
        later.write_text(json.dumps(json.loads(later.read_text()) | {"restored": written["restored"]}))
    assert (await anchoring.run("verify", "--key", anchoring.vkey)).exit_code == 2


async def test_chains_that_wait_are_looked_at_page_by_page_or_counted(
    anchoring: Anchoring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.anchors.rounds.PAGE", 2)
    outside = anchoring.outside()
    for _ in range(4):
        await anchoring.say(new_id(), 1)
    anchoring.tamper("""
        update platform.audit set at = now() - interval '1 hour'
        where tenant_id = (select tenant_id from platform.audit_heads where %(id)s is not null order by 1 desc limit 1)
    """)
    found = await waiting(anchoring.db, outside)
    assert found.since is not None
    assert datetime.now(UTC) - found.since > timedelta(minutes=59), "the last of all pages is looked at"
    assert (found.not_looked_at, len(await heads_of_all(anchoring.db))) == (0, 6)

    monkeypatch.setattr("core.anchors.rounds.LOOKED_FOR", -1)
    assert (await waiting(anchoring.db, outside)).not_looked_at == 6


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
