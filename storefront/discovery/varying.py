"""The order of search results as experiments vary it: how much being bought often lifts what matches the words."""

from __future__ import annotations

from dataclasses import replace

from search import Steering
from search.documents import MOST_POPULARITY
from search.ranking import POPULARITY_GAIN
from storefront.catalog.listing import Found
from storefront.catalog.wanted import Wanted
from storefront.experiments import here
from storefront.experiments.surfaces import Field, Kind, Surface
from storefront.kernel.errors import N_

NAME = "search:ranking"
POPULARITY = "popularity"
SURFACE = Surface(
    name=NAME,
    label=N_("Order of search results"),
    fields=(
        Field(
            key=POPULARITY,
            label=N_("How much popularity lifts a result"),
            kind=Kind.NUMBER,
            hint=N_("0 to 1; everybody sees 0.12: the most popular product gains 12 %% over one that nobody buys."),
            most=MOST_POPULARITY,
            usual=lambda _surface: POPULARITY_GAIN,
        ),
    ),
)


def varied(steering: Steering, wanted: Wanted) -> Steering:
    """Return the steering of a search as this visitor gets it; lists in another order, and without words, vary not."""
    found = here.variation(NAME) if _may_vary(wanted) else None
    gain = found.params.get(POPULARITY) if found else None
    return steering if gain is None else replace(steering, popularity=float(gain))


def expose(wanted: Wanted, found: Found) -> None:
    """Note that results were shown in an order that may vary; what was found without an index has none."""
    if _may_vary(wanted) and found.ids and found.generation:
        here.expose(NAME)


def _may_vary(wanted: Wanted) -> bool:
    return bool(wanted.text) and not wanted.sort
