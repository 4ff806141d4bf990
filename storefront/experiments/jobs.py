"""What the clock does to experiments: it ends what has reached its end, and forgets what is old."""

from __future__ import annotations

import logging
from datetime import timedelta

from storefront.database.transaction import transaction
from storefront.experiments import forgetting, queries, services
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now
from storefront.kernel.errors import N_
from storefront.shop.queries import get_settings

log = logging.getLogger(__name__)

LONGEST_KEPT = 36_500
AT_ITS_END = N_("It reached the end that was planned.")


@periodic(minute="*/5")
def stop_ended() -> int:
    """Stop what has reached its end, and return how many that were; nobody was in them any longer anyway."""
    at, stopped = now(), 0
    for experiment in queries.list_running():
        if experiment.ends_at is not None and experiment.ends_at <= at:
            with transaction():
                services.stop_experiment(experiment_id=experiment.id, reason=AT_ITS_END, by=services.CLOCK, at=at)
            stopped += 1
    return stopped


@periodic(hour="4", minute="20")
def forget_old() -> int:
    """Remove exposures of experiments that ended before events are kept, and return how many went."""
    since = now() - timedelta(days=min(get_settings().analytics_keep_days, LONGEST_KEPT))
    with transaction():
        gone = forgetting.forget_before(since)
    log.info("%d exposures of old experiments are gone", gone)
    return gone
