"""Shelves as experiments vary them: a variation says how a shelf is filled, and may hide it.

Whoever is answered a shelf counts, in every arm alike, whether or not it had something to show: what it shows is what
is compared. A shelf of one's own things alone (`SILENT`) counts where there are some, for then there are in every arm.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from storefront.discovery.shelves.filling import SILENT
from storefront.discovery.shelves.fillings import BEST_SELLERS, BOTH, HIDDEN, OTHERS, OWN, list_fillings
from storefront.discovery.shelves.shown import Shelf
from storefront.experiments import here
from storefront.experiments.surfaces import Field, Kind, Options, Surface
from storefront.kernel.errors import N_

FAMILY = "shelf:"
MODEL = "model"
SHELVES: Options = (
    ("home", N_("Home: picked for you")),
    ("buy-again", N_("Buy again")),
    ("discover", N_("New for you")),
    ("similar", N_("Similar products")),
    ("bought-together", N_("Often bought together")),
    ("cart", N_("Goes well with your cart")),
    ("after-purchase", N_("Goes well with your order")),
    ("category", N_("Category: picked for you")),
    ("empty-search", N_("Search without results")),
)
WORDS: Mapping[str, str] = {
    OWN: N_("As it is"),
    "best-sellers": N_("Best sellers of the catalogue"),
    "best-sellers-near": N_("Best sellers of the category"),
    "popular": N_("Best sellers of the last four weeks"),
    "home": N_("As “Picked for you”"),
    "buy-again": N_("As “Buy again”"),
    "discover": N_("As “New for you”"),
    "cart": N_("As “Goes well with your cart”"),
    "similar": N_("As “Similar products”"),
    "bought-together": N_("As “Often bought together”"),
    HIDDEN: N_("Hidden"),
}


def filling_here(key: str) -> str:
    """Return how a shelf is filled for this visitor; "" for what everybody sees."""
    found = here.variation(FAMILY + key) if key in OTHERS else None
    return str(found.params.get(MODEL, "")) if found else ""


def is_hidden(key: str) -> bool:
    """Say whether this visitor's pages leave a shelf out."""
    return filling_here(key) == HIDDEN


def is_meant(shelf: Shelf) -> bool:
    """Say whether a shelf shows best sellers because a variation wants it, not for want of anything better."""
    return shelf.told_as in BEST_SELLERS


def expose(shelf: Shelf) -> tuple[str, str]:
    """Note that a shelf is answered to this visitor; return (experiment, variation), empty where nothing varies."""
    found = here.variation(FAMILY + shelf.key) if shelf.key in OTHERS else None
    if found is None:
        return "", ""
    if shelf.items or shelf.key not in SILENT:
        here.expose(FAMILY + shelf.key)
    return found.experiment, found.key


def _fillings(surface: str) -> Options:
    return [(name, _words(name)) for name in list_fillings(surface.removeprefix(FAMILY))]


def _words(filling: str) -> str:
    words = str(_(WORDS[filling.removeprefix(BOTH)]))
    return str(_("Interleaved with: %(filling)s", filling=words)) if filling.startswith(BOTH) else words


SURFACE = Surface(
    name=FAMILY,
    label=N_("Shelves"),
    fields=(
        Field(
            key=MODEL,
            label=N_("How the shelf is filled"),
            kind=Kind.CHOICE,
            hint=N_(
                "The merchant's rules, and what may be shown, are the same in every variation. Where another filling "
                "finds fewer than three goods, the shelf's own stand there. “Interleaved” shows both in one list and "
                "tells from the clicks which of them is preferred."
            ),
            options=_fillings,
        ),
    ),
    places=lambda: SHELVES,
)
