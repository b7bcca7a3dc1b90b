"""What travels through Temporal is sealed with the tenant's own key."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID  # noqa: TC003  # the converter reads annotations at run time

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.client import Client
from temporalio.converter import WorkflowSerializationContext
from temporalio.exceptions import ApplicationError

from core.context import HOME_TENANT_ID, Context, Person, TenantFacts
from core.ids import new_id
from core.keys import care
from core.runs.payloads import ENCODING, DataErasedError, PayloadKeyError, SealedPayloads, data_converter
from tests.workflows.kit.sample import LINE
from tests.workflows.kit.stage import Script, open_stage

if TYPE_CHECKING:
    from core.db import Database
    from core.keys.ring import KeyRing
    from core.settings import Settings

SECRET = b"a secret that is long enough to be one"
PLAIN = "a name that nobody else may read"


@dataclass(frozen=True)
class Box:
    owner: UUID
    text: str


def codec_of(tenant_id: UUID, ring: KeyRing | None = None, secret: bytes = SECRET) -> SealedPayloads:
    context = WorkflowSerializationContext(namespace="default", workflow_id=f"{tenant_id}/files.ingest/{new_id()}")
    return SealedPayloads(secret, ring).with_context(context)


async def seal(codec: SealedPayloads) -> Payload:
    payload = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(PLAIN).encode())
    return (await codec.encode([payload]))[0]


async def test_what_was_sealed_is_opened_again(ring: KeyRing) -> None:
    converter = data_converter(SECRET, ring)
    box = Box(new_id(), PLAIN)
    sealed = await converter.encode([box])
    assert await converter.decode(sealed, [Box]) == [box]
    assert PLAIN.encode() not in sealed[0].SerializeToString()
    assert sealed[0].metadata["encoding"] == ENCODING


async def test_the_same_text_is_never_sealed_the_same_way(ring: KeyRing) -> None:
    codec = codec_of(new_id(), ring)
    assert (await seal(codec)).data != (await seal(codec)).data


async def test_each_tenant_has_a_key_of_its_own(ring: KeyRing) -> None:
    ours, theirs = new_id(), new_id()
    sealed = await seal(codec_of(theirs, ring))
    key = await ring.newest(theirs)
    assert sealed.metadata["key-id"] == f"2:{theirs}:{key.id}".encode()
    relabelled = Payload(metadata={**sealed.metadata, "key-id": f"2:{ours}:{key.id}".encode()}, data=sealed.data)
    with pytest.raises(PayloadKeyError):
        await codec_of(ours, ring).decode([relabelled])


@pytest.mark.parametrize("workflow_id", ["schedule/tidy-2026", "tidy", ""])
async def test_what_is_no_tenants_is_sealed_with_the_platforms_own_key(ring: KeyRing, workflow_id: str) -> None:
    context = WorkflowSerializationContext(namespace="default", workflow_id=workflow_id)
    sealed = await seal(SealedPayloads(SECRET, ring).with_context(context))
    assert sealed.metadata["key-id"].startswith(f"2:{HOME_TENANT_ID}:".encode())


async def test_a_payload_that_was_tampered_with_is_refused(ring: KeyRing) -> None:
    for codec in (codec_of(new_id(), ring), codec_of(new_id())):
        sealed = await seal(codec)
        flipped = sealed.data[:-1] + bytes([sealed.data[-1] ^ 1])
        for data in (flipped, b"", sealed.data[:20]):
            with pytest.raises(PayloadKeyError):
                await codec.decode([Payload(metadata=sealed.metadata, data=data)])


async def test_a_payload_of_an_older_key_stays_readable(ring: KeyRing, db: Database) -> None:
    tenant_id = new_id()
    codec = codec_of(tenant_id, ring)
    before = await seal(codec)
    await care.rotate_tenant(db, ring, tenant_id)
    after = await seal(codec)
    assert before.metadata["key-id"] != after.metadata["key-id"]
    assert [json.loads(opened.data) for opened in await codec.decode([before, after])] == [PLAIN, PLAIN]


async def test_a_payload_of_the_derived_key_stays_readable_by_the_same_secret(ring: KeyRing) -> None:
    tenant_id = new_id()
    sealed = await seal(codec_of(tenant_id))
    assert sealed.metadata["key-id"] == f"1:{tenant_id}".encode()
    opened = await codec_of(tenant_id, ring).decode([sealed])
    assert json.loads(opened[0].data) == PLAIN
    with pytest.raises(PayloadKeyError, match="secret key"):
        await codec_of(tenant_id, ring, b"another secret that is long enough").decode([sealed])
    relabelled = Payload(metadata={**sealed.metadata, "key-id": f"1:{new_id()}".encode()}, data=sealed.data)
    with pytest.raises(PayloadKeyError):
        await codec_of(tenant_id, ring).decode([relabelled])


async def test_another_secret_of_the_settings_takes_nothing_from_the_ring(ring: KeyRing) -> None:
    tenant_id = new_id()
    sealed = await seal(codec_of(tenant_id, ring))
    opened = await codec_of(tenant_id, ring, b"another secret that is long enough").decode([sealed])
    assert json.loads(opened[0].data) == PLAIN


async def test_nothing_of_an_erased_tenant_is_opened_or_sealed(ring: KeyRing, db: Database) -> None:
    """Neither by the ring nor by the derived key, which nobody can destroy."""
    tenant_id = new_id()
    payloads = [await seal(codec_of(tenant_id, ring)), await seal(codec_of(tenant_id))]
    await care.shred_tenant(db, ring, tenant_id)
    codec = codec_of(tenant_id, ring)
    for payload in payloads:
        with pytest.raises(DataErasedError) as refused:
            await codec.decode([payload])
        assert refused.value.non_retryable
    with pytest.raises(DataErasedError):
        await seal(codec)


async def test_a_failure_that_says_so_needs_no_key(ring: KeyRing, db: Database) -> None:
    tenant_id = new_id()
    await care.shred_tenant(db, ring, tenant_id)
    context = WorkflowSerializationContext(namespace="default", workflow_id=f"{tenant_id}/x/{new_id()}")
    converter = data_converter(SECRET, ring).with_context(context)
    wrapped = ApplicationError("Failed decoding arguments")
    wrapped.__cause__ = DataErasedError()
    for error in (DataErasedError(), wrapped):
        failure = Failure()
        await converter.encode_failure(error, failure)
        assert failure.application_failure_info.type == "erased"
        assert failure.application_failure_info.non_retryable
        assert "erased" in failure.message


async def test_what_was_never_sealed_passes_through(ring: KeyRing) -> None:
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b"1")
    assert await codec_of(new_id(), ring).decode([plain]) == [plain]


async def test_nothing_plain_is_in_the_raw_history_of_a_run(
    settings: Settings, temporal_client: Client, ring: KeyRing
) -> None:
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
    assert set(re.findall(rb"2:[0-9a-f-]{36}:[0-9a-f-]{36}", stored)) == {
        f"2:{ctx.tenant_id}:{(await ring.newest(ctx.tenant_id)).id}".encode()
    }
