"""The lists of payments, of disputes and of providers' messages."""

from __future__ import annotations

from admin.orders.tables import LOOKS as RESULT_LOOKS
from admin.orders.tables import RESULTS, STEPS
from admin.payments import disputes, queries, tables
from admin.tables import Empty, Listing
from storefront.accounts.permissions import Permission
from storefront.kernel.errors import N_

WORDS = {
    **{"steps": STEPS, "results": RESULTS, "actors": tables.PROVIDERS, "providers": tables.PROVIDERS},
    **{"states": tables.STATES, "refunds": tables.REFUNDS, "messages": tables.MESSAGES},
    "disputes": disputes.STATES,
    "looks": {**tables.LOOKS, **RESULT_LOOKS, **disputes.LOOKS},
    "told": tables.told,
}
PAYMENTS = Listing(
    name="payments",
    title=N_("Payments"),
    caption=N_("Payments"),
    permission=Permission.PAYMENTS_VIEW,
    table=lambda: tables.PAYMENTS,
    source=queries.payments_of,
    cells="admin/payments/_payment_cells.html",
    empty=Empty(
        icon="credit-card",
        title=N_("No payments yet"),
        text=N_("The first one will be listed here."),
        nothing_matches=N_("No payments match"),
        show_all=N_("Show all payments"),
    ),
    key=lambda row: str(row.Payment.id),
    known_as=lambda row: row.number,
    page="admin/payments/payments.html",
    context=lambda _rows: {"words": WORDS},
)
MESSAGES = Listing(
    name="messages",
    title=N_("Provider messages"),
    caption=N_("Provider messages, the newest first"),
    permission=Permission.PAYMENTS_VIEW,
    table=lambda: tables.INBOX,
    source=queries.messages_of,
    cells="admin/payments/_message_cells.html",
    empty=Empty(
        icon="credit-card",
        title=N_("No messages yet"),
        text=N_("What providers send to the shop is kept here as it arrived."),
        nothing_matches=N_("No messages match"),
        show_all=N_("Show all messages"),
    ),
    known_as=lambda row: f"{row.provider} {row.id}",
    page="admin/payments/messages.html",
    context=lambda _rows: {"words": WORDS},
)
DISPUTES = Listing(
    name="disputes",
    title=N_("Disputes"),
    caption=N_("Disputes, the nearest deadline first"),
    permission=Permission.PAYMENTS_VIEW,
    table=lambda: disputes.DISPUTES,
    source=disputes.contested,
    cells="admin/payments/_dispute_cells.html",
    empty=Empty(
        icon="circle-check",
        title=N_("No disputes"),
        text=N_("When a payer contests a payment, it is listed here with the day until which you can answer."),
        nothing_matches=N_("No disputes match"),
        show_all=N_("Show all disputes"),
    ),
    known_as=lambda row: row.number,
    page="admin/payments/disputes.html",
    context=lambda _rows: {"words": WORDS},
)
