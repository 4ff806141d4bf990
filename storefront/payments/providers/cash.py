"""The courier takes the money."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from storefront.kernel.errors import N_
from storefront.payments.providers.protocol import ByHand, Outcome, Request, Start
from storefront.payments.states import TransactionKind, TransactionResult
from storefront.shop.rules import ShopSettings


class CashOnDelivery(ByHand):
    """The courier takes the money at the door; it counts as received when the order is delivered."""

    code: ClassVar[str] = "cod"
    name: ClassVar[str] = N_("Cash on delivery")
    description: ClassVar[str] = N_("Pay the courier when your order arrives.")
    pays_on_delivery: ClassVar[bool] = True
    at_once: ClassVar[Start | None] = Start()

    def is_offered(self, settings: ShopSettings) -> bool:
        return True

    def holds_for(self, settings: ShopSettings) -> timedelta | None:
        return None

    def start(self, request: Request) -> Start:
        return Start()

    def collected(self, request: Request) -> Outcome:
        """Return what it means that the order was delivered."""
        key = f"cod-{request.reference}-collected"
        return Outcome(
            reference=request.reference,
            kind=TransactionKind.CAPTURE,
            result=TransactionResult.SUCCESS,
            amount=request.amount,
            psp_reference=key,
            idempotency_key=key,
            facts={},
        )
