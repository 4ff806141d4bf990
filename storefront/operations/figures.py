"""What the database, the queue, the index and the model say at the moment that a monitor asks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import func, select

from storefront.database.base import db
from storefront.discovery import indexing, recommending, searching
from storefront.jobs import queries as jobs
from storefront.mail.models import OutboxMail
from storefront.mail.states import MailStatus
from storefront.operations.backing_up import version
from storefront.payments.models import PaymentMessage
from storefront.shop import checks
from storefront.sms.models import OutboxSms
from storefront.sms.states import SmsStatus

log = logging.getLogger(__name__)

Labelled = Iterable[tuple[tuple[str, ...], float | None]]


def read_figures(at: datetime) -> Iterator[Metric]:
    """Return every figure that is known just now. A part that does not answer is left out and told of by
    `shop_part_answers`, so that a database that is away hides nothing else."""
    answers = _gauge("shop_part_answers", "Whether a part of the shop could be asked", ("part",))
    for part, read in _PARTS.items():
        try:
            found = list(read(at))
        except Exception as error:
            log.warning("No figures of the %s: %s", part, type(error).__name__)
            answers.add_metric((part,), 0)
            continue
        answers.add_metric((part,), 1)
        yield from found
    db.session.rollback()
    yield answers


def _database(_at: datetime) -> Iterator[Metric]:
    pool = db.engine.pool
    limit = getattr(pool, "size", lambda: 0)() + max(getattr(pool, "_max_overflow", 0), 0)
    yield _one("shop_database_pool_limit", "Connections that one process may use", limit)
    waiting = select(func.count(OutboxMail.id), func.min(OutboxMail.created_at))
    letters = db.session.execute(waiting.where(OutboxMail.status == MailStatus.QUEUED)).one()
    yield _one("shop_letters_waiting", "Letters that have not left", letters[0])
    yield _one("shop_letters_oldest_timestamp_seconds", "When the oldest of them was written", _seconds(letters[1]))
    last = select(PaymentMessage.provider, PaymentMessage.received_at).where(
        PaymentMessage.id.in_(select(func.max(PaymentMessage.id)).group_by(PaymentMessage.provider))
    )
    heard = (((row.provider,), _seconds(row.received_at)) for row in db.session.execute(last))
    yield _many("shop_payment_message_timestamp_seconds", "When a provider last wrote", "provider", heard)
    texts = select(func.count(OutboxSms.id)).where(OutboxSms.status == SmsStatus.QUEUED)
    yield _one("shop_texts_waiting", "Messages to phones that have not left", db.session.scalar(texts))
    found = checks.list_checks()
    wrong = (((check.ledger,), float(check.wrong)) for check in found)
    yield _many("shop_ledger_discrepancies", "Rows that did not add up at the last proof", "ledger", wrong)
    proven = min((check.checked_at for check in found), default=None)
    yield _one("shop_ledgers_proven_timestamp_seconds", "When ledgers were last proven", _seconds(proven))


def _jobs(at: datetime) -> Iterator[Metric]:
    yield _one("shop_dead_letters", "Jobs that failed for good and wait for somebody", jobs.count_dead())
    planned = jobs.planned(at)
    started = (((each.job,), _seconds(each.started_at)) for each in planned)
    yield _many("shop_periodic_started_timestamp_seconds", "When a periodic job last ran", "job", started)
    late = (((each.job,), _seconds(each.next_at)) for each in planned)
    yield _many("shop_periodic_next_timestamp_seconds", "When a periodic job will run next", "job", late)
    failed = (((each.job,), float(each.has_failed)) for each in planned)
    yield _many("shop_periodic_failed", "Whether a periodic job failed the last time", "job", failed)


def _queue(_at: datetime) -> Iterator[Metric]:
    waiting = jobs.waiting()
    yield _one("shop_queue_jobs", "Jobs that wait to be done", waiting.queued)
    yield _one("shop_queue_delayed_jobs", "Jobs that wait for their time", waiting.delayed)


def _search(at: datetime) -> Iterator[Metric]:
    index = searching.health()
    written = at - timedelta(seconds=index.age_seconds) if index.age_seconds is not None else None
    yield _one("shop_search_index_usable", "Whether there is an index; else the database is searched", index.usable)
    yield _one("shop_search_index_products", "Products in the index", index.documents)
    yield _one("shop_search_index_written_timestamp_seconds", "When the index was last written", _seconds(written))
    yield _one("shop_search_changes_waiting", "Changes that are not in the index yet", indexing.count_changes())


def _model(_at: datetime) -> Iterator[Metric]:
    trained = recommending.health().trained_at
    yield _one("shop_model_trained_timestamp_seconds", "When the recommender in use was trained", _seconds(trained))


def _code(at: datetime) -> Iterator[Metric]:
    yield _many("shop_info", "The version of the code", "version", [((version(),), 1.0)])
    yield _one("shop_clock_timestamp_seconds", "What time it is here", _seconds(at))


_PARTS: dict[str, Callable[[datetime], Iterator[Metric]]] = {
    "code": _code,
    "database": _database,
    "jobs": _jobs,
    "queue": _queue,
    "search": _search,
    "model": _model,
}


def _seconds(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None


def _one(name: str, words: str, value: float | None) -> Metric:
    """Return a figure; one that is not known is not there, which a monitor tells from nought."""
    return _many(name, words, "", [((), value)])


def _many(name: str, words: str, label: str, values: Labelled) -> Metric:
    gauge = _gauge(name, words, (label,) if label else ())
    for labels, value in values:
        if value is not None:
            gauge.add_metric(labels, float(value))
    return gauge


def _gauge(name: str, words: str, labels: tuple[str, ...]) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, labels=labels)
