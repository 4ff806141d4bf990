"""Which revision the tables are at, and which one the code needs; without Alembic, which no web worker should carry."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"
_STEP = re.compile(r'^revision = "(?P<own>\w+)"\s+^down_revision = (?:None|"(?P<before>\w+)")', re.MULTILINE)


@lru_cache(maxsize=1)
def known() -> tuple[str, ...]:
    """Return the revisions that the code knows, the oldest first."""
    steps = [_STEP.search(path.read_text(encoding="utf-8")) for path in VERSIONS.glob("*.py")]
    after = {step["before"]: step["own"] for step in steps if step}
    chain: list[str] = []
    following = after.get(None)
    while following is not None:
        chain.append(following)
        following = after.get(following)
    return tuple(chain)


def needed() -> str:
    """Return the revision that the code was written for."""
    return known()[-1]


def read(connection: Connection) -> str | None:
    """Return the revision of a database; None where no migration has ever run."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def is_behind(revision: str) -> bool:
    """Say whether the code needs newer tables. An unknown revision is newer: the version before ours runs on too."""
    return revision in known()[:-1]


def problem_of(connection: Connection) -> str:
    """Return why the shop cannot work on these tables, as a sentence that says what to do; "" where it can."""
    found = read(connection)
    if found is None and not inspect(connection).has_table("setting"):
        return f"The database has no tables yet, the code needs revision {needed()}: run `flask db upgrade`."
    if found is not None and is_behind(found):
        return f"The database is at revision {found}, the code needs {needed()}: run `flask db upgrade`."
    return ""


def problem(url: str) -> str:
    """Return the same of the database at a URL; "" also where it does not answer just now, which may change."""
    limits = {"connect_timeout": 5} if url.startswith("postgresql") else {}
    engine = create_engine(url, hide_parameters=True, connect_args=limits)
    try:
        with engine.connect() as connection:
            return problem_of(connection)
    except SQLAlchemyError:
        return ""
    finally:
        engine.dispose()
