"""Where the shop's rows lie, as the environment says it, and with how much patience a server is asked for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storefront.environment import BadConfiguration, number


@dataclass(frozen=True, slots=True)
class DatabaseSetup:
    """How a process treats a PostgreSQL server; its plaque, `storefront.database`, says why."""

    replica_url: str = ""
    """A server that follows the first one, for pages that read only."""
    replica_lag: int = 5
    """How many seconds old what it knows may be."""
    pool: int = 3
    """Connections that a process keeps open."""
    timeout: int = 30
    """Seconds for a statement on behalf of somebody who waits for a page."""
    job_timeout: int = 900
    """The same for jobs and commands."""


def read_databases(env: Mapping[str, str], data_dir: Path) -> tuple[str, DatabaseSetup]:
    """Return the address of the shop's database, and how it is to be treated."""
    database_url = _address(env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'shop.db'}")
    replica = env.get("DATABASE_REPLICA_URL", "")
    if replica and not (database_url.startswith("postgresql") and replica.startswith(("postgres", "postgresql"))):
        raise BadConfiguration("DATABASE_REPLICA_URL follows a PostgreSQL server: both must start with postgresql://")
    return database_url, DatabaseSetup(
        replica_url=_address(replica) if replica else "",
        replica_lag=number(env, "DATABASE_REPLICA_LAG", 5, 1, 300),
        pool=number(env, "DATABASE_POOL", 3, 1, 50),
        timeout=number(env, "DATABASE_TIMEOUT", 30, 1, 600),
        job_timeout=number(env, "DATABASE_JOB_TIMEOUT", 900, 1, 86_400),
    )


def _address(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise BadConfiguration("DATABASE_URL must start with sqlite:/// or postgresql://")
    return url
