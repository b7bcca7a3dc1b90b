"""Small workflows that show every ability of the kit, and activities that do what a test tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID  # noqa: TC003  # the payload converter reads annotations at run time

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from core.messages import messages_of
    from core.runs.contract import Contract, NothingToUndo, Outcome, Remedy, Step, Undo
    from workflows.kit.run import DurableRun

N_ = messages_of("sample")


@dataclass(frozen=True)
class SampleInput:
    """``label`` names the behaviour that the activities show."""

    tenant_id: UUID
    actor_id: UUID
    label: str


@dataclass(frozen=True)
class SampleResult:
    """How it ended."""

    outcome: str


def _step(name: str, *, undo: bool = True, final: bool = False) -> Step[SampleInput, int]:
    return Step(
        name,
        title=N_(name.title()),
        takes=SampleInput,
        gives=int,
        undo=Undo(f"sample.undo_{name}") if undo else NothingToUndo("it only looks"),
        point_of_no_return=final,
        attempts=2,
        timeout=timedelta(seconds=30),
    )


FIRST, SECOND, THIRD = _step("first"), _step("second"), _step("third")
LOOK = _step("look", undo=False)
SHIP = _step("ship", undo=False, final=True)
TELL = _step("tell", undo=False)
LEFT, MIDDLE, RIGHT = _step("left"), _step("middle"), _step("right")
ANSWER = Step("answer", N_("Answer"), type(None), type(None), undo=NothingToUndo("only waits"), waits=True)
NAMES = ("first", "second", "third", "look", "ship", "tell", "left", "middle", "right")
UNDONE = ("first", "second", "third", "left", "middle", "right")

OUTCOMES = {
    "ready": Outcome(N_("Ready")),
    "late": Outcome(N_("Too late"), "warning"),
}
WITH_SEALED = OUTCOMES | {"sealed": Outcome(N_("Kept, but closed"), "warning", told_apart=True)}
MANY_APART = (
    N_("{count} closed", "{count} closed"),
    N_("{done} done, {count} closed", "{done} done, {count} closed"),
)
FAILURES = {"shelf_full": Remedy(N_("The shelf is full."), N_("Make room, then continue."))}

LINE = Contract(
    "sample.line",
    N_("Walking the line for {name}"),
    SampleInput,
    SampleResult,
    (FIRST, SECOND, LOOK, THIRD, SHIP, TELL),
    OUTCOMES,
    FAILURES,
    kind=N_("Walking the line"),
)
FAN = Contract(
    "sample.fan",
    N_("Doing three at a time"),
    SampleInput,
    SampleResult,
    (FIRST, LEFT, MIDDLE, RIGHT, SECOND),
    WITH_SEALED,
    many_apart=MANY_APART,
)
PATIENT = Contract("sample.patient", N_("Waiting"), SampleInput, SampleResult, (FIRST, ANSWER, SECOND), OUTCOMES)
STUBBORN = Contract(
    "sample.stubborn", N_("Never stopping"), SampleInput, SampleResult, (FIRST, SECOND), OUTCOMES, cancel="never"
)
CONTRACTS = {contract.name: contract for contract in (LINE, FAN, PATIENT, STUBBORN)}


@workflow.defn(name=LINE.name)
class Line(DurableRun[SampleInput, SampleResult]):
    """One step after the other, past a point of no return."""

    contract = LINE

    @workflow.run
    async def run(self, run_input: SampleInput) -> SampleResult:
        """Walk the line."""
        return await self.conduct(run_input)

    async def steps(self, run_input: SampleInput) -> SampleResult:
        """Six in a row."""
        for step in (FIRST, SECOND, LOOK, THIRD, SHIP, TELL):
            await self.step(step, run_input)
        return SampleResult("ready")


@workflow.defn(name=FAN.name)
class Fan(DurableRun[SampleInput, SampleResult]):
    """Three steps at the same time."""

    contract = FAN

    @workflow.run
    async def run(self, run_input: SampleInput) -> SampleResult:
        """Fan out and in."""
        return await self.conduct(run_input)

    async def steps(self, run_input: SampleInput) -> SampleResult:
        """One, three, one."""
        await self.step(FIRST, run_input)
        await self.together(self.step(LEFT, run_input), self.step(MIDDLE, run_input), self.step(RIGHT, run_input))
        await self.step(SECOND, run_input)
        return SampleResult("ready")


@workflow.defn(name=PATIENT.name)
class Patient(DurableRun[SampleInput, SampleResult]):
    """Waits for somebody."""

    contract = PATIENT

    def __init__(self) -> None:
        super().__init__()
        self.answered = False

    @workflow.run
    async def run(self, run_input: SampleInput) -> SampleResult:
        """Wait a day for an answer."""
        return await self.conduct(run_input)

    async def steps(self, run_input: SampleInput) -> SampleResult:
        """Ask, wait, act."""
        await self.step(FIRST, run_input)
        answered = await self.wait_for(ANSWER, lambda: self.answered, timeout=timedelta(hours=24))
        await self.step(SECOND, run_input)
        return SampleResult("ready" if answered else "late")

    @workflow.signal
    def answer(self) -> None:
        """Somebody has answered."""
        self.answered = True


@workflow.defn(name=STUBBORN.name)
class Stubborn(DurableRun[SampleInput, SampleResult]):
    """Cannot be cancelled."""

    contract = STUBBORN

    @workflow.run
    async def run(self, run_input: SampleInput) -> SampleResult:
        """Go on whatever comes."""
        return await self.conduct(run_input)

    async def steps(self, run_input: SampleInput) -> SampleResult:
        """Two in a row."""
        await self.step(FIRST, run_input)
        await self.step(SECOND, run_input)
        return SampleResult("ready")


WORKFLOWS = (Line, Fan, Patient, Stubborn)


# --- what the architecture tests refuse -------------------------------------------------------------------------------


@workflow.defn(name="sample.bare")
class Bare:
    """No DurableRun."""

    @workflow.run
    async def run(self, run_input: SampleInput) -> SampleResult:
        """Do it without the kit."""
        return SampleResult(run_input.label)


@workflow.defn(name=LINE.name)
class Busy(Line):
    """Works beside its steps."""

    @workflow.run
    async def run(self, run_input: SampleInput) -> SampleResult:
        """Wait, then walk the line."""
        await workflow.sleep(1)
        return await self.conduct(run_input)
