"""What the list of coupons shows, and the words for how they come to people."""

from __future__ import annotations

from admin.tables import Choice, Column, Table
from storefront.kernel.errors import N_
from storefront.promotions.states import CouponWay

WAYS: dict[str, str] = {
    CouponWay.CLAIM: N_("Claimed in the shop"),
    CouponWay.SIGN_UP: N_("Given to new customers"),
    CouponWay.BATCH: N_("Codes to print or send"),
}
COUPONS = Table(
    url="/admin/coupons",
    columns=(
        Column(N_("Coupon"), sort="name"),
        Column(N_("Way")),
        Column(N_("Given out"), sort="given", is_number=True),
        Column(N_("Used"), is_number=True),
        Column(N_("Claims end"), sort="ends"),
        Column(N_("Changed"), sort="changed"),
        Column(N_("State")),
    ),
    default_sort="-changed",
    filters=(
        Choice("way", N_("Way"), tuple(WAYS.items())),
        Choice("active", N_("State"), (("yes", N_("Active")), ("no", N_("Switched off")))),
    ),
    search_label=N_("Search by name"),
)
