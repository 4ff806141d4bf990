"""What the list of promotions shows."""

from __future__ import annotations

from admin.promotions.choices import category_options
from admin.promotions.patterns import PATTERNS
from admin.promotions.standing import STANDINGS
from admin.tables import Choice, Column, Table, Words
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.shop.queries import get_settings

URL = "/admin/promotions"
CODE = (("yes", N_("With a code")), ("no", N_("Without a code")))


def promotions_table() -> Table:
    """Return the list of promotions."""
    currency = get_settings().currency
    return Table(
        url=URL,
        columns=(
            Column(
                N_("Promotion"),
                key="name",
                sort="name",
                value=lambda each: each.name,
                look="grow promotion-cell",
                is_fixed=True,
            ),
            Column(N_("State"), key="state", value=lambda each: Words(STANDINGS[each.standing])),
            Column(N_("Time"), key="time", sort="starts", value=lambda each: each.row.starts_at, look="small nowrap"),
            Column(N_("Ends"), key="ends", value=lambda each: each.row.ends_at, look="small nowrap"),
            Column(N_("Uses"), key="used", sort="used", is_number=True, value=lambda each: each.row.used_count),
            Column(
                N_("Discount given"),
                key="spent",
                sort="spent",
                is_number=True,
                value=lambda each: Money(each.row.spent_minor, currency),
            ),
        ),
        default_sort="-changed",
        filters=(
            Choice("state", N_("State"), tuple(STANDINGS.items())),
            Choice("kind", N_("Kind"), tuple((key, pattern.name) for key, pattern in PATTERNS.items())),
            Choice("code", N_("Codes"), CODE),
            Choice("category", N_("Category"), category_options(), is_data=True),
        ),
        search_label=N_("Search by name or code"),
    )
