"""What a process tells of itself: log lines, traces and figures, joined by trace id, tenant and run.

Nothing secret leaves through here: values of telling names, and passwords inside addresses, are masked in every line.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING, Any, TextIO

import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, start_http_server

from core.plain_text import for_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

    from core.settings import Settings

MASK = "•••"
SECRET_NAME = re.compile(r"pass(word|phrase)|secret|token|cookie|authorization|csrf|api_?key|credential", re.IGNORECASE)
PASSWORD_IN_ADDRESS = re.compile(r"(?<=://)([^\s:/@]*):([^\s/@]+)@")
QUIET = (
    "asyncio",
    "temporalio.worker",
    "aiosmtpd",
    "mail.log",
    "hypercorn",
    "granian.access",
    "_granian",
    "httpx",
    "httpcore",
    "urllib3",
)

OF_THE_RENDERER = frozenset({"exc_info"})
"""What the renderer makes text of by itself."""

OF_MANY_LINES = frozenset({"exception", "stack"})

REGISTRY = CollectorRegistry()
"""The figures of this process, in Prometheus' form; a module adds its own with ``registry=REGISTRY``."""

ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)


def configure_logging(settings: Settings) -> None:
    """Send this process's log lines, and those of its libraries, to standard output in the configured form."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso" if settings.log_format == "json" else "%H:%M:%S", utc=True),
        add_trace,
        mask_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(settings.log_format)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def configure_tracing(settings: Settings, service: str) -> TracerProvider:
    """Trace this process as ``service``; spans leave it only when a collector is configured."""
    provider = TracerProvider(resource=Resource.create({"service.name": f"adx-{service}"}))
    if settings.otlp_endpoint:
        exporter = OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider


def serve_metrics(settings: Settings) -> int | None:
    """Answer Prometheus on the configured port of this machine; returns the port, None when metrics are off."""
    if settings.metrics_port is None:
        return None
    server, _ = start_http_server(settings.metrics_port, addr=settings.bind_host, registry=REGISTRY)
    return int(server.server_port)


@contextmanager
def bound(*, tenant_id: UUID | None = None, run_id: UUID | None = None, **more: str) -> Iterator[None]:
    """Name the tenant and the run in every log line written within the block."""
    given = {"tenant": tenant_id, "run": run_id, **more}
    with structlog.contextvars.bound_contextvars(**{name: str(value) for name, value in given.items() if value}):
        yield


def add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Name the trace and span that a line belongs to."""
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event["trace_id"] = format(span.trace_id, "032x")
        event["span_id"] = format(span.span_id, "016x")
    return event


def mask_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide the values of telling names at any depth, and passwords inside addresses."""
    return {name: MASK if SECRET_NAME.search(name) else _masked(value) for name, value in event.items()}


def shown_on_a_terminal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Spell out what a terminal would obey: a path, a name or an error's text may hold its commands."""
    return {_one_line(name): _shown(name, value) for name, value in event.items()}


def _shown(name: str, value: Any) -> Any:  # noqa: ANN401 - log lines carry anything
    if name in OF_THE_RENDERER or value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else repr(value)
    return _indented(text) if name in OF_MANY_LINES else _one_line(text)


def _one_line(text: str) -> str:
    return for_terminal(text).replace("\n", "\\n")


def _indented(text: str) -> str:
    # So that no line of an error's text passes for a line of the log.
    return "".join(f"  {line}\n" for line in for_terminal(text).strip("\n").split("\n")).rstrip("\n")


def _masked(value: Any) -> Any:  # noqa: ANN401 - log lines carry anything
    if isinstance(value, str):
        return PASSWORD_IN_ADDRESS.sub(rf"\1:{MASK}@", value)
    if isinstance(value, dict):
        return {name: MASK if SECRET_NAME.search(str(name)) else _masked(item) for name, item in value.items()}
    if type(value) in {list, tuple}:
        return [_masked(item) for item in value]
    return value


def _mask_traceback(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if isinstance(event.get("exception"), str):
        event["exception"] = _masked(event["exception"])
    return event


def _renderers(form: str) -> list[Processor]:
    if form == "json":
        return [structlog.processors.format_exc_info, _mask_traceback, structlog.processors.JSONRenderer(default=str)]
    # One line of traceback after another, without local variables: those may hold what nobody should read.
    coloured = sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))
    return [shown_on_a_terminal, structlog.dev.ConsoleRenderer(colors=coloured, exception_formatter=_plain_traceback)]


def _plain_traceback(stream: TextIO, exc_info: ExcInfo) -> None:
    written = StringIO()
    structlog.dev.plain_traceback(written, exc_info)
    stream.write(f"\n{_indented(written.getvalue())}")
