"""What the cart says of savings within reach, as experiments vary it: a banner for each, or fewer, or none."""

from __future__ import annotations

from storefront.experiments import here
from storefront.experiments.surfaces import Field, Kind, Surface
from storefront.kernel.errors import N_
from storefront.shop.queries import get_settings

NAME = "promotion:banner"
MOST = "most"
SURFACE = Surface(
    name=NAME,
    label=N_("Banners in the cart for savings within reach"),
    fields=(
        Field(
            key=MOST,
            label=N_("How many banners at most"),
            kind=Kind.WHOLE,
            hint=N_("0 to 5; 0 shows none."),
            most=5,
            usual=lambda _surface: get_settings().show_near_misses,
        ),
    ),
)


def most_banners() -> int:
    """Return how many savings within reach this visitor's cart shows; called where there are some to show."""
    here.expose(NAME)
    found = here.variation(NAME)
    return int(found.params.get(MOST, get_settings().show_near_misses)) if found else get_settings().show_near_misses
