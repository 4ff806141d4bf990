"""Runs over many rows that nobody waits for, and the sweep after a crash."""

from __future__ import annotations

from datetime import timedelta

from admin.tables import bulk
from storefront.database.transaction import transaction
from storefront.desk import queries, services
from storefront.jobs.queue import job, periodic
from storefront.kernel.clock import now

KEPT = timedelta(days=90)
STUCK = timedelta(minutes=10)


@job(retries=3)
def work_off(run_id: int) -> None:
    """Do what waits in a run."""
    bulk.work_off(run_id)


@periodic(minute="*/10")
def sweep_runs() -> None:
    """Go on with runs that were cut off, and forget those that are long over."""
    for run_id in queries.list_unfinished(now() - STUCK):
        bulk.work_off(run_id)
    with transaction():
        services.forget_runs(before=now() - KEPT)
