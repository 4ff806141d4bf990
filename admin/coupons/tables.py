"""What the list of coupons shows, and the words for how they come to people."""

from __future__ import annotations

from admin.tables import Choice, Column, Table, Words
from storefront.kernel.errors import N_
from storefront.promotions.states import CouponWay
from storefront.web.locale import localized

WAYS: dict[str, str] = {
    CouponWay.CLAIM: N_("Claimed in the shop"),
    CouponWay.SIGN_UP: N_("Given to new customers"),
    CouponWay.BATCH: N_("Codes to print or send"),
}
ACTIVE = {"yes": N_("Active"), "no": N_("Switched off")}
COUPONS = Table(
    url="/admin/coupons",
    columns=(
        Column(
            N_("Coupon"),
            key="name",
            sort="name",
            value=lambda row: localized(row.name, row.translations),
            is_fixed=True,
        ),
        Column(N_("Way"), key="way", value=lambda row: Words(WAYS[row.way])),
        Column(N_("Given out"), key="given", sort="given", is_number=True, value=lambda row: row.given),
        Column(N_("Used"), key="used", is_number=True, value=lambda row: row.used),
        Column(N_("Claims end"), key="ends", sort="ends", value=lambda row: row.claim_ends_at),
        Column(N_("Changed"), key="changed", sort="changed", value=lambda row: row.updated_at),
        Column(N_("State"), key="state", value=lambda row: Words(ACTIVE["yes" if row.is_active else "no"])),
    ),
    default_sort="-changed",
    filters=(
        Choice("way", N_("Way"), tuple(WAYS.items())),
        Choice("active", N_("State"), tuple(ACTIVE.items())),
    ),
    search_label=N_("Search by name"),
)
