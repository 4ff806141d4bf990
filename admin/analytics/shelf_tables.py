"""The lists of the report of shelves: which columns each has, and how one leads to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from admin.analytics.periods import CHOICES
from admin.analytics.shelf_words import SHELVES
from admin.analytics.tables import Link
from admin.tables import Choice, Column, Days, ListState, Table, read_state
from storefront.analytics.shelf_reports import ShelfListing
from storefront.kernel.errors import N_

URL = "/admin/recommendations/report"
LISTINGS: Mapping[ShelfListing, str] = {
    ShelfListing.SHELVES: N_("Shelves"),
    ShelfListing.VERSIONS: N_("Models"),
    ShelfListing.SOURCES: N_("Sources"),
    ShelfListing.VARIATIONS: N_("Experiments"),
}
MEANINGS: Mapping[ShelfListing, str] = {
    ShelfListing.SHELVES: N_("What became of each shelf. The range beside a click rate counts each visitor once."),
    ShelfListing.VERSIONS: N_(
        "The same by the model that chose the goods. Days differ, so compare models in an experiment."
    ),
    ShelfListing.SOURCES: N_("By why goods were on a shelf. Here single goods are counted, not shelves."),
    ShelfListing.VARIATIONS: N_(
        "By variation, of visitors who were in an experiment. What follows from it stands on the experiment's page."
    ),
}
_SHELF = Column(N_("Shelf"))
_OF_SHELVES = (
    Column(N_("Shown"), sort="requests", is_number=True),
    Column(N_("Nothing to show"), sort="empty", is_number=True),
    Column(N_("Seen"), sort="viewed", is_number=True),
)
_OF_GOODS = (
    Column(N_("Goods shown"), sort="shown", is_number=True),
    Column(N_("Goods seen"), sort="viewed", is_number=True),
)
_AFTERWARDS = (
    Column(N_("Clicks"), sort="clicks", is_number=True),
    Column(N_("Click rate"), sort="rate", is_number=True),
    Column(N_("Mean click rank"), sort="rank", is_number=True),
    Column(N_("Added to cart"), sort="adds", is_number=True),
    Column(N_("Bought"), sort="purchases", is_number=True),
    Column(N_("Revenue"), sort="revenue", is_number=True),
    Column(N_("Share of revenue"), is_number=True),
)
_COLUMNS: Mapping[ShelfListing, tuple[Column, ...]] = {
    ShelfListing.SHELVES: (_SHELF, *_OF_SHELVES, *_AFTERWARDS),
    ShelfListing.VERSIONS: (_SHELF, Column(N_("Model")), *_OF_SHELVES, *_AFTERWARDS),
    ShelfListing.SOURCES: (_SHELF, Column(N_("Source")), *_OF_GOODS, *_AFTERWARDS),
    ShelfListing.VARIATIONS: (_SHELF, Column(N_("Variation")), *_OF_SHELVES, *_AFTERWARDS),
}


def read_shelf_state(args: Mapping[str, str]) -> ListState:
    """Read which list, which days, which shelf and which order are asked for."""
    wanted = args.get("list", "")
    return read_state(table_of(ShelfListing(wanted) if wanted in set(ShelfListing) else ShelfListing.SHELVES), args)


def listing_of(state: ListState) -> ShelfListing:
    """Return the list that is asked for."""
    return ShelfListing(state.value("list") or ShelfListing.SHELVES)


def table_of(listing: ShelfListing) -> Table:
    """Return what a list shows."""
    return Table(
        url=URL,
        columns=_COLUMNS[listing],
        default_sort="-viewed",
        filters=(
            Choice("list", N_("List"), tuple((one.value, words) for one, words in LISTINGS.items())),
            Choice("shelf", N_("Shelf"), tuple(SHELVES.items())),
            Choice("days", N_("Days"), tuple((str(days), str(days)) for days in CHOICES)),
            Days("at", N_("Day")),
        ),
    )


def tabs(state: ListState) -> list[Link]:
    """Return the lists, over the days and the shelf that are looked at."""
    here = listing_of(state)
    made = []
    for listing, words in LISTINGS.items():
        values = {**state.values, "list": listing.value}
        table = table_of(listing)
        other = replace(state, table=table, values=values, sort=table.default_sort, page=1)
        made.append(Link(words, other.url(), listing is here))
    return made


def shelf_links(state: ListState, shelves: Sequence[str]) -> list[tuple[str, str, bool]]:
    """Return (shelf, address, whether it is shown) for all shelves ("") and each that was answered and has a name."""
    here = state.value("shelf")
    links = [("", state.without("shelf"), not here)]
    for shelf in dict.fromkeys((*shelves, *((here,) if here else ()))):
        if shelf in SHELVES:
            links.append((shelf, replace(state, values={**state.values, "shelf": shelf}).url(), shelf == here))
    return links
