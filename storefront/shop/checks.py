"""What came of the last proof of each ledger: kept, so that the back office can say it without proving anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from storefront.database.base import db
from storefront.shop.models import LedgerCheck
from storefront.shop.verifying import Finding

MOST_EXAMPLES = 20


def keep_findings(*, findings: Iterable[Finding], at: datetime) -> int:
    """Keep what came of proving every ledger in place of what came of it before; return how many rows are wrong."""
    db.session.execute(delete(LedgerCheck))
    wrong = 0
    for finding in findings:
        found = finding.discrepancies
        examples: list[object] = [[each.key, str(each.expected), str(each.actual)] for each in found[:MOST_EXAMPLES]]
        check = LedgerCheck(
            ledger=finding.ledger, rows=finding.rows, wrong=len(found), examples=examples, checked_at=at
        )
        db.session.add(check)
        wrong += len(found)
    db.session.flush()
    return wrong


def list_checks() -> Sequence[LedgerCheck]:
    """Return what came of the last proof of each ledger, those that do not add up first."""
    return db.session.scalars(select(LedgerCheck).order_by(LedgerCheck.wrong.desc(), LedgerCheck.ledger)).all()
