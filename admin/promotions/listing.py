"""The list of promotions, and what may be done to many of them."""

from __future__ import annotations

from datetime import datetime

from admin.promotions import queries
from admin.promotions.patterns import PATTERNS
from admin.promotions.standing import LOOKS, STANDINGS
from admin.promotions.tables import promotions_table
from admin.tables import Action, Empty, Listing
from storefront.accounts.permissions import Permission
from storefront.kernel.clock import now
from storefront.kernel.errors import N_
from storefront.promotions import editing
from storefront.promotions.errors import SwitchedAlready


def _pause(key: str, _value: str, by: str, at: datetime) -> str:
    number = int(key)
    if not queries.get_promotion(number).is_active:
        raise SwitchedAlready
    editing.pause_promotion(promotion_id=number, version=editing.version_of(number), by=by, at=at)
    return ""


PROMOTIONS = Listing(
    name="promotions",
    title=N_("Promotions"),
    caption=N_("Promotions"),
    permission=Permission.PROMOTIONS_VIEW,
    table=promotions_table,
    source=lambda state: queries.promotions_of(state, now()),
    cells="admin/promotions/_cells.html",
    empty=Empty(
        icon="ticket-percent",
        title=N_("No promotions yet"),
        text=N_("Make the first one: it stays a draft until you start it."),
        nothing_matches=N_("No promotions match"),
        show_all=N_("Show all promotions"),
        url="/admin/promotions/new",
        link=N_("New promotion"),
    ),
    key=lambda each: str(each.row.id),
    page="admin/promotions/promotions.html",
    context=lambda _rows: {"standings": STANDINGS, "looks": LOOKS, "patterns": PATTERNS},
    actions=(
        Action(
            key="pause",
            label=N_("Pause promotions"),
            says=N_("No cart gets them until each is checked and started again on its page."),
            permission=Permission.PROMOTIONS_EDIT,
            do=_pause,
        ),
    ),
)
