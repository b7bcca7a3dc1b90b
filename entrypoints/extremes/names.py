"""Names as real data has them at its edges: without a blank, of any script, of mixed direction, of one letter."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.messages import Message

LONG = 200
GERMAN = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzesänderungsverordnungsentwurf"
FAMILY = "\u200d".join("\U0001f468\U0001f469\U0001f467\U0001f466")  # one picture, of four joined

UNBROKEN = (
    "W" * LONG,
    "il1" * (LONG // 3),
    (GERMAN * 3)[:LONG],
    "昨年度の売上報告書最終版確認済み" * (LONG // 16),
    "والمستندات" * (LONG // 10),
    FAMILY * (LONG // len(FAMILY)),
    "a_b-c" * (LONG // 5),
)
WITH_BLANKS = (
    " ".join(["the minutes of the meeting about the minutes"] * 5)[:LONG].strip(),
    " ".join([GERMAN] * 3)[:LONG].strip(),
    " ".join(["تقرير المبيعات السنوي"] * 9)[:LONG].strip(),
    f"Vertrag {'عقد الإيجار' * 3} Fassung 2",  # right-to-left within left-to-right
    f"عقد {'Lease agreement ' * 3}النهائي",
)
SHORT = ("x", "王", "\u0627")
NAMES = (*UNBROKEN, *WITH_BLANKS, *SHORT)


def name_of(number: int) -> str:
    """Return one of the names; each number the same, the next number another."""
    return NAMES[number % len(NAMES)]


def params_of(message: Message, number: int) -> dict[str, str]:
    """Return an extreme value for everything that a text is filled with."""
    fields = [field for _, field, _, _ in Formatter().parse(message.text) if field]
    return {field: name_of(number + place) for place, field in enumerate(fields)}
