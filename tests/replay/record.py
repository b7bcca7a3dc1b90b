"""Stored workflow histories: what today's code did is what tomorrow's code must still be able to follow.

A test of a workflow calls ``save_history`` when its run has ended; ``bin/record-histories`` runs these tests in the
mode in which it writes. Payloads stay sealed, with keys derived from the fixed secret of the tests, so that they open
in every later run of the tests as well.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory
from temporalio.converter import WorkflowSerializationContext

from core.runs.payloads import ENCODING, SealedPayloads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from temporalio.client import WorkflowHandle

HISTORIES = Path(__file__).parent.parent / "histories"
SWITCH = "RECORD_HISTORIES"
SECRET = "a secret for tests, longer than 32 bytes, worth nothing elsewhere"


@dataclass(frozen=True)
class StoredHistory:
    """One way through one workflow."""

    workflow: str
    path: str
    file: Path

    def load(self) -> WorkflowHistory:
        """Return the history, ready to be replayed."""
        events = json.loads(self.file.read_text())
        started = events["events"][0]["workflowExecutionStartedEventAttributes"]
        return WorkflowHistory.from_json(started["workflowId"], events)


async def save_history(handle: WorkflowHandle[Any, Any], workflow: str, path: str) -> None:
    """Keep the history of an ended run of ``workflow`` (the contract's name) as its ``path``.

    ``path`` is the outcome that it came to, ``cancelled``, or what is special about it (``continued``). Writes only
    when histories are being recorded; otherwise the stored ones stay as they are.
    """
    if not os.environ.get(SWITCH):
        return
    history = await handle.fetch_history()
    await _seal_for_good(handle, history.events)
    events = _without_machine(json.loads(history.to_json()))
    # The time-skipping server leaves the id out; replaying needs it.
    events["events"][0]["workflowExecutionStartedEventAttributes"]["workflowId"] = handle.id
    folder = HISTORIES / workflow
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{path}.json").write_text(json.dumps(events, indent=1) + "\n")


async def _seal_for_good(handle: WorkflowHandle[Any, Any], events: Sequence[Message]) -> None:
    """Seal with the tests' derived keys what is sealed with the random ones of this run."""
    context = WorkflowSerializationContext(namespace="", workflow_id=handle.id)
    lasting = SealedPayloads(SECRET.encode(), None).with_context(context)
    ours = handle._client.data_converter.payload_codec
    assert ours is not None
    for payload in [payload for event in events for payload in _payloads_of(event)]:
        if payload.metadata.get("encoding") == ENCODING:
            opened = await ours.decode([payload])
            payload.CopyFrom((await lasting.encode(opened))[0])


def _payloads_of(message: Message) -> Iterator[Payload]:
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.type != FieldDescriptor.TYPE_MESSAGE:
            continue
        if field.message_type and field.message_type.GetOptions().map_entry:
            parts = list(value.values())
        else:
            parts = list(value) if field.is_repeated else [value]
        for part in parts:
            if isinstance(part, Message):
                yield from _payloads_of(part)


def stored_histories() -> Iterator[StoredHistory]:
    """Return all that are stored."""
    for file in sorted(HISTORIES.glob("*/*.json")):
        yield StoredHistory(file.parent.name, file.stem, file)


def _without_machine(value: Any) -> Any:  # any JSON
    """Replace the names of processes and hosts, which say nothing and change with every recording."""
    if isinstance(value, dict):
        return {key: "recorder" if key == "identity" else _without_machine(part) for key, part in value.items()}
    return [_without_machine(part) for part in value] if isinstance(value, list) else value
