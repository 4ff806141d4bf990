"""Closed sets of promotions."""

from __future__ import annotations

from enum import StrEnum


class CouponWay(StrEnum):
    """How personal coupons and codes come to people."""

    CLAIM = "claim"
    SIGN_UP = "sign_up"
    BATCH = "batch"
