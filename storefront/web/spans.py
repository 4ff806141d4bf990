"""OpenTelemetry over requests and statements. Only `tracing` loads this, and only where a collector is named.

A span says what the log says: the view, the path as the log may hold it, the request's number. Addresses of people,
what they typed and what their browsers call themselves are taken out before a span ends.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from flask import Flask
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import format_trace_id, get_current_span
from sqlalchemy import Engine

from storefront.telemetry.about import facts, note
from storefront.web.headers import logged_path

PERSONAL = frozenset(
    {
        *("http.url", "http.target", "url.full", "url.path", "url.query", "http.user_agent", "user_agent.original"),
        *("net.peer.ip", "net.peer.port", "client.address", "client.port", "network.peer.address"),
        *("network.peer.port", "net.sock.peer.addr", "net.sock.peer.port"),
    }
)
"""Attributes that may tell who asked, or hold a key."""
NOT_TRACED = "healthz,metrics,static/.*,media/.*"


def trace(app: Flask, engines: Sequence[Engine], exporter: SpanExporter | None = None) -> SpanProcessor:
    """Trace `app` and its databases, to where OTEL_EXPORTER_OTLP_* say or into `exporter`; return the spans' holder."""
    name = os.environ.get("OTEL_SERVICE_NAME") or "shop"
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name}))
    processor = BatchSpanProcessor(exporter or OTLPSpanExporter())
    provider.add_span_processor(processor)
    FlaskInstrumentor().instrument_app(app, tracer_provider=provider, excluded_urls=NOT_TRACED)
    app.before_request(_tell_apart)
    # The library asks for SQLAlchemy before 2.1; what it uses of it, two events of an engine, is in 2.1 too.
    SQLAlchemyInstrumentor().instrument(engines=list(engines), tracer_provider=provider, skip_dep_check=True)
    return processor


def _tell_apart() -> None:
    """Run right after the library has begun a request's span; its own hook would come before it writes who asked."""
    span = get_current_span()
    if not span.is_recording():
        return
    known: dict[str, Any] = dict(getattr(span, "attributes", None) or {})
    for name in PERSONAL & known.keys():
        span.set_attribute(name, logged_path() if name in {"http.target", "url.path"} else "")
    span.set_attribute("shop.request_id", facts().get("request_id", ""))
    note(trace_id=format_trace_id(span.get_span_context().trace_id))
