"""What each kind of message says to who takes words; carriers in China take their own approved template instead."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from storefront.kernel.errors import N_
from storefront.shop.queries import get_settings
from storefront.sms.states import SmsKind
from storefront.web.locale import speaking

WORDS: Mapping[SmsKind, str] = {
    SmsKind.CODE: N_("%(code)s is your code for %(shop)s. It is good for %(minutes)s minutes. Tell it to nobody."),
    SmsKind.PAID: N_("%(shop)s: Your payment of %(amount)s for order %(number)s has arrived. We are packing it."),
    SmsKind.SENT: N_("%(shop)s: Order %(number)s is on its way. %(carrier)s, tracking number %(tracking)s."),
    SmsKind.DELIVERED: N_("%(shop)s: A parcel of order %(number)s has been delivered. Enjoy!"),
    SmsKind.CANCELLED: N_("%(shop)s: Order %(number)s was cancelled. Anything you have paid goes back to you."),
    SmsKind.REFUNDED: N_("%(shop)s: %(amount)s for order %(number)s is on its way back to you."),
    SmsKind.RETURN_APPROVED: N_("%(shop)s: Request %(number)s is approved. Your order’s page says how to send it."),
    SmsKind.RETURN_REJECTED: N_("%(shop)s: We cannot accept request %(number)s. Your order’s page says why."),
}
SAMPLES: Mapping[str, str] = {
    "code": "012345",
    "minutes": "5",
    "number": "7KQM-3XPD",
    "carrier": "SF Express",
    "tracking": "SF1234567890123",
}
SAMPLE_AMOUNT_MINOR = 7650


def text_of(kind: SmsKind, facts: Mapping[str, str], *, locale: str) -> str:
    """Return a message in words, in its reader's language."""
    with speaking(locale):
        return str(gettext(WORDS[kind])) % {**facts, "shop": get_settings().name}
