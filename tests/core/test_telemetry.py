from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING
from urllib.request import urlopen
from uuid import UUID

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider

from core.settings import Settings
from core.telemetry import MASK, bound, configure_logging, mask_secrets, serve_metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

TENANT = UUID("00000000-0000-7000-8000-0000000000aa")
PLAIN = Settings(database_url="postgresql://x", redis_url="redis://x", temporal_address="x:1", smtp_url="smtp://x")


@pytest.fixture
def json_logs() -> Iterator[None]:
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers, logging.getLogger().level
    configure_logging(PLAIN.model_copy(update={"log_format": "json"}))
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("json_logs")
def test_lines_carry_trace_tenant_and_run(capsys: pytest.CaptureFixture[str]) -> None:
    tracer = TracerProvider().get_tracer("test")
    configure_logging(PLAIN.model_copy(update={"log_format": "json"}))
    with tracer.start_as_current_span("request") as span, bound(tenant_id=TENANT, run_id=TENANT):
        logging.getLogger("a.library").warning("Slow")
    line = json.loads(capsys.readouterr().out)
    assert line["trace_id"] == format(span.get_span_context().trace_id, "032x")
    assert (line["tenant"], line["run"], line["event"]) == (str(TENANT), str(TENANT), "Slow")


@pytest.mark.usefixtures("json_logs")
def test_outside_the_block_nothing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(PLAIN.model_copy(update={"log_format": "json"}))
    with bound(tenant_id=TENANT):
        pass
    structlog.get_logger("x").info("after")
    assert "tenant" not in json.loads(capsys.readouterr().out)


def test_secrets_are_masked_at_any_depth() -> None:
    line = {
        "event": "Cannot reach postgresql://adx_app:hunter2@db/adx",
        "password": "hunter2",
        "headers": {"Authorization": "Bearer hunter2", "Accept": "*/*"},
        "items": [{"session_token": "hunter2"}],
    }
    masked = dict(mask_secrets(None, "info", line))
    assert "hunter2" not in str(masked)
    assert masked["headers"] == {"Authorization": MASK, "Accept": "*/*"}
    assert masked["event"] == f"Cannot reach postgresql://adx_app:{MASK}@db/adx"


def test_figures_are_served_on_a_port_of_their_own() -> None:
    port = serve_metrics(PLAIN.model_copy(update={"metrics_port": 0}))
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        assert b"python_info" in answer.read()


def test_without_a_port_no_figures_are_served() -> None:
    assert serve_metrics(PLAIN) is None


HOSTILE = "/files/\x1b]0;owned\x07\x1b[2J\x9b1m\r\n2026 [info] forged\u202e\ud800"


def _fail() -> None:
    raise ValueError(HOSTILE)


@pytest.mark.parametrize("colours", ["", "1"])
def test_a_terminal_is_given_no_command_by_what_is_logged(
    colours: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", colours)
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers, logging.getLogger().level
    configure_logging(PLAIN.model_copy(update={"log_format": "pretty"}))
    try:
        structlog.get_logger("x").info(HOSTILE, path=HOSTILE, several=[HOSTILE], **{HOSTILE: 1})
        logging.getLogger("a.library").warning("of a library: %s", HOSTILE)
        try:
            _fail()
        except ValueError:
            structlog.get_logger("x").exception("failed")
    finally:
        root.handlers = handlers
        root.setLevel(level)
        structlog.reset_defaults()
    written = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert not re.search(r"[^\n -~…•]", written)
    assert not [line for line in written.splitlines() if line.startswith("2026 [info]")]
    assert "\\x1b]0;owned" in written
