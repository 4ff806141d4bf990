"""What shelves and sources are called in the back office."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from admin.discovery.shelves.tables import SHELVES as NAMES
from storefront.discovery.noting import ON_DEVICE
from storefront.kernel.errors import N_

SHELVES: Mapping[str, str] = {key: words for key, words in NAMES.items() if key and key not in ON_DEVICE}
SOURCES: Mapping[str, str] = {
    "habit": N_("Bought by this customer before"),
    "taste": N_("What customers alike buy"),
    "cart": N_("Goes with the cart"),
    "together": N_("Bought together"),
    "similar": N_("Similar goods"),
    "category": N_("Best sellers of the category"),
    "popular": N_("Best sellers"),
    "pin": N_("Pinned by a rule"),
    "hand": N_("Chosen by hand for the product"),
    "explored": N_("Tried because it is new"),
}
RANKINGS: Mapping[str, str] = {"1": N_("shown to everybody"), "2": N_("named by an experiment")}


def shelf_words(key: str) -> str:
    """Return what a shelf is called; its key where it has no name here."""
    return _(SHELVES[key]) if key in SHELVES else key


def source_words(key: str) -> str:
    """Return what a source is called; its key where it has no name here. A mark says whose it is of two rankings."""
    name, _mark, rank = key.partition("_")
    if name in SOURCES and rank in RANKINGS:
        return f"{_(SOURCES[name])} · {_(RANKINGS[rank])}"
    return _(SOURCES[key]) if key in SOURCES else key


def variation_words(part: str) -> str:
    """Return what "experiment:variation" is called."""
    return " · ".join(part.split(":"))


def version_words(version: str) -> str:
    """Return which model chose; without one the catalogue's own best sellers were shown."""
    return version or _("No model: best sellers")
