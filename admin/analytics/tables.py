"""The lists of the search report: which columns each has, and how one leads to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from admin.analytics.periods import CHOICES, USUAL
from admin.tables import Choice, Column, Days, ListState, Table, read_state
from storefront.analytics.reports import ENOUGH_SEARCHES, FEW_CLICKS, Listing
from storefront.kernel.errors import N_

URL = "/admin/search/report"
LISTINGS: Mapping[Listing, str] = {
    Listing.TOP: N_("Top searches"),
    Listing.NOTHING: N_("Without results"),
    Listing.FILTERED: N_("Nothing under filters"),
    Listing.UNCLICKED: N_("Low click rate"),
    Listing.REWORDED: N_("Reworded"),
}
MEANINGS: Mapping[Listing, str] = {
    Listing.TOP: N_("What shoppers searched for most."),
    Listing.NOTHING: N_("What shoppers searched for and did not find. A synonym often helps."),
    Listing.FILTERED: N_(
        "What shoppers searched for with filters on that left nothing. Without them there may be goods."
    ),
    Listing.UNCLICKED: N_(
        "Searched at least %(searches)s times and found something, but fewer than %(share)s clicked."
    ),
    Listing.REWORDED: N_(
        "Words that were given up without a click for others within five minutes; the figures are those of the others."
    ),
}
FACTS = {"searches": ENOUGH_SEARCHES, "share": FEW_CLICKS}
_WORDS = Column(N_("Searched for"))
_SEARCHES = Column(N_("Searches"), sort="searches", is_number=True)
_RESULTS = Column(N_("Results"), sort="results", is_number=True)
_AFTERWARDS = (
    Column(N_("Clicks"), sort="clicks", is_number=True),
    Column(N_("Click rate"), sort="rate", is_number=True),
    Column(N_("Mean click rank"), sort="rank", is_number=True),
    Column(N_("Added to cart"), sort="adds", is_number=True),
    Column(N_("Revenue per search"), sort="revenue", is_number=True),
)
_COLUMNS: Mapping[Listing, tuple[Column, ...]] = {
    Listing.TOP: (_WORDS, _SEARCHES, _RESULTS, *_AFTERWARDS),
    Listing.NOTHING: (
        *(_WORDS, Column(N_("Without results"), sort="without", is_number=True), _SEARCHES, _RESULTS),
        *_AFTERWARDS,
    ),
    Listing.FILTERED: (
        *(_WORDS, Column(N_("Nothing under filters"), sort="filtered", is_number=True), _SEARCHES, _RESULTS),
        *_AFTERWARDS,
    ),
    Listing.UNCLICKED: (
        *(_WORDS, Column(N_("Without a click"), sort="missed", is_number=True), _SEARCHES, _RESULTS),
        *_AFTERWARDS,
    ),
    Listing.REWORDED: (_WORDS, Column(N_("Then searched for")), _SEARCHES, _RESULTS, *_AFTERWARDS),
}
_SORTS = {Listing.NOTHING: "-without", Listing.FILTERED: "-filtered", Listing.UNCLICKED: "-missed"}


@dataclass(frozen=True, slots=True)
class Link:
    """A choice of the page, and whether it is what is shown."""

    words: str
    url: str
    is_here: bool


def read_report_state(args: Mapping[str, str]) -> ListState:
    """Read which list, which days, which words and which order are asked for."""
    wanted = args.get("list", "")
    return read_state(table_of(Listing(wanted) if wanted in set(Listing) else Listing.TOP), args)


def listing_of(state: ListState) -> Listing:
    """Return the list that is asked for."""
    return Listing(state.value("list") or Listing.TOP)


def table_of(listing: Listing) -> Table:
    """Return what a list shows."""
    return Table(
        url=URL,
        columns=_COLUMNS[listing],
        default_sort=_SORTS.get(listing, "-searches"),
        filters=(
            Choice("list", N_("List"), tuple((one.value, words) for one, words in LISTINGS.items())),
            Choice("days", N_("Days"), tuple((str(days), str(days)) for days in CHOICES)),
            Days("at", N_("Day")),
        ),
        search_label=N_("Search the words"),
    )


def tabs(state: ListState) -> list[Link]:
    """Return the lists, over the days and the words that are looked at."""
    here = listing_of(state)
    made = []
    for listing, words in LISTINGS.items():
        table = table_of(listing)
        values = {**state.values, "list": listing.value}
        other = replace(state, table=table, values=values, sort=table.default_sort, page=1)
        made.append(Link(words, other.url(), listing is here))
    return made


def period_links(state: ListState) -> list[tuple[int, str, bool]]:
    """Return (days, address, whether it is shown) for the usual spans."""
    kept = {key: value for key, value in state.values.items() if key in ("list", "shelf")}
    has_own = "at_from" in state.values or "at_to" in state.values
    now = 0 if has_own else int(state.value("days") or USUAL)
    links = []
    for days in CHOICES:
        values = kept if days == USUAL else {**kept, "days": str(days)}
        links.append((days, replace(state, values=values, page=1).url(), days == now))
    return links


def csv_url(state: ListState) -> str:
    """Return the address of the whole list as a file."""
    url = state.table.url
    return replace(state, page=1).url().replace(url, f"{url}.csv", 1)
