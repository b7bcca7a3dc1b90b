"""What the pattern page shows: made-up runs in every state, and a form with and without errors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from wtforms import BooleanField, EmailField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from core.i18n import language_name
from core.messages import messages_of
from core.runs.card import STUCK, RunCard, StepCard
from web.kit import Chart, Form, Sparkline, bar_chart, line_chart, sparkline

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from core.context import Context
    from core.messages import Message
    from core.runs.card import CardStepState
    from core.theming import ThemeCard

# WTForms passes on any label and message, though its stubs know text alone; the page says them.
N_: Callable[..., Any] = messages_of("patterns")

STEPS: tuple[tuple[str, Message], ...] = (
    ("receive", N_("Check what arrived")),
    ("identify", N_("Recognise the kind of file")),
    ("scan", N_("Scan for malware")),
    ("preview", N_("Make previews")),
    ("announce", N_("Tell the people who wait for it")),
)
UNAVAILABLE = N_("The scanner cannot be reached.")
CONTINUE = N_("Continue to scan again. If it happens twice, tell an admin that the scanner is down.")
PLANS: Any = ["S", "L"]
DIGESTS: Any = [
    SelectChoice(value="day", label=N_("Every day")),
    SelectChoice(value="week", label=N_("Every week")),
    SelectChoice(value="never", label=N_("Never")),
]
SCHEMES: Any = (("system", N_("Same as system")), ("light", N_("Light")), ("dark", N_("Dark")))
DIRECTIONS: Any = (("", N_("From the language")), ("ltr", N_("Left to right")), ("rtl", N_("Right to left")))
DAYS = tuple(f"{day}.11." for day in range(9, 23))
UPLOADED = (12, 18, 9, 22, 31, 28, 14, 19, 26, 35, 42, 38, 30, 47)
REMOVED = (2, 1, 4, 3, 6, 2, 1, 0, 3, 5, 8, 4, 2, 6)
TOO_LATE = N_("From here on it can no longer be cancelled.")


class SampleForm(Form):
    """One field of each kind."""

    name = StringField(N_("Your name"))
    email = EmailField(N_("Email address"), description=N_("We send one email there to confirm it."))
    password = PasswordField(N_("Password"), description=N_("At least 12 characters. A sentence is fine."))
    address = StringField(N_("Address"))
    plan = SelectField(N_("Plan"), choices=PLANS)
    note = TextAreaField(N_("Note"))
    digest = RadioField(N_("Digest"), choices=DIGESTS, default="week")
    news = BooleanField(N_("Tell me about new functions"), description=N_("At most once a month."))
    keep = BooleanField(N_("Keep me logged in on this device"))


@dataclass(frozen=True, slots=True)
class PatternPage:
    """``shell/patterns.html``."""

    cards: Sequence[RunCard]
    form: SampleForm
    refused: SampleForm
    when: datetime
    uploads: Chart
    by_state: Chart
    course: Sparkline
    themes: Sequence[tuple[str, str]]
    theme_card: ThemeCard
    schemes: Sequence[tuple[str, Message]]
    languages: Sequence[tuple[str, str]]
    directions: Sequence[tuple[str, Message]]
    chosen_theme: str
    chosen_scheme: str
    chosen_language: str
    chosen_direction: str


def shown_as(ctx: Context, wanted: Mapping[str, str], themes: Collection[str], locales: Collection[str]) -> Context:
    """Return the reader's context, in the theme, scheme and language that the address asks for and that there are."""
    theme, scheme, locale = wanted.get("theme"), wanted.get("scheme"), wanted.get("lang")
    return replace(
        ctx,
        theme=theme if theme and theme in themes else ctx.theme,
        colour_scheme=cast("Any", scheme) if scheme in dict(SCHEMES) else ctx.colour_scheme,
        locale=locale if locale and locale in locales else ctx.locale,
    )


def sample_page(
    ctx: Context, wanted: Mapping[str, str], theme_cards: Sequence[ThemeCard], locales: Sequence[str]
) -> PatternPage:
    """Return one of everything, and what the page can be shown in."""
    direction = wanted.get("dir", "")
    refused = SampleForm(prefix="refused-", data={"name": "Ada", "email": "ada@"})
    refused.email.errors = [N_("Enter an email address such as name@example.com.")]
    refused.password.errors = [N_("Too short: it needs 12 characters or more.")]
    refused.form_errors.append(N_("Nothing was saved. Correct what is marked."))
    return PatternPage(
        cards=sample_cards(),
        form=SampleForm(),
        refused=refused,
        when=datetime.now(UTC) - timedelta(minutes=7),
        uploads=line_chart(N_("Files a day"), DAYS, [(N_("Uploaded"), UPLOADED), (N_("Deleted"), REMOVED)]),
        by_state=bar_chart(N_("Uploaded a day"), DAYS[-7:], [(N_("Uploaded"), UPLOADED[-7:])]),
        course=sparkline(UPLOADED),
        themes=[(card.key, card.name) for card in theme_cards],
        theme_card=next(card for card in theme_cards if card.key == ctx.theme),
        schemes=SCHEMES,
        languages=[(locale, language_name(locale)) for locale in locales],
        directions=DIRECTIONS,
        chosen_theme=ctx.theme,
        chosen_scheme=ctx.colour_scheme,
        chosen_language=ctx.locale,
        chosen_direction=direction if direction in dict(DIRECTIONS) else "",
    )


def sample_cards() -> tuple[RunCard, ...]:
    """Return a run in every state that a card can show."""
    ended = {"ended_at": datetime.now(UTC) - timedelta(minutes=4, seconds=51)}
    retrying = _steps("done", "done", "retrying", "planned", "planned")
    parked = _steps("done", "done", "parked", "planned", "planned")
    return (
        _card(
            12, _steps("planned", "planned", "planned", "planned", "planned"),
            state="queued", place=3, percent=0, can_cancel=True,
        ),
        _card(
            1, _steps("planned", "planned", "planned", "planned", "planned"),
            state="launching", percent=0, can_cancel=True,
        ),
        _card(2, _steps("done", "done", "running", "running", "planned"), seconds_left=8, can_cancel=True),
        _card(3, retrying, can_cancel=True),
        _card(4, _steps("done", "waiting", "planned", "planned", "planned"), state="waiting", can_cancel=True),
        _card(
            5, parked, state="needs_you", can_continue=True, can_cancel=True,
            parked_until=datetime.now(UTC) + timedelta(days=6, hours=4),
        ),
        _card(12, _steps("done", "done", "parked", "planned", "planned"), state="stuck", cannot_cancel_because=STUCK),
        _card(6, _steps("done", "done", "done", "done", "running"), percent=90, cannot_cancel_because=TOO_LATE),
        _card(7, _steps("done", "undoing", "undone", "undone", "skipped"), state="undoing"),
        _card(
            8, _steps("done", "done", "done", "done", "done"), state="done", tone="success",
            outcome=N_("Ready"), result_path="/files", **ended,
        ),
        _card(
            9, _steps("done", "done", "done", "skipped", "skipped"), state="done", tone="danger",
            outcome=N_("Blocked: it contains malware"), result_path="/files", **ended,
        ),
        _card(10, _steps("undone", "undone", "undone", "skipped", "skipped"), state="cancelled", **ended),
        _card(11, _steps("done", "done", "parked", "skipped", "skipped"), state="failed", **ended),
    )  # fmt: skip


def _card(number: int, steps: tuple[StepCard, ...], **different: object) -> RunCard:
    card = RunCard(
        id=UUID(int=number),
        seq=1,
        contract="files.ingest",
        icon="image",
        title=N_("Preparing {name}", name="Sommerfest 2026 (final).jpg"),
        state="running",
        place=None,
        steps=steps,
        percent=45,
        seconds_left=None,
        started_by="Ada Lovelace",
        started_by_id=UUID(int=0),
        started_at=datetime.now(UTC) - timedelta(minutes=5),
        ended_at=None,
        outcome=None,
        tone=None,
        told_apart=False,
        result_path=None,
        can_cancel=False,
        cannot_cancel_because=None,
        can_continue=False,
        parked_until=None,
        engineer_url=None,
    )
    return replace(card, **different)  # type: ignore[arg-type]  # fields of the card, by keyword


def _steps(*states: CardStepState) -> tuple[StepCard, ...]:
    return tuple(_step(name, title, state) for (name, title), state in zip(STEPS, states, strict=True))


def _step(name: str, title: Message, state: CardStepState) -> StepCard:
    started = None if state in {"planned", "skipped"} else datetime.now(UTC) - timedelta(minutes=1)
    ended = started + timedelta(milliseconds=1240) if started and state in {"done", "undone"} else None
    troubled = state in {"retrying", "parked"}
    return StepCard(
        name=name,
        title=title,
        state=state,
        attempt=3 if troubled else 1,
        started_at=started,
        ended_at=ended,
        expected_ms=3000,
        cause=UNAVAILABLE if troubled else None,
        remedy=CONTINUE if troubled else None,
    )
