"""The queue itself, and the two marks that make a function a job."""

from __future__ import annotations

import functools
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask import Flask
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from storefront.config import Config, read_config
from storefront.database.apart import BUSY, write_apart
from storefront.database.inserting import insert_into
from storefront.database.transaction import after_commit, transaction
from storefront.jobs.library import Huey, RedisHuey, SqliteHuey, SqliteStorage, Task, crontab, signals
from storefront.jobs.models import DeadLetter, JobRun
from storefront.kernel.clock import now
from storefront.shared.store import shared
from storefront.telemetry.about import about, facts
from storefront.telemetry.meters import JOB_SECONDS, sample
from storefront.telemetry.meters import JOBS as JOBS_ENDED

log = logging.getLogger(__name__)

PATIENCE = 0.25
"""Seconds that a request waits for Redis to take a job."""
WORKERS_PATIENCE = 10.0
FORGOTTEN_AFTER = 10
"""Minutes after which nobody asks any more who kept the clock."""

Function = TypeVar("Function", bound=Callable[..., Any])


class Told(Huey):  # type: ignore[misc]
    """A queue that says in each line of the log which job it is about, and counts how jobs end."""

    def execute(self, task: Any, timestamp: datetime | None = None) -> Any:
        began = time.perf_counter()
        with about(**_known_of(task)):
            try:
                return super().execute(task, timestamp)
            finally:
                JOB_SECONDS.labels(_name(task)).inc(time.perf_counter() - began)
                if not self.immediate:
                    sample("jobs", lambda: 0)


class _OneScheduler:
    """Every worker keeps the clock; of those that share a queue the first to see a minute queues what is due in it."""

    storage: Any

    def read_periodic(self, timestamp: datetime | None) -> list[Any]:
        due: list[Any] = super().read_periodic(timestamp)  # type: ignore[misc]
        return due if due and self._is_first(timestamp or now()) else []

    def _is_first(self, moment: datetime) -> bool:
        claim = "shop.minute.{:%Y%m%d%H%M}".format
        self.storage.delete_data(claim(moment - timedelta(minutes=FORGOTTEN_AFTER)))
        return bool(self.storage.put_if_empty(claim(moment), b"1"))


class RedisQueue(_OneScheduler, Told, RedisHuey):  # type: ignore[misc]
    """The queue of several machines."""


class _Storage(SqliteStorage):  # type: ignore[misc]
    """A file that waits for the disk as the database does: a power cut may cost jobs, which a sweep does."""

    def _create_connection(self) -> Any:
        connection = super()._create_connection()
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection


class SqliteQueue(_OneScheduler, Told, SqliteHuey):  # type: ignore[misc]
    """The queue of one machine."""

    storage_class = _Storage


def make_queue(config: Config) -> Huey:
    """Return a queue on Redis when there is one, else on a SQLite file in the data directory. Nobody reads what jobs
    return, so it is not kept.
    """
    if config.redis_url:
        pool = ConnectionPool.from_url(
            config.redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 1)
        )
        return RedisQueue("shop", connection_pool=pool, results=False)
    config.data_dir.mkdir(parents=True, exist_ok=True)
    return SqliteQueue("shop", filename=str(config.data_dir / "jobs.db"), results=False)


def be_patient() -> None:
    """Wait for Redis as a worker does, which asks it to answer when there is something to do."""
    if isinstance(huey, RedisQueue):
        huey.storage.pool.connection_kwargs["socket_timeout"] = WORKERS_PATIENCE


huey = make_queue(read_config())


class _Bound:
    """The application whose context jobs run in."""

    app: Flask | None = None


def bind(app: Flask) -> None:
    """Run jobs in `app`'s context; at once and in the caller's process when it is testing."""
    _Bound.app = app
    huey.immediate = app.testing


def bound() -> Flask | None:
    """Return the application that jobs run in."""
    return _Bound.app


@dataclass(frozen=True, slots=True)
class Clock:
    """When a periodic job runs, as the fields of a crontab in UTC."""

    minute: str
    hour: str

    def next_after(self, moment: datetime) -> datetime:
        """Return the next minute at which it runs: within a day, since the fields are of minutes and hours."""
        due, at = crontab(minute=self.minute, hour=self.hour), moment.replace(second=0, microsecond=0)
        return next(later for later in (at + timedelta(minutes=n) for n in range(1, 1_442)) if due(later))


JOBS: dict[str, Callable[..., Any]] = {}
"""Every job that may be queued, by its name."""
SCHEDULE: dict[str, Clock] = {}
"""Every periodic job, by its name."""


def name_of(function: Callable[..., Any]) -> str:
    """Return what a job is called in ledgers: module and name."""
    return f"{function.__module__}.{function.__name__}"


class Traced(Task):  # type: ignore[misc]
    """A job whose id begins with that of the request that queued it, so that both are found by one number."""

    def create_id(self) -> str:
        cause = facts().get("request_id", "")
        return f"{cause}.{secrets.token_hex(6)}" if cause else secrets.token_hex(10)


def _known_of(task: Any) -> dict[str, str]:
    """Return what is known of a job: its name, its id, and the request that queued it."""
    cause, dot, _own = task.id.partition(".")
    return {"job": _name(task), "job_id": task.id, **({"request_id": cause} if dot else {})}


def _in_context(function: Function) -> Function:
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        if _Bound.app is None:
            raise RuntimeError("no application is bound to the job queue")
        with _Bound.app.app_context():
            return function(*args, **kwargs)

    return run  # type: ignore[return-value]


def job(*, retries: int = 3, retry_delay: int = 20) -> Callable[[Function], Any]:
    """Mark a function as a job: calling it queues it. Make it idempotent, it may run more than once."""

    def mark(function: Function) -> Any:
        task = huey.task(retries=retries, retry_delay=retry_delay, task_base=Traced)(_in_context(function))
        JOBS[name_of(function)] = task
        return task

    return mark


def periodic(*, minute: str = "*", hour: str = "*") -> Callable[[Function], Any]:
    """Mark a function to be run by the clock; the fields are those of a crontab, in UTC."""

    def mark(function: Function) -> Any:
        SCHEDULE[name_of(function)] = Clock(minute, hour)
        return huey.periodic_task(crontab(minute=minute, hour=hour))(_in_context(function))

    return mark


def enqueue_after_commit(task: Callable[..., Any], *args: Any) -> None:
    """Queue `task(*args)`, once, when the open transaction has committed; a queue that is down is logged, not shown."""

    def enqueue() -> None:
        try:
            if shared().is_closed:
                raise ConnectionError("Redis did not answer a moment ago")
            task(*args)
        except Exception as failure:
            if isinstance(failure, RedisError):
                shared().note(failure)
            log.exception("Could not queue %s; the periodic sweep will do it", _words(task))

    after_commit(enqueue, once=(task, *args))


@huey.signal(signals.SIGNAL_COMPLETE, signals.SIGNAL_ERROR)
def _count(signal: str, task: Any, _error: BaseException | None = None) -> None:
    outcome = "done" if signal == signals.SIGNAL_COMPLETE else "failed" if task.retries else "dead"
    JOBS_ENDED.labels(_name(task), outcome).inc()


def _words(task: Any) -> str:
    return name_of(getattr(task, "func", task))


@huey.signal(signals.SIGNAL_ERROR)
def _keep_dead_letter(_signal: str, task: Any, error: BaseException | None = None) -> None:
    if task.retries or _Bound.app is None:
        return
    with _Bound.app.app_context(), transaction() as session:
        session.add(
            DeadLetter(
                job=_name(task),
                arguments=[str(argument) for argument in task.args],
                payload=_plain(task.args) if not task.kwargs else None,
                error=repr(error),
                at=now(),
            )
        )


@huey.signal(signals.SIGNAL_EXECUTING, signals.SIGNAL_COMPLETE, signals.SIGNAL_ERROR)
def _keep_time(signal: str, task: Any, error: BaseException | None = None) -> None:
    """Write down when a periodic job ran; whoever is in its way matters more."""
    name = _name(task)
    if name not in SCHEDULE or _Bound.app is None:
        return
    if signal == signals.SIGNAL_EXECUTING:
        _begun[task.id] = now()
        return
    with _Bound.app.app_context():
        note_run(name, started_at=_begun.pop(task.id, now()), error=error, at=now())


def note_run(name: str, *, started_at: datetime, error: BaseException | None, at: datetime) -> None:
    """Keep when a periodic job last ran, and how it ended."""
    values: dict[str, Any] = {"started_at": started_at}
    values |= {"finished_at": at} if error is None else {"failed_at": at, "error": repr(error)}
    try:
        with write_apart() as connection:
            added = insert_into(JobRun, connection).values(job=name, **{"error": "", **values})
            connection.execute(added.on_conflict_do_update(index_elements=["job"], set_=values))
    except BUSY:
        log.info("The time of %s was not kept: the database is busy", name)


_begun: dict[str, datetime] = {}


def _name(task: Any) -> str:
    return f"{type(task).__module__}.{type(task).__name__}"


def _plain(arguments: tuple[object, ...]) -> list[object] | None:
    """Return arguments that JSON keeps as they are; None for others."""
    return list(arguments) if all(isinstance(each, str | int | bool | None) for each in arguments) else None
