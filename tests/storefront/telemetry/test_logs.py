"""Logs are JSON lines that name their request and hold no personal data."""

from __future__ import annotations

import dataclasses
import io
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from sqlalchemy import text

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.database.watching import shape_of
from storefront.jobs import queue
from storefront.kernel.clock import now
from storefront.orders import queries as orders
from storefront.payments import services as payments
from storefront.payments.providers import Sandbox
from storefront.telemetry import about
from storefront.telemetry.logs import JsonFormatter
from tests.conftest import config_for, make_app
from tests.storefront.orders.drafts import place


def _record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    record = logging.LogRecord("storefront.test", logging.INFO, __file__, 1, message, args, None)
    for key, value in extra.items():
        setattr(record, key, value)
    return record


def test_a_line_is_one_json_object_with_its_extras() -> None:
    line = JsonFormatter().format(_record("Order %s paid", "A1", ms=12.5))
    entry = json.loads(line)
    assert "\n" not in line
    assert (entry["message"], entry["level"], entry["logger"], entry["ms"]) == (
        "Order A1 paid",
        "INFO",
        "storefront.test",
        12.5,
    )
    assert "request_id" not in entry


def test_a_line_within_a_request_names_it(app: Flask) -> None:
    with app.test_request_context("/"):
        app.preprocess_request()
        entry = json.loads(JsonFormatter().format(_record("hello")))
    assert len(entry["request_id"]) == 16


def test_a_fault_brings_its_traceback() -> None:
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError as error:
        record = _record("broken")
        record.exc_info = (type(error), error, error.__traceback__)
    assert "ZeroDivisionError" in json.loads(JsonFormatter().format(record))["exception"]


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What has been logged since, as it stands in the log."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.setLevel(level)
    root.removeHandler(handler)


def test_a_request_and_the_jobs_it_queued_are_found_by_one_number_and_the_order(
    app: Flask, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    _order_id, number, key = place(app)
    cart_of = app.test_client()
    reference = "a-request-0001"
    with app.app_context(), transaction():
        order = orders.find_by_number(number)
        assert order is not None
        payment = payments.start_payment(order=order, provider=Sandbox(app.config["SHOP"]), at=now()).reference
    about.begin()
    answer = cart_of.post(
        f"/payments/{payment}",
        data={"decision": "approve", "amount": "2500", "currency": "USD"},
        headers={"X-Request-Id": reference},
    )
    assert answer.status_code == 303
    assert key not in str(lines())
    of_jobs = [entry for entry in lines() if entry.get("request_id") == reference and "job" in entry]
    access = [entry for entry in lines() if entry["logger"] == "storefront.access"]
    assert (access[-1]["request_id"], access[-1]["order"], access[-1]["ms"] > 0) == (reference, number, True)
    assert {entry["job"] for entry in of_jobs} >= {"storefront.mail.jobs.send_mail"}
    assert all(entry["job_id"].startswith(f"{reference}.") for entry in of_jobs)
    logging.getLogger("storefront").info("Afterwards")
    assert not {"request_id", "order", "job"} & lines()[-1].keys(), "what no request wrote names none"
    assert "ada@example.com" not in str(lines())


def test_a_job_knows_the_request_that_queued_it_also_in_another_process() -> None:
    with about.about(request_id="a-request-0002"):
        task = queue.Traced(args=(1,))
    assert task.id.startswith("a-request-0002.")
    assert "." not in queue.Traced().id, "what nobody asked for names nobody"


def test_a_slow_statement_is_told_by_its_shape_and_a_slow_page_by_where_its_time_went(
    tmp_path: Path, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    bound = queue.bound()
    app = make_app(dataclasses.replace(config_for(tmp_path), slow_query_ms=1, slow_page_ms=1))
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i FROM n"
    wait = f"SELECT count(*), 'ada@example.com', 4711 FROM ({numbers}) WHERE :name <> 'x'"

    def slow() -> str:
        db.session.execute(text(wait), {"name": "ada@example.com"})
        return render_template_string("{{ 1 }}")

    app.view_functions["media.generated"] = lambda key: slow()
    with app.app_context():
        db.create_all()
    app.test_client().get("/media/generated/x.svg", headers={"X-Request-Id": "a-request-0003"})
    slow_lines = [entry for entry in lines() if entry.get("request_id") == "a-request-0003"]
    statement = next(entry for entry in slow_lines if entry.get("statement", "").startswith("SELECT count"))
    page = next(entry for entry in slow_lines if entry["message"] == "Slow page")
    assert statement["statement"].startswith("SELECT count(*), ?, ? FROM (WITH RECURSIVE")
    assert statement["endpoint"] == page["endpoint"] == "media.generated"
    assert page["statements"] >= 1
    assert page["ms"] >= page["database_ms"] > 0
    assert page["ms"] == pytest.approx(page["database_ms"] + page["templates_ms"] + page["rest_ms"], abs=0.3)
    assert "ada@" not in str(slow_lines)
    with app.app_context():
        db.engine.dispose()
    if bound:
        queue.bind(bound)


def test_long_lists_of_a_statement_are_folded() -> None:
    assert (
        shape_of("SELECT a\n  FROM b WHERE c IN (?, ?, ?, ?, ?) AND d = 3.5")
        == "SELECT a FROM b WHERE c IN (...) AND d = ?"
    )
