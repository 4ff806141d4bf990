"""Traces: nothing without a collector, and nobody's data with one."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from storefront.database.base import db
from storefront.environment import BadConfiguration
from storefront.jobs import queue
from storefront.web import tracing
from tests.conftest import config_for, make_app
from tests.fresh_process import SHOP, modules_after


def test_without_a_collector_nothing_of_it_is_loaded() -> None:
    loaded = modules_after(SHOP)
    assert "storefront.web.tracing" in loaded
    assert not {"storefront.web.spans", "opentelemetry.instrumentation"} & loaded


def test_a_collector_without_the_extra_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ModuleNotFoundError(name, name="opentelemetry")

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(tracing, "import_module", refuse)
    with pytest.raises(BadConfiguration, match="extra `otel`"):
        tracing.init_app(None, [])  # type: ignore[arg-type]


def test_a_request_and_its_statements_are_one_trace_without_persons(tmp_path: Path) -> None:
    memory = pytest.importorskip(
        "opentelemetry.sdk.trace.export.in_memory_span_exporter", reason="the extra otel is not installed"
    )
    from storefront.web import spans  # noqa: PLC0415

    bound, exporter = queue.bound(), memory.InMemorySpanExporter()
    app = make_app(config_for(tmp_path))
    with app.app_context():
        db.create_all()
        processor = spans.trace(app, [db.engine], exporter)
    app.test_client().get(
        "/search?q=ada@example.com",
        headers={"X-Request-Id": "a-request-0004", "User-Agent": "Firefox of Ada"},
        environ_base={"REMOTE_ADDR": "203.0.113.7"},
    )
    processor.force_flush()
    found = exporter.get_finished_spans()
    request = next(span for span in found if span.attributes.get("shop.request_id"))
    statements = [span for span in found if "db.statement" in span.attributes or "db.query.text" in span.attributes]
    assert request.attributes["shop.request_id"] == "a-request-0004"
    assert request.context.trace_id in {span.context.trace_id for span in statements}
    told = str([(span.name, dict(span.attributes)) for span in found])
    assert not {word for word in ("ada@", "203.0.113.7", "Firefox") if word in told}
    processor.shutdown()
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        db.session.remove()
        db.engine.dispose()
    if bound:
        queue.bind(bound)
