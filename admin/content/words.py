"""Words for the kinds of slots and the states of entries."""

from __future__ import annotations

from storefront.content.services import EntryStatus
from storefront.kernel.errors import N_

STATUSES: dict[str, str] = {
    EntryStatus.DRAFT: N_("Draft"),
    EntryStatus.IN_REVIEW: N_("In review"),
    EntryStatus.APPROVED: N_("Approved"),
    EntryStatus.PAUSED: N_("Paused"),
    EntryStatus.ARCHIVED: N_("Archived"),
}
KINDS: dict[str, str] = {
    "banner": N_("Banner"),
    "product_grid": N_("Products"),
    "collection": N_("Collection"),
    "recommendation": N_("Recommendations"),
    "flash": N_("Flash sale"),
    "rich_text": N_("Text"),
    "categories": N_("Categories"),
}
SLOTS = (
    *(N_("hero"), N_("flash"), N_("categories"), N_("for-you"), N_("buy-again"), N_("best-sellers")),
    *(N_("reduced"), N_("discover"), N_("new-arrivals"), N_("fresh")),
)
"""Keys of slots that readers of other languages get words for."""
STANDINGS: dict[str, tuple[str, str]] = {
    "shown": (N_("Shown now"), "positive"),
    "covered": (N_("Covered by a higher priority"), "warning"),
    "planned": (N_("Planned"), "new"),
    "ended": (N_("Ended"), ""),
    "waiting": (N_("Waits: shown when nothing else is due"), ""),
    "draft": (N_("Draft"), ""),
    "in_review": (N_("In review"), "warning"),
    "paused": (N_("Paused"), "warning"),
    "archived": (N_("Archived"), ""),
    "aimed": (N_("Live for its audience"), "positive"),
}
"""How an entry stands: words, and the look of the badge."""
