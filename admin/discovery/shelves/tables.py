"""What the lists of shelf rules and trainings show, and the words for what is stored."""

from __future__ import annotations

from admin.discovery.shelves.words import does_words
from admin.discovery.standing import standing_of
from admin.discovery.tables import STANDINGS
from admin.tables import Choice, Column, Table, Words
from storefront.discovery.trainings import Status
from storefront.kernel.clock import now
from storefront.kernel.errors import N_

SHELVES: dict[str, str] = {
    "": N_("Every shelf"),
    "home": N_("Picked for you"),
    "buy-again": N_("Buy again"),
    "discover": N_("New for you"),
    "similar": N_("Similar products"),
    "bought-together": N_("Often bought together"),
    "cart": N_("Goes well with your cart"),
    "after-purchase": N_("Goes well with your order"),
    "category": N_("Picked for you in a category"),
    "recently-viewed": N_("Recently viewed"),
    "empty-search": N_("When a search finds nothing"),
}
TRIED = tuple(key for key in SHELVES if key not in {"", "recently-viewed", "after-purchase"})
"""Shelves on which a rule can be tried: what they are about can be named."""
OF_PRODUCT = ("similar", "bought-together")
STATUSES: dict[str, str] = {
    Status.WAITING: N_("Waiting"),
    Status.RUNNING: N_("Under way"),
    Status.PUBLISHED: N_("Published"),
    Status.REFUSED: N_("Refused"),
    Status.FAILED: N_("Failed"),
}
STATUS_LOOKS = {Status.PUBLISHED: "positive", Status.REFUSED: "warning", Status.FAILED: "promo"}
SURFACE_NAMES: dict[str, str] = {
    **SHELVES,
    "buy_again": N_("Buy again"),
    "together": N_("Often bought together"),
    "new": N_("New visitors"),
    "popular": N_("Best sellers"),
}
RULES = Table(
    url="/admin/recommendations/rules",
    columns=(
        Column(N_("Rule"), key="name", sort="name", value=lambda row: row.name, look="wraps", is_fixed=True),
        Column(
            N_("Shelf"),
            key="shelf",
            sort="shelf",
            value=lambda row: Words(SHELVES.get(row.shelf, row.shelf)),
            look="wraps",
        ),
        Column(N_("What it does"), key="does", value=lambda row: " · ".join(does_words(row)), look="wraps"),
        Column(N_("Priority"), key="priority", sort="priority", is_number=True, value=lambda row: row.priority),
        Column(N_("Changed"), key="changed", sort="changed", value=lambda row: row.updated_at, look="nowrap"),
        Column(N_("State"), key="state", value=lambda row: Words(STANDINGS[standing_of(row, now())])),
    ),
    default_sort="-priority",
    filters=(
        Choice("shelf", N_("Shelf"), tuple((key or "every", words) for key, words in SHELVES.items())),
        Choice("standing", N_("State"), tuple(STANDINGS.items())),
    ),
    search_label=N_("Search by name"),
)
