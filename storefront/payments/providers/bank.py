"""The shopper sends the money to the merchant's account."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from storefront.kernel.errors import N_
from storefront.payments.providers.protocol import ByHand, Request, Start
from storefront.shop.rules import ShopSettings


class BankTransfer(ByHand):
    """A page of ours says where to send it; somebody in the back office books what arrives."""

    code: ClassVar[str] = "bank"
    name: ClassVar[str] = N_("Bank transfer")
    description: ClassVar[str] = N_("We show you our account; your order is sent once the money has arrived.")
    at_once: ClassVar[Start | None] = Start(on_our_page=True)

    def is_offered(self, settings: ShopSettings) -> bool:
        return bool(settings.bank_account_holder and settings.bank_account_number)

    def holds_for(self, settings: ShopSettings) -> timedelta | None:
        return timedelta(days=settings.bank_transfer_days)

    def start(self, request: Request) -> Start:
        return Start(on_our_page=True)
