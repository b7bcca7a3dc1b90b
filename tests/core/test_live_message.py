from __future__ import annotations

import pytest

from core.ids import new_id
from core.live import Fact
from core.live.events import event
from core.live.message import html_message, named_message

BREAKS = ["files:changed\nevent: auth:out", "files:changed\r\ndata: x", "files:changed\r", "files:changed\0"]


@pytest.mark.parametrize("broken", BREAKS)
def test_no_field_of_a_message_can_hold_another(broken: str) -> None:
    with pytest.raises(ValueError, match="not one line"):
        named_message("1-0", broken, {})
    with pytest.raises(ValueError, match="not one line"):
        named_message(broken, "files:changed", {})
    with pytest.raises(ValueError, match="not one line"):
        html_message(broken, "<p>x</p>")


@pytest.mark.parametrize("broken", [*BREAKS, "files:changed\u2028", "files: changed", "\x1b[31m"])
def test_no_fact_and_no_event_is_called_by_more_than_a_word(broken: str) -> None:
    with pytest.raises(ValueError, match="not a topic"):
        Fact(new_id(), broken, "key")
    with pytest.raises(ValueError, match="is called"):
        event(broken, "Never told.")


def test_breaks_within_the_data_stay_within_the_data() -> None:
    assert html_message("1-0", "a\r\nid: 9\rb") == b"id: 1-0\ndata: a\ndata: id: 9\ndata: b\n\n"
    assert named_message("1-0", "files:changed", {"key": "a\nb"}) == (
        b'id: 1-0\nevent: files:changed\ndata: {"key":"a\\nb"}\n\n'
    )
