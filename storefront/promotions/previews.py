"""A sample coupon for letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app

from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.mail.states import Topic
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules import AmountOff, Promotion
from storefront.shop.queries import get_settings


@dataclass(frozen=True, slots=True)
class SampleCoupon:
    """What somebody got."""

    code: str
    promotion: Promotion
    ends_at: datetime | None


def sample_coupons() -> list[SampleCoupon]:
    """Return a coupon of 5.00 that ends in a month."""
    benefit = AmountOff(Money(500, get_settings().currency))
    promotion = Promotion(1, "Welcome", get_settings().currency, benefit, Stage.ORDER)
    return [SampleCoupon("WELCOME", promotion, now() + timedelta(days=30))]


FACTS = {
    "given": sample_coupons,
    "wallet_url": lambda: f"{current_app.config['SHOP'].public_url}/account/coupons",
}
TOPICS = {"promotions/mail/given": Topic.COUPONS, "promotions/mail/welcome": Topic.COUPONS}
