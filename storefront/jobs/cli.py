"""`flask jobs`: run the worker."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from storefront.jobs.library import ConsumerConfig
from storefront.jobs.queue import be_patient, huey
from storefront.telemetry import sharing

group = AppGroup("jobs", help="Queued and periodic work.")


@group.command("work")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 16), help="Threads that work.")
def work(workers: int) -> None:
    """Work on queued and periodic jobs until stopped."""
    sharing.share(current_app.config["SHOP"].metrics_dir)
    current_app.logger.info("Job worker started with %s thread(s)", workers)
    options = ConsumerConfig(workers=workers, worker_type="thread", check_worker_health=True, graceful_signal="TERM")
    options.validate()
    be_patient()
    huey.create_consumer(**options.values).run()
