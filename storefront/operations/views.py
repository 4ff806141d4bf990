"""`/metrics`, for the monitor and nobody else."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from itertools import chain

from flask import Blueprint, Response, current_app, request
from prometheus_client import Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from werkzeug.exceptions import NotFound

from storefront.config import Config
from storefront.kernel.clock import now
from storefront.operations.figures import read_figures
from storefront.telemetry import sharing

blueprint = Blueprint("operations", __name__)

LOOPBACK = frozenset({"127.0.0.1", "::1"})
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via")
"""What proxies say; a request with any of it came from elsewhere."""


@blueprint.get("/metrics")
def metrics() -> Response:
    """Tell a monitor all figures, of every process of this machine; to others there is no such page."""
    if not _may_read():
        raise NotFound
    body = generate_latest(_All())
    return Response(body, content_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"Cache-Control": "no-store"})


class _All(Collector):
    """Everything that there is to tell, as the library wants it."""

    def collect(self) -> Iterator[Metric]:
        return chain(sharing.collect(), read_figures(now()))


def _may_read() -> bool:
    """With METRICS_TOKEN whoever shows it; without, in development, whoever asks on this machine itself."""
    config: Config = current_app.config["SHOP"]
    if config.metrics_token:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(shown.encode(), config.metrics_token.encode())
    is_direct = request.remote_addr in LOOPBACK and not any(name in request.headers for name in FORWARDED)
    return is_direct and not config.production
