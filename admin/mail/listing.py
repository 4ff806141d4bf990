"""The list of letters that were written to somebody."""

from __future__ import annotations

from sqlalchemy import select

from admin.tables import Choice, Column, Days, Empty, Listing, ListState, Source, Table, Words, within
from admin.warehouses.queries import orders_among
from storefront.accounts.permissions import Permission
from storefront.kernel.errors import N_
from storefront.mail.models import OutboxMail

STATES: dict[str, tuple[str, str]] = {
    "queued": (N_("Waits to be sent"), "new"),
    "sent": (N_("Has left"), "positive"),
    "failed": (N_("Never left"), "promo"),
    "unwanted": (N_("Not wanted"), ""),
}
TABLE = Table(
    url="/admin/letters/sent",
    columns=(
        Column(N_("Written"), key="written", value=lambda row: row.created_at, look="nowrap", is_fixed=True),
        Column(N_("State"), key="state", value=lambda row: Words(STATES.get(row.status, (row.status, ""))[0])),
        Column(N_("Subject"), key="subject", value=lambda row: row.subject, look="grow"),
        Column(N_("Written to"), key="recipient", value=lambda row: row.recipient),
        Column(N_("About"), key="reference", value=lambda row: row.reference, look="nowrap"),
        Column(N_("Letter"), key="template", value=lambda row: row.template),
        Column(N_("Sent on"), key="sent", value=lambda row: row.sent_at, look="nowrap"),
        Column(N_("Reason"), key="error", value=lambda row: row.error[:200], look="wraps"),
    ),
    default_sort="",
    filters=(
        Choice("state", N_("State"), tuple((key, words) for key, (words, _look) in STATES.items())),
        Days("written", N_("Written")),
    ),
    search_label=N_("E-mail, or number of an order"),
)


def letters_of(state: ListState) -> Source:
    """Return the letters that `state` asks for, without what they say."""
    rows = select(
        OutboxMail.id,
        OutboxMail.template,
        OutboxMail.recipient,
        OutboxMail.subject,
        OutboxMail.reference,
        OutboxMail.status,
        OutboxMail.error,
        OutboxMail.created_at,
        OutboxMail.sent_at,
    ).where(*within(state, "written", OutboxMail.created_at))
    if status := state.value("state"):
        rows = rows.where(OutboxMail.status == status)
    if state.search:
        typed = state.search.strip()
        to = OutboxMail.recipient.in_({typed, typed.lower()})
        rows = rows.where(to | (OutboxMail.reference == typed.upper()[:64]))
    return Source(rows, OutboxMail.id)


SENT = Listing(
    name="letters",
    title=N_("Letters sent"),
    caption=N_("Letters that the shop wrote, the newest first"),
    permission=Permission.ORDERS_VIEW,
    table=lambda: TABLE,
    source=letters_of,
    cells="admin/mail/_cells.html",
    empty=Empty(
        icon="mail",
        title=N_("No letter was written yet"),
        text=N_("The first one will be listed here."),
        nothing_matches=N_("No letters match"),
        show_all=N_("Show all letters"),
    ),
    known_as=lambda row: row.subject,
    page="admin/mail/sent.html",
    context=lambda rows: {"states": STATES, "orders": orders_among([row.reference for row in rows])},
)
