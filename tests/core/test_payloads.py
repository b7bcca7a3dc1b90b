"""What travels through Temporal is sealed with the tenant's own key."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID  # noqa: TC003  # the converter reads annotations at run time

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.converter import WorkflowSerializationContext

from core.context import Context, Person, TenantFacts
from core.ids import new_id
from core.runs.payloads import ENCODING, PayloadKeyError, SealedPayloads, data_converter
from tests.workflows.kit.sample import LINE
from tests.workflows.kit.stage import Script, open_stage

if TYPE_CHECKING:
    from core.settings import Settings

SECRET = b"a secret that is long enough to be one"
PLAIN = "a name that nobody else may read"


@dataclass(frozen=True)
class Box:
    owner: UUID
    text: str


def codec_of(tenant_id: UUID, secret: bytes = SECRET, version: str = "1") -> SealedPayloads:
    context = WorkflowSerializationContext(namespace="default", workflow_id=f"{tenant_id}/files.ingest/{new_id()}")
    return SealedPayloads(secret, version=version).with_context(context)


async def seal(codec: SealedPayloads) -> Payload:
    payload = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(PLAIN).encode())
    return (await codec.encode([payload]))[0]


async def test_what_was_sealed_is_opened_again() -> None:
    converter = data_converter(SECRET)
    box = Box(new_id(), PLAIN)
    sealed = await converter.encode([box])
    assert await converter.decode(sealed, [Box]) == [box]
    assert PLAIN.encode() not in sealed[0].SerializeToString()
    assert sealed[0].metadata["encoding"] == ENCODING


async def test_the_same_text_is_never_sealed_the_same_way() -> None:
    codec = codec_of(new_id())
    assert (await seal(codec)).data != (await seal(codec)).data


async def test_each_tenant_has_a_key_of_its_own() -> None:
    ours, theirs = new_id(), new_id()
    sealed = await seal(codec_of(theirs))
    assert str(theirs).encode() in sealed.metadata["key-id"]
    relabelled = Payload(metadata={**sealed.metadata, "key-id": f"1:{ours}".encode()}, data=sealed.data)
    with pytest.raises(PayloadKeyError):
        await codec_of(ours).decode([relabelled])


async def test_another_secret_or_version_opens_nothing() -> None:
    tenant_id = new_id()
    sealed = await seal(codec_of(tenant_id))
    with pytest.raises(PayloadKeyError, match="secret key"):
        await codec_of(tenant_id, b"another secret that is long enough").decode([sealed])
    renamed = Payload(metadata={**sealed.metadata, "key-id": f"2:{tenant_id}".encode()}, data=sealed.data)
    with pytest.raises(PayloadKeyError):
        await codec_of(tenant_id).decode([renamed])


async def test_a_payload_that_was_tampered_with_is_refused() -> None:
    codec = codec_of(new_id())
    sealed = await seal(codec)
    flipped = bytes([sealed.data[-1] ^ 1])
    with pytest.raises(PayloadKeyError):
        await codec.decode([Payload(metadata=sealed.metadata, data=sealed.data[:-1] + flipped)])


async def test_a_payload_of_an_older_key_stays_readable() -> None:
    tenant_id = new_id()
    old = await seal(codec_of(tenant_id, version="1"))
    opened = await codec_of(tenant_id, version="2").decode([old])
    assert json.loads(opened[0].data) == PLAIN


async def test_what_was_never_sealed_passes_through() -> None:
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b"1")
    assert await codec_of(new_id()).decode([plain]) == [plain]


async def test_nothing_plain_is_in_the_raw_history_of_a_run(settings: Settings, temporal_client: Client) -> None:
    ctx = Context(TenantFacts(new_id(), "acme", "Acme"), Person(new_id(), "Ada", "ada@acme.example"), "owner")
    script = Script()
    script.fails("second", ValueError(PLAIN), times=1)
    async with open_stage(settings, temporal_client, ctx) as stage:
        run = await stage.launch(LINE, PLAIN, script)
        await stage.result(run)
    raw = await Client.connect(settings.temporal_address, namespace=settings.temporal_namespace)
    history = await raw.get_workflow_handle(run.workflow_id).fetch_history()
    stored = b"".join(event.SerializeToString() for event in history.events)
    for text in (PLAIN, "Ada", str(ctx.actor_id), "Traceback", "ready"):
        assert text.encode() not in stored
    assert stored.count(ENCODING) > 10
    assert set(re.findall(rb"1:[0-9a-f-]{36}", stored)) == {f"1:{ctx.tenant_id}".encode()}
