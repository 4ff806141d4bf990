"""What the list of returns shows."""

from __future__ import annotations

from admin.tables import Choice, Column, Days, Table, Words
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.returns.states import OPEN
from storefront.returns.words import KINDS, STATES

WAITING = "waiting"
STATE_CHOICES = ((WAITING, N_("Waiting for us")), *STATES.items())
WAITS_FOR_US = tuple(state for state in OPEN if state != "approved")

RETURNS = Table(
    url="/admin/returns",
    columns=(
        Column(N_("Return"), key="number", value=lambda row: row.number, look="nowrap", is_fixed=True),
        Column(N_("Asked on"), key="asked", sort="asked", value=lambda row: row.requested_at, look="nowrap"),
        Column(N_("Kind"), key="kind", value=lambda row: Words(KINDS.get(row.kind, row.kind))),
        Column(N_("Customer"), key="customer", value=lambda row: row.email, look="grow clip"),
        Column(N_("State"), key="state", value=lambda row: Words(STATES.get(row.state, row.state))),
        Column(N_("Pieces"), key="units", is_number=True, value=lambda row: row.units),
        Column(
            N_("Amount"),
            key="amount",
            sort="amount",
            is_number=True,
            value=lambda row: Money(row.actual_minor or row.suggested_minor, row.currency),
        ),
    ),
    default_sort="-asked",
    filters=(
        Choice("state", N_("State"), STATE_CHOICES),
        Choice("kind", N_("Kind"), tuple(KINDS.items())),
        Days("asked", N_("Requested on")),
    ),
    search_label=N_("Search by number or e-mail"),
)
