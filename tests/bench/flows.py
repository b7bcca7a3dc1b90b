"""Workflows to compare with: the product's steps without the kit, and steps that do nothing, with it and without."""

# ruff: noqa: TC001, TC003  # the payload converter reads the annotations at run time

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

from workflows.kit.run import DurableRun

with workflow.unsafe.imports_passed_through():
    from core.messages import messages_of
    from core.runs.contract import Contract, NothingToUndo, Outcome, Step
    from domain.files.types import Facts, Findings, Identified, IngestInput, KnownFile, Received, Rendered, Scanned
    from domain.tenants.types import ProvisionInput

N_ = messages_of("bench")

BARE_QUEUE = "bench-bare"
PROVISION_STEPS = (
    "reserve_slug", "create_tenant", "set_up_permissions", "prepare_storage", "grant_quota", "send_welcome",
    "open_tenant",
)  # fmt: skip


@dataclass(frozen=True)
class NoopInput:
    tenant_id: UUID
    actor_id: UUID


@dataclass(frozen=True)
class NoopResult:
    outcome: str


NOOP_STEPS = tuple(
    Step(f"step_{number}", title=N_("Do nothing"), takes=NoopInput, gives=int, undo=NothingToUndo("nothing was done"))
    for number in range(7)
)
NOOP = Contract(
    name="bench.noop",
    title=N_("Doing nothing"),
    input=NoopInput,
    result=NoopResult,
    steps=NOOP_STEPS,
    outcomes={"done": Outcome(N_("Done"))},
)


async def plainly(name: str, argument: object, gives: Any = None) -> Any:  # the activity's own type
    """Execute an activity with the product's limits, and with nothing else of it."""
    return await workflow.execute_activity(
        name,
        argument,
        result_type=gives,
        start_to_close_timeout=timedelta(minutes=5),
        retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_attempts=3),
    )


@workflow.defn
class BareProvision:
    @workflow.run
    async def run(self, given: ProvisionInput) -> str:
        for step in PROVISION_STEPS:
            await plainly(f"tenants.{step}", given.new)
        return "ready"


@workflow.defn
class BareIngest:
    @workflow.run
    async def run(self, given: IngestInput) -> str:
        await plainly("files.receive", given.ref, Received)
        identified: Identified = await plainly("files.identify", given.ref, Identified)
        scanned: Scanned = await plainly("files.scan", given.ref, Scanned)
        known = KnownFile(given.tenant_id, given.file_id, identified.type)
        thumbnail, preview, facts = await asyncio.gather(
            plainly("files.thumbnail", known, Rendered),
            plainly("files.preview", known, Rendered),
            plainly("files.metadata", known, Facts),
        )
        findings = Findings(
            *(given.tenant_id, given.file_id, "ready", identified.type, scanned.scanner),
            facts=facts,
            pictures=(*thumbnail.pictures, *preview.pictures),
        )
        await plainly("files.quota", findings)
        await plainly("files.index", findings)
        await plainly("files.announce", given.ref)
        return findings.verdict


@workflow.defn
class BareNoop:
    @workflow.run
    async def run(self, given: NoopInput) -> str:
        for step in NOOP_STEPS:
            await plainly(f"bench.{step.name}", given, int)
        return "done"


@workflow.defn(name=NOOP.name)
class Noop(DurableRun[NoopInput, NoopResult]):
    contract = NOOP

    @workflow.run
    async def run(self, run_input: NoopInput) -> NoopResult:
        return await self.conduct(run_input)

    async def steps(self, run_input: NoopInput) -> NoopResult:
        for step in NOOP_STEPS:
            await self.step(step, run_input)
        return NoopResult("done")


def noops() -> list[Any]:
    """The activities of the steps that do nothing."""

    def make(name: str) -> Any:
        async def nothing(_: NoopInput) -> int:  # an activity
            return 1

        return activity.defn(name=f"bench.{name}")(nothing)

    return [make(step.name) for step in NOOP_STEPS]
