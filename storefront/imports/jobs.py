"""Imports that nobody waits for, and the sweep after a crash."""

from __future__ import annotations

from datetime import timedelta

from storefront.database.transaction import transaction
from storefront.imports import applying, checking, queries, services
from storefront.jobs.queue import job, periodic
from storefront.kernel.clock import now

KEPT = timedelta(days=90)
STUCK = timedelta(minutes=2)


@job(retries=3)
def check_import(import_id: int) -> None:
    """Check the rows of an import."""
    checking.check(import_id)


@job(retries=3)
def run_import(import_id: int) -> None:
    """Carry an import out."""
    applying.work_off(import_id)


@periodic(minute="*/2")
def sweep_imports() -> None:
    """Go on with imports that were cut off, and forget those that are long over."""
    for import_id in queries.list_stuck(now() - STUCK):
        checking.check(import_id)
        applying.work_off(import_id)
    with transaction():
        services.forget_imports(before=now() - KEPT)
