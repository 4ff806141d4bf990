"""The coupons that somebody may choose from for a cart, and what each would save right now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from storefront.cart.quoting import CartQuote
from storefront.cart.rules import NO_COUPON
from storefront.kernel.money import Money
from storefront.promotions.rules import Promotion, Rejected, Result, evaluate


@dataclass(frozen=True, slots=True)
class CouponOption:
    """One coupon: what the order would cost less with it than without any, or why it cannot be used."""

    code: str
    promotion: Promotion
    saves: Money
    applies: bool
    is_best: bool
    rejected: Rejected | None = None
    rival: str = ""

    @property
    def ends_at(self) -> datetime | None:
        return self.promotion.ends_at


@dataclass(frozen=True, slots=True)
class Chooser:
    """All of them, the best first; `choice` is a code, "none", or "" where the best is taken."""

    options: tuple[CouponOption, ...]
    choice: str
    best_saves: Money
    """What the best costs less, several together where they combine."""
    used: tuple[str, ...]
    """Names of the coupons in use."""

    @property
    def usable(self) -> int:
        return sum(option.applies for option in self.options)


def coupon_chooser(cart: CartQuote) -> Chooser:
    """Evaluate the cart with each coupon alone and without any; nothing is asked of the database."""
    coupons = [promotion for promotion in cart.promotions if promotion.needs_code and promotion.codes]
    none = Money.zero(cart.quote.currency)
    if not coupons or not cart.is_ready:
        return Chooser((), cart.contents.coupon_choice, none, ())
    without = _spared(_with(cart))
    options = [_option(cart, promotion, without) for promotion in coupons]
    most = max((option.saves for option in options), default=none)
    options = [replace(each, is_best=each.applies and bool(most) and each.saves == most) for each in options]
    codes = tuple(option.code for option in options)
    together = _with(cart, *codes) if len(options) > 1 else None
    choice = cart.contents.coupon_choice
    return Chooser(
        options=tuple(sorted(options, key=lambda each: (not each.applies, -each.saves.minor, each.promotion.id))),
        choice=choice if choice in {*codes, NO_COUPON} else "",
        best_saves=_spared(together) - without if together else most,
        used=tuple(applied.code for applied in cart.result.applied if applied.code),
    )


def _option(cart: CartQuote, promotion: Promotion, without: Money) -> CouponOption:
    code = min(promotion.codes)
    result = _with(cart, code)
    rejected = next((each for each in result.rejected if each.code == code), None)
    names = {applied.promotion.id: applied.promotion.name for applied in result.applied}
    return CouponOption(
        code=code,
        promotion=promotion,
        saves=_spared(result) - without,
        applies=any(applied.code == code for applied in result.applied),
        is_best=False,
        rejected=rejected,
        rival=names.get(rejected.excluded_by or 0, "") if rejected else "",
    )


def _with(cart: CartQuote, *codes: str) -> Result:
    return evaluate(replace(cart.snapshot, codes=codes), cart.promotions)


def _spared(result: Result) -> Money:
    """What is not paid, points included; a gift is worth nothing here, since it adds its own price."""
    gifts = sum(gift.unit_price.minor * gift.quantity for gift in result.gifts)
    points = result.points.amount.minor if result.points else 0
    return Money(result.saved.minor - gifts + points, result.currency)
