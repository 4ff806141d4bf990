"""The job that replays, and the clock that gives up runs whose worker is gone."""

from __future__ import annotations

import logging
from datetime import timedelta

from storefront.database.transaction import transaction
from storefront.jobs.queue import job, periodic
from storefront.kernel.clock import now
from storefront.promotions.rules import promotion_from_data
from storefront.simulation import queries, services
from storefront.simulation.rules import Figures, Replay

log = logging.getLogger(__name__)
SILENT_FOR = timedelta(minutes=15)


@job(retries=0)
def replay_orders(run_id: int) -> None:
    """Replay a run that waits, saying now and then how far it is; it ends early when it is stopped."""
    with transaction():
        begun = services.begin(run_id=run_id, at=now())
    if not begun:
        return
    try:
        figures = _replay(run_id)
    except Exception as error:
        log.exception("The simulation %s failed", run_id)
        with transaction():
            services.fail(run_id=run_id, error=repr(error), at=now())
        return
    if figures is not None:
        with transaction():
            services.finish(run_id=run_id, figures=figures, at=now())


@periodic(minute="*/5")
def give_up_silent_runs() -> int:
    """Say of runs that nobody works on any more that they failed; return how many."""
    with transaction():
        return services.fail_silent(since=now() - SILENT_FOR, at=now())


def _replay(run_id: int) -> Figures | None:
    run = queries.get_run(run_id)
    draft = promotion_from_data(run.draft)
    others = queries.others_than(draft.id)
    replay = Replay(draft, others, queries.gift_costs((draft, *others)))
    window = queries.Window(run.first_day, run.last_day)
    for orders in queries.list_past_orders(window, (draft, *replay.others)):
        for order in orders:
            replay.add(order)
        with transaction():
            if not services.progress(run_id=run_id, done=replay.figures.orders, at=now()):
                return None
    return replay.figures
