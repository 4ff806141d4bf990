"""The list of coupons, and what may be done to many of them."""

from __future__ import annotations

from datetime import datetime

from admin.coupons import queries
from admin.coupons.tables import COUPONS as TABLE
from admin.coupons.tables import WAYS
from admin.tables import Action, Empty, Listing
from storefront.accounts.permissions import Permission
from storefront.kernel.errors import N_
from storefront.promotions import coupons
from storefront.web.locale import localized


def _switch_off(key: str, _value: str, by: str, at: datetime) -> str:
    coupons.switch_template(template_id=int(key), is_active=False, by=by, at=at)
    return ""


def _switch_on(key: str, _value: str, by: str, at: datetime) -> str:
    coupons.switch_template(template_id=int(key), is_active=True, by=by, at=at)
    return ""


COUPONS = Listing(
    name="coupons",
    title=N_("Coupons"),
    caption=N_("Coupons"),
    permission=Permission.PROMOTIONS_VIEW,
    table=lambda: TABLE,
    source=queries.templates_of,
    cells="admin/coupons/_cells.html",
    empty=Empty(
        icon="ticket-percent",
        title=N_("No coupons yet"),
        text=N_("First make a promotion that needs a code; then say here how its coupons come to people."),
        nothing_matches=N_("No coupons match"),
        show_all=N_("Show all coupons"),
    ),
    known_as=lambda row: localized(row.name, row.translations),
    page="admin/coupons/coupons.html",
    context=lambda _rows: {"ways": WAYS},
    actions=(
        Action(
            key="off",
            label=N_("Withdraw coupons"),
            says=N_("Nobody can claim or be given more of them. Coupons that people have stay good."),
            permission=Permission.PROMOTIONS_EDIT,
            do=_switch_off,
            undo="on",
        ),
        Action(
            key="on",
            label=N_("Offer coupons again"),
            says=N_("They can be claimed and given again."),
            permission=Permission.PROMOTIONS_EDIT,
            do=_switch_on,
            undo="off",
        ),
    ),
)
