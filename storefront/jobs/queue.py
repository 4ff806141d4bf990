"""The queue itself, and the two marks that make a function a job."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey, crontab, signals

from storefront.config import Config, read_config
from storefront.database.transaction import after_commit, transaction
from storefront.jobs.models import DeadLetter
from storefront.kernel.clock import now

log = logging.getLogger(__name__)

Function = TypeVar("Function", bound=Callable[..., Any])


def make_queue(config: Config) -> Huey:
    """Return a queue on Redis when there is one, else on a SQLite file in the data directory."""
    if config.redis_url:
        return RedisHuey("shop", url=config.redis_url)
    config.data_dir.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("shop", filename=str(config.data_dir / "jobs.db"))


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
    return lambda function: huey.task(retries=retries, retry_delay=retry_delay)(_in_context(function))


def periodic(*, minute: str = "*", hour: str = "*") -> Callable[[Function], Any]:
    """Mark a function to be run by the clock; the fields are those of a crontab, in UTC."""
    return lambda function: huey.periodic_task(crontab(minute=minute, hour=hour))(_in_context(function))


def enqueue_after_commit(task: Callable[..., Any], *args: Any) -> None:
    """Queue `task(*args)`, once, when the open transaction has committed; a queue that is down is logged, not shown."""

    def enqueue() -> None:
        try:
            task(*args)
        except Exception:
            log.exception("Could not queue %s; the periodic sweep will do it", getattr(task, "__name__", task))

    after_commit(enqueue, once=(task, *args))


@huey.signal(signals.SIGNAL_ERROR)
def _keep_dead_letter(_signal: str, task: Any, error: BaseException | None = None) -> None:
    if task.retries or _Bound.app is None:
        return
    with _Bound.app.app_context(), transaction() as session:
        session.add(
            DeadLetter(job=task.name, arguments=[str(argument) for argument in task.args], error=repr(error), at=now())
        )
