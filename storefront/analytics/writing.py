"""How events become rows: each is looked at beside what was recorded before, and counted once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from storefront.analytics import crediting, entry_writing, search_writing, shelf_writing, visit_writing
from storefront.analytics.events import (
    AddedToCart,
    EntriesViewed,
    EntryOpened,
    Event,
    GoodsBought,
    PurchaseRestored,
    PurchaseShrunk,
    PurchaseUndone,
    RecommendationClicked,
    RecommendationOpened,
    RecommendationsShown,
    RecommendationsViewed,
    ResultClicked,
    ResultOpened,
    ResultsShown,
    SearchMade,
    ShopOpened,
    SuggestionChosen,
)
from storefront.analytics.noted import Noted as Noted

_WRITERS: Mapping[type[Event], Callable[[Connection, Noted, Any], None]] = {
    SearchMade: search_writing.write_search,
    ResultsShown: search_writing.write_shown,
    ResultClicked: search_writing.write_click,
    ResultOpened: search_writing.write_opened,
    SuggestionChosen: search_writing.write_suggestion,
    RecommendationsShown: shelf_writing.write_shelf,
    RecommendationsViewed: shelf_writing.write_viewed,
    RecommendationClicked: shelf_writing.write_shelf_click,
    RecommendationOpened: shelf_writing.write_shelf_opened,
    AddedToCart: crediting.write_added,
    GoodsBought: crediting.write_bought,
    PurchaseUndone: crediting.write_undone,
    PurchaseRestored: crediting.write_restored,
    EntriesViewed: entry_writing.write_viewed,
    EntryOpened: entry_writing.write_opened,
    PurchaseShrunk: crediting.write_shrunk,
    ShopOpened: visit_writing.write_visit,
}


def write(batch: Sequence[Noted], connection: Connection) -> None:
    """Store events in the order in which they happened."""
    for noted in batch:
        _WRITERS[type(noted.event)](connection, noted, noted.event)
