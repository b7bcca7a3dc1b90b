"""Anchors that were altered, taken away or repeated: nobody believes them, nobody signs on top of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from core.anchors.errors import AnchorError
from core.anchors.key import make
from core.anchors.outside import hash_of_leaf
from core.anchors.tree import grown
from core.audit import Head

if TYPE_CHECKING:
    from tests.security.anchoring import Anchoring


pytestmark = pytest.mark.security


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
