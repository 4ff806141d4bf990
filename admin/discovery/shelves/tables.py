"""What the lists of shelf rules and trainings show, and the words for what is stored."""

from __future__ import annotations

from admin.discovery.tables import STANDINGS
from admin.tables import Choice, Column, Table
from storefront.discovery.trainings import Status
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
        Column(N_("Rule"), sort="name"),
        Column(N_("Shelf"), sort="shelf"),
        Column(N_("What it does")),
        Column(N_("Priority"), sort="priority", is_number=True),
        Column(N_("Changed"), sort="changed"),
        Column(N_("State")),
    ),
    default_sort="-priority",
    filters=(
        Choice("shelf", N_("Shelf"), tuple((key or "every", words) for key, words in SHELVES.items())),
        Choice("standing", N_("State"), tuple(STANDINGS.items())),
    ),
    search_label=N_("Search by name"),
)
