"""What customers are written about their coupons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from flask import current_app

from storefront.accounts import queries as people
from storefront.mail import services as mail
from storefront.mail.services import Letter
from storefront.mail.states import Topic
from storefront.promotions.rules import Promotion


class Given(Protocol):
    """A coupon that somebody has got."""

    @property
    def code(self) -> str: ...

    @property
    def promotion(self) -> Promotion: ...

    @property
    def ends_at(self) -> datetime | None: ...


def tell_given(template: str, *, customer_id: int, given: Sequence[Given], at: datetime) -> None:
    """Write to a customer which coupons are in their account now."""
    customer = people.get_customer(customer_id)
    facts = {"given": given, "wallet_url": f"{current_app.config['SHOP'].public_url}/account/coupons"}
    who = (customer.email, customer.locale)
    mail.put_in(letter=Letter(template, *who, given[0].code, facts, topic=Topic.COUPONS), at=at)
