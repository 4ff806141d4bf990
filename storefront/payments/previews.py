"""Sample amounts for letters about money."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app

from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.orders.previews import NUMBER
from storefront.shop.queries import get_settings

FACTS = {
    "amount": lambda: Money(2500, get_settings().currency),
    "came": lambda: Money(5000, get_settings().currency),
    "due": lambda: Money(2650, get_settings().currency),
    "stuck": lambda: False,
    "admin_url": lambda: f"{current_app.config['SHOP'].public_url}/admin/orders/{NUMBER}",
}
SPECIAL = {
    "payments/mail/refund_failed": {"reason": lambda: "account closed"},
    "payments/mail/disputed": {
        "needs_answer": lambda: True,
        "due_at": lambda: now() + timedelta(days=7),
        "dispute_url": lambda: "https://dashboard.stripe.com/disputes/du_1",
    },
}
