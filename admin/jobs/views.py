"""What works in the background, and what failed there for good."""

from __future__ import annotations

import logging

from flask import Blueprint, Response

from admin.access import requires
from admin.jobs.listing import FAILED
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.jobs import queries
from storefront.jobs.queries import Waiting
from storefront.kernel.clock import now

log = logging.getLogger(__name__)
blueprint = Blueprint("jobs", __name__, template_folder="templates")


@blueprint.get("/jobs")
@requires(Permission.JOBS_VIEW)
def jobs() -> Response:
    """List what failed for good, and show what waits and what runs when."""
    return show_list(FAILED, waiting=_waiting(), planned=queries.planned(now()))


def _waiting() -> Waiting | None:
    """Return what the queue holds; None for a queue that does not answer."""
    try:
        return queries.waiting()
    except Exception:
        log.exception("The queue could not be asked")
        return None
