"""What the lists of payments and of providers' messages show, and the words for their states."""

from __future__ import annotations

from flask_babel import gettext as _

from admin.tables import Choice, Column, Days, Table, Words
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.payments.providers import KNOWN
from storefront.payments.states import MessageState, PaymentState, RefundState

STATES: dict[str, str] = {
    PaymentState.PENDING: N_("Under way"),
    PaymentState.AUTHORIZED: N_("Authorised"),
    PaymentState.CAPTURED: N_("Paid"),
    PaymentState.FAILED: N_("Declined"),
    PaymentState.VOIDED: N_("Ended unpaid"),
}
REFUNDS: dict[str, str] = {
    RefundState.ASKED: N_("Waiting"),
    RefundState.PENDING: N_("Under way"),
    RefundState.SUCCEEDED: N_("Paid back"),
    RefundState.FAILED: N_("Refused"),
    RefundState.STUCK: N_("Needs a person"),
}
MESSAGES: dict[str, str] = {
    MessageState.RECEIVED: N_("To be read"),
    MessageState.BOOKED: N_("In the books"),
    MessageState.REFUSED: N_("Not genuine"),
    MessageState.UNMATCHED: N_("Does not fit"),
    MessageState.STUCK: N_("Needs a person"),
    MessageState.SETTLED: N_("Looked at"),
}
PROVIDERS: dict[str, str] = {code: kind.name for code, kind in KNOWN.items()}
LOOKS: dict[str, str] = {
    PaymentState.CAPTURED: "positive",
    PaymentState.AUTHORIZED: "new",
    PaymentState.FAILED: "soft",
    PaymentState.VOIDED: "soft",
    RefundState.SUCCEEDED: "positive",
    RefundState.STUCK: "warning",
    RefundState.ASKED: "new",
    MessageState.BOOKED: "positive",
    MessageState.UNMATCHED: "warning",
    MessageState.REFUSED: "soft",
    MessageState.SETTLED: "soft",
}
DISAGREES = "yes"

PAYMENTS = Table(
    url="/admin/payments",
    columns=(
        Column(N_("Begun"), key="begun", sort="begun", value=lambda row: row.Payment.created_at, look="nowrap"),
        Column(N_("Order"), key="order", value=lambda row: row.number, look="nowrap", is_fixed=True),
        Column(
            N_("Provider"),
            key="provider",
            value=lambda row: Words(PROVIDERS.get(row.Payment.provider, row.Payment.provider)),
        ),
        Column(N_("State"), key="state", value=lambda row: Words(STATES.get(row.Payment.state, row.Payment.state))),
        Column(N_("Reference"), key="reference", value=lambda row: row.Payment.reference, is_only_in_files=True),
        Column(N_("Currency"), key="currency", value=lambda row: row.Payment.currency, is_only_in_files=True),
        Column(
            N_("Amount asked for"),
            key="amount",
            sort="amount",
            is_number=True,
            value=lambda row: Money(row.Payment.amount_minor, row.Payment.currency),
        ),
        Column(
            N_("Money received"),
            key="captured",
            is_number=True,
            value=lambda row: Money(row.Payment.captured_minor, row.Payment.currency),
        ),
        Column(
            N_("Refunded"),
            key="refunded",
            is_number=True,
            value=lambda row: Money(row.Payment.refunded_minor, row.Payment.currency),
        ),
    ),
    default_sort="-begun",
    filters=(
        Choice("provider", N_("Provider"), tuple(PROVIDERS.items())),
        Choice("state", N_("State"), tuple(STATES.items())),
        Choice("issue", N_("Books"), ((DISAGREES, N_("Do not agree")),)),
        Days("begun", N_("Begun")),
    ),
    search_label=N_("Search by order number or a provider's reference"),
)
INBOX = Table(
    url="/admin/payments/messages",
    columns=(
        Column(N_("Arrived at"), key="arrived", value=lambda row: row.received_at, look="nowrap", is_fixed=True),
        Column(N_("Provider"), key="provider", value=lambda row: Words(PROVIDERS.get(row.provider, row.provider))),
        Column(N_("State"), key="state", value=lambda row: Words(MESSAGES.get(row.state, row.state))),
        Column(N_("Order"), key="order", value=lambda row: row.about, look="nowrap"),
        Column(N_("What it said"), key="told", value=lambda row: Words(row.error or row.told), look="grow clip"),
    ),
    default_sort="",
    filters=(
        Choice("provider", N_("Provider"), tuple(PROVIDERS.items())),
        Choice("state", N_("State"), tuple(MESSAGES.items())),
        Days("received", N_("Arrived at")),
    ),
    search_label=N_("Search by order number"),
)


def told(text: str) -> str:
    """Return what is stored about a trouble in the reader's language; what a provider said stays as it is."""
    return str(_(text)) if text else ""
