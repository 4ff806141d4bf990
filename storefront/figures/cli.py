"""`flask figures`: sums of days that are over."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from storefront.database.transaction import transaction
from storefront.figures import cohorts, services
from storefront.kernel.clock import now

group = AppGroup("figures", help="Sums of the days that are over, which reports read.")


@group.command("rebuild")
def rebuild() -> None:
    """Forget all sums and count them anew from the orders; reports stay right meanwhile, only slower."""
    at = now()
    with transaction():
        services.open_days(at=at)
        services.forget_sums()
    days = services.days_to_sum_up(at=at)
    with click.progressbar(days, label="Days") as bar:
        for day in bar:
            with transaction():
                services.sum_up(day=day)
    with transaction():
        months = cohorts.count(at=at)
    click.echo(f"{len(days)} days are summed up, {months} months of first orders are counted.")
