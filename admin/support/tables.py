"""What the list of tickets shows."""

from __future__ import annotations

from admin.tables import Choice, Column, Days, Table, Words
from storefront.kernel.errors import N_
from storefront.support.states import STATES, TOPICS

MINE, NOBODY = "mine", "nobody"
WHO = ((MINE, N_("Me")), (NOBODY, N_("Nobody yet")))

TICKETS = Table(
    url="/admin/tickets",
    columns=(
        Column(N_("Ticket"), key="number", value=lambda row: row.number, look="nowrap", is_fixed=True),
        Column(N_("Subject"), key="subject", value=lambda row: row.subject, look="grow clip"),
        Column(N_("About"), key="topic", value=lambda row: Words(TOPICS.get(row.topic, row.topic))),
        Column(N_("Customer"), key="customer", value=lambda row: row.email, look="clip"),
        Column(N_("State"), key="state", value=lambda row: Words(STATES.get(row.state, row.state))),
        Column(N_("Who sees to it"), key="assigned", value=lambda row: row.assigned_name or row.assigned_email or ""),
        Column(N_("Last written"), key="moved", sort="moved", value=lambda row: row.moved_at, look="nowrap"),
    ),
    default_sort="-moved",
    filters=(
        Choice("state", N_("State"), tuple(STATES.items())),
        Choice("topic", N_("About"), tuple(TOPICS.items())),
        Choice("who", N_("Who sees to it"), WHO),
        Days("opened", N_("Opened")),
    ),
    search_label=N_("Search by number, e-mail, order or subject"),
)
