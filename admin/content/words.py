"""Words for the kinds of slots, where goods come from, and the states of entries."""

from __future__ import annotations

from storefront.content.states import EntryStatus, Stage
from storefront.kernel.errors import N_

KINDS: dict[str, str] = {
    "banner": N_("Banner"),
    "product_grid": N_("Products"),
    "collection": N_("Collection"),
    "recommendation": N_("Recommendations"),
    "flash": N_("Flash sale"),
    "rich_text": N_("Text"),
    "categories": N_("Categories"),
}
STANDINGS: dict[str, tuple[str, str]] = {
    "shown": (N_("Shown"), "positive"),
    "covered": (N_("Covered by a higher priority"), "warning"),
    "planned": (N_("Planned"), "new"),
    "ended": (N_("Ended"), ""),
    "waiting": (N_("Waits: shown when nothing else is due"), ""),
    "aimed": (N_("For other visitors"), ""),
    EntryStatus.DRAFT: (N_("Draft"), ""),
    EntryStatus.PAUSED: (N_("Paused"), "warning"),
    EntryStatus.ARCHIVED: (N_("Archived"), ""),
}
"""How an entry stands for a visitor at a time: words, and the look of the badge."""
STAGES: dict[str, tuple[str, str]] = {
    Stage.DRAFT: (N_("Draft"), ""),
    Stage.IN_REVIEW: (N_("In review"), "warning"),
    Stage.APPROVED: (N_("In force"), "positive"),
    Stage.REPLACED: (N_("Replaced"), ""),
    Stage.DROPPED: (N_("Given up"), ""),
}
WORKED_ON: dict[str, str] = {Stage.DRAFT: N_("Changes drafted"), Stage.IN_REVIEW: N_("Changes in review")}
SHELVES: dict[str, str] = {
    "best-sellers": N_("Best sellers"),
    "new-arrivals": N_("Just in"),
    "reduced": N_("Reduced now"),
}
PERSONAL: dict[str, str] = {
    "home": N_("Picked for you"),
    "buy-again": N_("Buy again"),
    "discover": N_("New for you"),
    "recently-viewed": N_("Recently viewed"),
}
VISITORS: dict[str, str] = {
    "": N_("Everybody"),
    "new": N_("Who is here for the first time"),
    "returning": N_("Who has been here before"),
}
DEVICES: dict[str, str] = {"": N_("Every device"), "phone": N_("Phones"), "desktop": N_("Computers")}
WITH: dict[str, str] = {
    "approved": N_("What is approved"),
    "review": N_("And what is in review"),
    "drafts": N_("And all drafts"),
}
"""What a preview shows, each with what stands above it."""
