"""Closed sets of promotions."""

from __future__ import annotations

from enum import StrEnum


class CouponWay(StrEnum):
    """How personal coupons and codes come to people."""

    CLAIM = "claim"
    SIGN_UP = "sign_up"
    BATCH = "batch"


class ClaimState(StrEnum):
    """Whether somebody can have a coupon, for the button beside it."""

    CLAIM = "claim"
    CLAIMED = "claimed"
    NOT_YET = "not_yet"
    USED_UP = "used_up"
    SIGN_IN = "sign_in"
    NOT_FOR_YOU = "not_for_you"
    OVER = "over"


class WalletTab(StrEnum):
    """The three heaps of a wallet."""

    USABLE = "usable"
    USED = "used"
    EXPIRED = "expired"
