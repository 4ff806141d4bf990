"""Logs are JSON lines that name their request and hold no personal data."""

from __future__ import annotations

import json
import logging

from flask import Flask

from storefront.telemetry.logs import JsonFormatter


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
