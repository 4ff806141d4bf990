"""The end of a request's session: by then the answer is made, so a connection that broke costs its reader nothing."""

from __future__ import annotations

import logging

from flask import Flask
from sqlalchemy.exc import DBAPIError

from storefront.database.base import db

log = logging.getLogger(__name__)


def end_session(_error: BaseException | None = None) -> None:
    """Close the session, and let go of a connection over which that cannot be said any more."""
    if not db.session.registry.has():
        return
    try:
        db.session.close()
    except DBAPIError:
        log.warning("A connection broke before its session had ended", exc_info=True)
        db.session().invalidate()


def init_app(app: Flask) -> None:
    """End sessions before the extension does, whose own end would make a fault of the answer."""
    app.teardown_appcontext(end_session)
