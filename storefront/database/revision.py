"""Which revision the tables are at, and which one the code needs; told without Alembic, so that web workers do without.

`python -m storefront.database.revision URL` says in a sentence what is wrong, and ends with 1 then.
"""

from __future__ import annotations

import re
import sys
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


def is_behind(revision: str | None) -> bool:
    """Say whether the code needs newer tables. An unknown revision is newer: the version before ours runs on too."""
    return revision is not None and revision in known()[:-1]


def lag(revision: str | None) -> str:
    """Return what is to be done about tables that are behind, as a sentence; "" where nothing is."""
    if not is_behind(revision):
        return ""
    return f"The database is at revision {revision}, the code needs {needed()}: run `flask db upgrade`."


def problem(url: str) -> str:
    """Return why the shop cannot work on a database's tables; "" where it can, or where the database does not answer
    just now, which is nothing that stays so."""
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            revision = read(connection)
            if revision is None and not inspect(connection).has_table("setting"):
                return f"The database has no tables yet, the code needs revision {needed()}: run `flask db upgrade`."
            return lag(revision)
    except SQLAlchemyError:
        return ""
    finally:
        engine.dispose()


if __name__ == "__main__":
    sys.exit(problem(sys.argv[1]) or 0)
