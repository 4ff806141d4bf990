"""What the list of promotions shows."""

from __future__ import annotations

from admin.promotions.choices import category_options
from admin.promotions.patterns import PATTERNS
from admin.promotions.standing import STANDINGS
from admin.tables import Choice, Column, Table
from storefront.kernel.errors import N_

URL = "/admin/promotions"
CODE = (("yes", N_("With a code")), ("no", N_("Without a code")))


def promotions_table() -> Table:
    """Return the list of promotions."""
    return Table(
        url=URL,
        columns=(
            Column(N_("Promotion"), sort="name"),
            Column(N_("State")),
            Column(N_("Time"), sort="starts"),
            Column(N_("Uses"), sort="used", is_number=True),
            Column(N_("Discount given"), sort="spent", is_number=True),
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
