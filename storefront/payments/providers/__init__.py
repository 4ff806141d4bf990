"""Who takes the money: one file per provider.

A new provider is one file here with a class that fits `Provider` (most begin with `Online`, which knows what they have
in common), one entry in `registry.KNOWN`, and its prefix in `config.PAYMENT_PREFIXES`, so that its keys come from the
environment (`self.key("ACME_SECRET_KEY")`). It is offered where `is_offered` says that its keys are there. Its library
is imported when it is first used (`import_module`), so that a shop without it does not carry it.

    start                 the shopper is sent to `Start.url`, scans `Start.qr`, or reads a page of ours; called once
                          the order is committed, and again with the same reference when the first try failed
    handle_notification   POST /payments/webhooks/<code>: stored raw before it is read here; verify first
    query, query_refund   asked by the return page and by the clock; None says "not known yet"
    refund                asked by a job, again and again until there is an end; `RefundRequest.key` makes it one
    capture, withdraw     take what was authorised; let go of what nobody is to pay any more

An Outcome names the payment by our reference and the fact by a key of its own; `services.book_outcome` does the rest.
"""

from storefront.payments.providers.bank import BankTransfer
from storefront.payments.providers.cash import CashOnDelivery
from storefront.payments.providers.protocol import (
    ByHand,
    Device,
    Notification,
    Online,
    Outcome,
    Provider,
    RefundRequest,
    Request,
    Start,
)
from storefront.payments.providers.registry import KNOWN, find_provider, get_provider, list_providers
from storefront.payments.providers.sandbox import Sandbox

__all__ = [
    "KNOWN",
    "BankTransfer",
    "ByHand",
    "CashOnDelivery",
    "Device",
    "Notification",
    "Online",
    "Outcome",
    "Provider",
    "RefundRequest",
    "Request",
    "Sandbox",
    "Start",
    "find_provider",
    "get_provider",
    "list_providers",
]
