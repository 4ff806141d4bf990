"""What the list of returns shows."""

from __future__ import annotations

from admin.tables import Choice, Column, Days, Table
from storefront.kernel.errors import N_
from storefront.returns.states import OPEN
from storefront.returns.words import KINDS, STATES

WAITING = "waiting"
STATE_CHOICES = ((WAITING, N_("Waiting for us")), *STATES.items())
WAITS_FOR_US = tuple(state for state in OPEN if state != "approved")

RETURNS = Table(
    url="/admin/returns",
    columns=(
        Column(N_("Return")),
        Column(N_("Requested on"), sort="asked"),
        Column(N_("Kind")),
        Column(N_("Customer")),
        Column(N_("State")),
        Column(N_("Pieces"), is_number=True),
        Column(N_("Amount"), sort="amount", is_number=True),
    ),
    default_sort="-asked",
    filters=(
        Choice("state", N_("State"), STATE_CHOICES),
        Choice("kind", N_("Kind"), tuple(KINDS.items())),
        Days("asked", N_("Requested on")),
    ),
    search_label=N_("Search by number or e-mail"),
)
