from __future__ import annotations

import pytest

from entrypoints.embedded.supervisor import Log

HOSTILE = "\x1b[32mready\x1b[0m \x1b]0;owned\x07\x1b[8mhidden\x1b[2J\x9b1m\r\u202e"
SPELT = r"\x1b]0;owned\x07\x1b[8mhidden\x1b[2J\x9b1m\r\u202e"


@pytest.mark.parametrize(
    ("keeps_colours", "line"),
    [(True, f"\x1b[32mready\x1b[0m {SPELT}"), (False, rf"\x1b[32mready\x1b[0m {SPELT}")],
)
def test_the_terminal_obeys_nothing_that_a_program_writes_but_colours_of_our_own(
    *, keeps_colours: bool, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Log(coloured=False).write("web", HOSTILE, keeps_colours=keeps_colours)
    assert capsys.readouterr().out == f"     web │ {line}\n"
