"""Work that nobody should wait for: it is done once the answer has been sent, and its failure is logged, not shown."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial

from flask import Flask, Response, current_app, g

from storefront.telemetry.about import about, facts

log = logging.getLogger(__name__)

Work = Callable[[], object]


def afterwards(work: Work) -> None:
    """Do `work` after this request's answer, in an application context of its own: the request is over by then."""
    g.setdefault("_afterwards", []).append(work)


def _attach(response: Response) -> Response:
    if waiting := g.get("_afterwards"):
        response.call_on_close(partial(_do, current_app._get_current_object(), tuple(waiting), facts()))  # type: ignore[attr-defined]
    return response


def _do(app: Flask, waiting: tuple[Work, ...], known: Mapping[str, str]) -> None:
    with app.app_context(), about(**known):
        for work in waiting:
            try:
                work()
            except Exception:
                log.exception("What was left for after the answer failed")


def init_app(app: Flask) -> None:
    """Look at every answer last, so that whatever else looks at answers may leave work too: call this first."""
    app.after_request(_attach)
