"""Facts about payments."""

from __future__ import annotations

from dataclasses import dataclass

from storefront.kernel.events import Fact
from storefront.kernel.money import Money


@dataclass(frozen=True, slots=True)
class PaymentFailed(Fact):
    """A provider declined an attempt to pay; the order goes on waiting."""

    order_id: int
    number: str
    reference: str


@dataclass(frozen=True, slots=True)
class PaymentShort(Fact):
    """Less came in than was asked for, and the order waits for the rest."""

    order_id: int
    number: str
    paid: Money


@dataclass(frozen=True, slots=True)
class AttemptEnded(Fact):
    """Nobody is to pay an attempt any more; its provider is to be told."""

    reference: str


@dataclass(frozen=True, slots=True)
class RefundAsked(Fact):
    """Money is set aside to go back, and the provider is to be asked."""

    refund_id: int


@dataclass(frozen=True, slots=True)
class RefundSucceeded(Fact):
    """Money went back; `reference` is the name under which it was asked for."""

    order_id: int
    number: str
    reference: str
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundFailed(Fact):
    """A provider refused to send money back, or nobody knows after many tries; it is still set aside if `stuck`."""

    order_id: int
    number: str
    reference: str
    amount: Money
    reason: str
    stuck: bool = False


@dataclass(frozen=True, slots=True)
class DisputeOpened(Fact):
    """A payer contests what they paid, or a bank has taken it back already."""

    order_id: int
    number: str
    dispute_id: int


@dataclass(frozen=True, slots=True)
class MessageStored(Fact):
    """A provider's message waits to be read."""

    message_id: int
