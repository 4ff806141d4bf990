"""What staff write down about slots, entries and campaigns, checked as a whole. Pure.

Moments are in UTC; a time is [starts_at, ends_at), None is open. Every plan that exists makes sense: otherwise Invalid
says, with the name of the field, what does not. Source: "Homepage slots" in DOMAIN.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import is_path_here, squeeze

HIGHEST_PRIORITY = 1000
LONGEST_NAME = 120
MOST_PRODUCTS = 24
LANGUAGES = ("en", "zh")
KINDS = ("banner", "product_grid", "collection", "recommendation", "flash", "rich_text", "categories")
GOODS = frozenset({"product_grid", "collection"})
VISITORS = frozenset({"", "new", "returning"})
DEVICES = frozenset({"", "phone", "desktop"})
LONGEST_SLUG = 64
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PAGE = re.compile(r"home|(category|campaign):[0-9]{1,9}")
NAMES: Mapping[str, str] = {
    "hero": N_("Large banner"),
    "flash": N_("Flash sale"),
    "categories": N_("Departments"),
    "for-you": N_("Picked for you"),
    "buy-again": N_("Buy again"),
    "best-sellers": N_("Best sellers"),
    "reduced": N_("Reduced now"),
    "discover": N_("New for you"),
    "new-arrivals": N_("Just in"),
    "fresh": N_("Fresh goods"),
}
"""What slots are called that were there from the start, by their keys."""
ENDS_FIRST = N_("It ends before it starts. Choose a later end, or an earlier start.")


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """A place on a page: what kind of thing it holds, and what colleagues call it."""

    page: str
    name: str
    kind: str

    def __post_init__(self) -> None:
        if not _PAGE.fullmatch(self.page):
            raise Invalid(N_("There is no such page."), field="page")
        _check_name(self.name, N_("Give the slot a name that your colleagues will understand."))
        if self.kind not in KINDS or (self.kind == "categories" and self.page != "home"):
            raise Invalid(N_("Choose what the slot shows."), field="kind")


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """What an entry says, when, for whom, and how urgently."""

    name: str
    priority: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Per language: title, text, label, link, alt."""
    visitor: str = ""
    tier: str = ""
    group: str = ""
    device: str = ""
    picture: str = ""
    source: str = ""
    product_ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        _check_name(self.name, N_("Give the entry a name that your colleagues will understand."))
        if not 0 <= self.priority <= HIGHEST_PRIORITY:
            raise Invalid(
                N_("The priority is a whole number from 0 to %(highest)d."), field="priority", highest=HIGHEST_PRIORITY
            )
        _check_time(self.starts_at, self.ends_at)
        for words in self.texts.values():
            link = words.get("link", "")
            if link and not is_path_here(link):
                raise Invalid(N_("A link leads to a page of this shop and starts with “/”."), field="link")
        if self.visitor not in VISITORS:
            raise Invalid(N_("Choose who sees it."), field="visitor")
        if self.device not in DEVICES:
            raise Invalid(N_("Choose on which devices it is shown."), field="device")
        if len(self.product_ids) > MOST_PRODUCTS:
            raise Invalid(N_("A shelf holds at most %(most)d products."), field="skus", most=MOST_PRODUCTS)

    @property
    def audience(self) -> dict[str, str]:
        """Whom it is for, without what it does not ask."""
        asked = {"visitor": self.visitor, "tier": self.tier, "group": self.group, "device": self.device}
        return {key: value for key, value in asked.items() if value}

    @property
    def content(self) -> dict[str, Any]:
        """What it shows, without what is empty."""
        words = {
            language: {key: text for key, text in self.texts.get(language, {}).items() if text}
            for language in LANGUAGES
        }
        rest = {"picture": self.picture, "source": self.source, "product_ids": list(self.product_ids)}
        return {key: value for key, value in {**words, **rest}.items() if value}

    def stored(self) -> dict[str, Any]:
        """Return the plan as JSON values: what a version keeps."""
        return {
            "name": squeeze(self.name),
            "priority": self.priority,
            "starts_at": self.starts_at.isoformat() if self.starts_at else None,
            "ends_at": self.ends_at.isoformat() if self.ends_at else None,
            "audience": self.audience,
            "content": self.content,
        }


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """A page of its own at /campaigns/<slug>. An empty slug is made from the English title, or stays as it was."""

    slug: str
    texts: Mapping[str, Mapping[str, str]]
    """Per language: title, description."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_published: bool = False

    def __post_init__(self) -> None:
        if self.slug and (len(self.slug) > LONGEST_SLUG or not _SLUG.fullmatch(self.slug)):
            raise Invalid(
                N_("An address is made of small letters, digits and hyphens, such as spring-sale."), field="slug"
            )
        if not squeeze(self.texts.get("en", {}).get("title", "")):
            raise Invalid(N_("Give the campaign a title."), field="title_en")
        _check_time(self.starts_at, self.ends_at)


def moment_of(text: object) -> datetime | None:
    """Read a moment as `EntryPlan.stored` writes it."""
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None


def _check_name(name: str, words: str) -> None:
    if not squeeze(name):
        raise Invalid(words, field="name")
    if len(name) > LONGEST_NAME:
        raise Invalid(N_("Use at most %(count)d characters."), field="name", count=LONGEST_NAME)


def _check_time(starts_at: datetime | None, ends_at: datetime | None) -> None:
    if starts_at and ends_at and ends_at <= starts_at:
        raise Invalid(ENDS_FIRST, field="ends_at")
