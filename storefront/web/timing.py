"""How long answers take and where the time went: figures for the monitor, and a line for each slow page."""

from __future__ import annotations

import logging
import time
from typing import Any

from flask import Flask, Response, before_render_template, current_app, g, request, template_rendered
from sqlalchemy.pool import QueuePool

from storefront.database.base import db
from storefront.database.watching import tally
from storefront.telemetry import meters, sharing

log = logging.getLogger("storefront.slow")

UNKNOWN = "(none)"
"""What addresses without a view are counted under."""
SERVES = "SERVES"
"""Set in the configuration of an application that a web server loads: its process shares what it counts."""


class _Process:
    """Whether this process has decided whether to share."""

    has_decided = False


def begin() -> None:
    """Begin to measure a request."""
    tally.begin()
    if not _Process.has_decided:
        _Process.has_decided = True
        if current_app.config.get(SERVES):
            sharing.share(current_app.config["SHOP"].metrics_dir)


def end(response: Response, seconds: float) -> None:
    """Count an answer that took `seconds` to make, and tell of a slow one."""
    endpoint = request.endpoint or UNKNOWN
    meters.count_answer(endpoint, response.status_code, seconds, tally.statements, tally.seconds)
    meters.sample("web", connections_in_use)
    slow_ms = current_app.config["SHOP"].slow_page_ms
    if slow_ms and seconds * 1000 >= slow_ms:
        meters.SLOW_PAGES.labels(endpoint).inc()
        drawing = g.get("_drawn_seconds", 0.0)
        rest = max(seconds - tally.seconds - drawing, 0.0)
        told = {"ms": seconds, "database_ms": tally.seconds, "templates_ms": drawing, "rest_ms": rest}
        extra = {name: round(value * 1000, 1) for name, value in told.items()}
        log.warning("Slow page", extra={**extra, "statements": tally.statements, "status": response.status_code})


def connections_in_use() -> int:
    """Return how many connections of the pool are out."""
    pool = db.engine.pool
    return pool.checkedout() if isinstance(pool, QueuePool) else 0


def _begin_drawing(_app: Flask, **_told: Any) -> None:
    g._drawing_since = time.perf_counter()


def _end_drawing(_app: Flask, **_told: Any) -> None:
    if "_drawing_since" in g:
        g._drawn_seconds = g.get("_drawn_seconds", 0.0) + time.perf_counter() - g.pop("_drawing_since")


def init_app(app: Flask) -> None:
    """Take the time of templates."""
    before_render_template.connect(_begin_drawing, app)
    template_rendered.connect(_end_drawing, app)
