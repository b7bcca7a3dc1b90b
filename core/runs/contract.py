"""The public contract of a workflow: all that the platform needs to run, show, stop, undo and continue it.

Pure data, importable from workflows, pages and tests alike. A workflow author writes the workflow and one
:class:`Contract`; the run card, its live events, cancel with undo, continue from the failed step and the
audit trail follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeAlias, TypeVar
from uuid import UUID

from core.messages import Message, messages_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

N_ = messages_of("runs")

# Translators: The title of several workflows that were asked for at once.
MANY = N_("{count} workflow", "{count} workflows", count=0)
# Translators: How many of them ended well, in a list after the title.
MANY_DONE = N_("{count} done", "{count} done", count=0)

Tone = Literal["success", "warning", "danger"]


class RunInput(Protocol):
    """What every workflow input carries, beside its own fields."""

    @property
    def tenant_id(self) -> UUID:
        """The tenant that the workflow works in."""

    @property
    def actor_id(self) -> UUID:
        """The person (or ``SYSTEM_ACTOR_ID``) that asked for it."""


TakesT = TypeVar("TakesT")
GivesT = TypeVar("GivesT")
InputT = TypeVar("InputT", bound=RunInput)
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Undo:
    """The activity that reverses a step. It takes the step's own argument and must bear a step that never happened.

    Where the history of a run is lost, the argument is made of the run's input: it is the input itself, or one of its
    fields or properties, by type. ``from_input`` makes any other, as far as the undo looks at it.
    """

    activity: str
    from_input: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class NothingToUndo:
    """A step that leaves nothing behind; ``because`` says why, for the reviewer."""

    because: str


@dataclass(frozen=True, slots=True)
class Step(Generic[TakesT, GivesT]):
    """One named step: an activity of the same feature, called ``<feature>.<name>``.

    ``takes`` and ``gives`` are the types of its argument and its result. After ``attempts`` tries the step is parked
    ("needs you") for the person to continue or cancel; what is merely unavailable for now is tried ``patience`` times,
    up to ten seconds apart. Once a ``point_of_no_return`` step has begun, cancelling is over.
    ``waits`` marks a step without an activity: the workflow waits there for somebody or something.
    """

    name: str
    title: Message
    takes: type[TakesT]
    gives: type[GivesT]
    undo: Undo | NothingToUndo
    point_of_no_return: bool = False
    waits: bool = False
    timeout: timedelta = timedelta(seconds=30)
    attempts: int = 5
    patience: int = 60

    @property
    def has_undo(self) -> bool:
        """Whether an activity reverses the step."""
        return isinstance(self.undo, Undo)

    def argument_from(self, run_input: Any) -> TakesT:  # noqa: ANN401  # any contract's
        """Return what the step's undo is given where only the run's input is known; raises ``LookupError``."""
        if isinstance(self.undo, Undo) and self.undo.from_input:
            made: TakesT = self.undo.from_input(run_input)
            return made
        kept = [*vars(run_input), *(name for name, what in vars(type(run_input)).items() if isinstance(what, property))]
        for found in (run_input, *(getattr(run_input, name) for name in kept)):
            if isinstance(found, self.takes):
                return found
        raise LookupError(f"nothing of {type(run_input).__name__} is what undoing {self.name} takes")


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a person is told when a step finally fails: what happened, and what to do about it."""

    cause: Message
    remedy: Message


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run can end well, or end with a verdict (``"infected"``); chosen by ``Result.outcome``.

    With a tone other than success it ended otherwise than wanted, unless ``told_apart``: then what was wanted is done,
    with something to know about it ("closed"), and nobody has to do anything.
    """

    message: Message
    tone: Tone = "success"
    told_apart: bool = False

    @property
    def is_good(self) -> bool:
        """Whether what was asked for is done."""
        return self.tone == "success" or self.told_apart


@dataclass(frozen=True, slots=True)
class Contract(Generic[InputT, ResultT]):
    """Everything the platform knows about one workflow type.

    ``name`` is ``<feature>.<workflow>``; the feature's name is its task queue. ``title`` may use the values that are
    given to ``launch(..., title_params=...)``. ``failures`` maps the ``code`` of a DomainError to what is told; a code
    that is not listed gets the general cause and remedy. ``parked_for`` is how long a parked run waits before it
    undoes itself. ``icon`` names a symbol of the icon sheet. The good end of a ``quiet`` one is no news to anybody.
    ``many`` is the title of several that were asked for at once ("80 files"), and ``many_done`` says how many of them
    ended well ("76 ready"); where an outcome is ``told_apart``, ``many_apart`` says how many ended so ("2 closed"), and
    with ``{done}`` how many there are of both ("76 done, 2 closed"). All count ``{count}``. ``kind`` names runs of this
    kind where none is meant in particular ("Preparing files"); needed where ``title`` takes values.
    """

    name: str
    title: Message
    input: type[InputT]
    result: type[ResultT]
    steps: tuple[Step[Any, Any], ...]
    outcomes: Mapping[str, Outcome]
    failures: Mapping[str, Remedy] = field(default_factory=lambda: MappingProxyType({}))
    cancel: Literal["undo", "never"] = "undo"
    parked_for: timedelta = timedelta(days=7)
    icon: str = "run"
    quiet: bool = False
    many: Message = MANY
    many_done: Message = MANY_DONE
    many_apart: tuple[Message, Message] | None = None
    kind: Message | None = None

    def __post_init__(self) -> None:
        """Refuse an outcome that is told apart in words that are not there."""
        if self.many_apart is None and any(outcome.told_apart for outcome in self.outcomes.values()):
            raise ValueError(f"{self.name} tells an outcome apart and has no many_apart")

    def apart_words(self, count: int, done: int | None = None) -> Message | None:
        """Say how many ended so that it is told apart, on their own or after how many are done."""
        if not count or self.many_apart is None:
            return None
        told = self.many_apart[0 if done is None else 1]
        params = {"count": count} if done is None else {"count": count, "done": done}
        return Message(told.domain, told.text, {**told.params, **params}, told.plural)

    @property
    def kind_title(self) -> Message:
        """What runs of this kind are called in a list of kinds."""
        return self.kind or self.title

    @property
    def feature(self) -> str:
        """The feature that owns the workflow, which is also its task queue."""
        return self.name.partition(".")[0]

    def step(self, name: str) -> Step[Any, Any]:
        """Return the step called ``name``; raises ``KeyError`` for one that is not planned."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)


AnyContract: TypeAlias = Contract[Any, Any]


UNWIND = "unwind"
"""The memo of a workflow that only undoes, from its input, what an earlier one of the same run may have done."""


def workflow_id(tenant_id: UUID, contract_name: str, run_id: UUID) -> str:
    """Return the deterministic workflow id: ``<tenant>/<contract>/<run>``. It holds no personal data."""
    return f"{tenant_id}/{contract_name}/{run_id}"


@dataclass(frozen=True, slots=True)
class RunRef:
    """A workflow id taken apart again."""

    tenant_id: UUID
    contract: str
    run_id: UUID

    @classmethod
    def parse(cls, workflow_id: str) -> RunRef | None:
        """Return the parts, or None for a workflow that is not a run (a bare one, started by an engineer)."""
        tenant, _, rest = workflow_id.partition("/")
        contract, _, run = rest.partition("/")
        try:
            return cls(UUID(tenant), contract, UUID(run))
        except ValueError:
            return None
