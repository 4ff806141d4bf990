"""What the lists of payments and of providers' messages show, and the words for their states."""

from __future__ import annotations

from flask_babel import gettext as _

from admin.tables import Choice, Column, Days, Table
from storefront.kernel.errors import N_
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
        Column(N_("Begun"), sort="begun"),
        Column(N_("Order")),
        Column(N_("Provider")),
        Column(N_("State")),
        Column(N_("Requested"), sort="amount", is_number=True),
        Column(N_("Money received"), is_number=True),
        Column(N_("Refunded"), is_number=True),
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
        Column(N_("Arrived at")),
        Column(N_("Provider")),
        Column(N_("State")),
        Column(N_("Order")),
        Column(N_("What it said")),
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
