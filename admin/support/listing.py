"""The list of tickets, and what may be done to many of them."""

from __future__ import annotations

from datetime import datetime

from admin.support import queries, tables
from admin.tables import Action, Empty, Listing
from storefront.accounts.permissions import Permission
from storefront.kernel.errors import N_
from storefront.support import services
from storefront.support.queries import get_ticket
from storefront.support.states import LOOKS, STATES, TOPICS


def _close(number: str, _value: str, by: str, at: datetime) -> str:
    services.close(ticket_id=get_ticket(number).id, by=by, at=at)
    return ""


def _reopen(number: str, _value: str, by: str, at: datetime) -> str:
    services.reopen(ticket_id=get_ticket(number).id, by=by, at=at)
    return ""


TICKETS = Listing(
    name="tickets",
    title=N_("Tickets"),
    caption=N_("Tickets"),
    permission=Permission.TICKETS_VIEW,
    table=lambda: tables.TICKETS,
    source=queries.tickets_of,
    cells="admin/support/_cells.html",
    empty=Empty(
        icon="message-circle",
        title=N_("Nobody has written yet"),
        text=N_("What customers write by “Write to us” is listed here."),
        nothing_matches=N_("No tickets match"),
        show_all=N_("Show all tickets"),
    ),
    key=lambda row: row.number,
    known_as=lambda row: row.number,
    context=lambda _rows: {"states": STATES, "topics": TOPICS, "looks": LOOKS},
    actions=(
        Action(
            key="close",
            label=N_("Close tickets"),
            says=N_(
                "They no longer wait for anybody. Customers are not written to; whoever writes again opens theirs."
            ),
            permission=Permission.TICKETS_EDIT,
            do=_close,
            undo="reopen",
        ),
        Action(
            key="reopen",
            label=N_("Open tickets again"),
            says=N_("They wait for us again."),
            permission=Permission.TICKETS_EDIT,
            do=_reopen,
            undo="close",
        ),
    ),
)
