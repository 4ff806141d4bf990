"""What the linter says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storefront.promotions.editing import PromotionPlan

Finding = Any


def check(plan: PromotionPlan, promotion_id: int) -> Sequence[Finding]:
    return ()


def check_stored(row: Any) -> Sequence[Finding]:
    return ()


def blocks(plan: PromotionPlan, promotion_id: int) -> bool:
    return any(each.blocks for each in check(plan, promotion_id))


def warns(findings: Sequence[Finding]) -> bool:
    return bool(findings)


def finding_words(finding: Finding) -> str:
    return str(finding)
