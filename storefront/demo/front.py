"""What a merchant would arrange by hand: settings and the home page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.catalog.models import Product
from storefront.content.models import Slot, SlotEntry
from storefront.demo.makers import OWN_LABEL
from storefront.media.pictures import generated_picture
from storefront.shop.services import change_settings

CURRENCY = "USD"
TIMEZONE = "America/New_York"
HERO_PHOTOGRAPH = "hanging-plant"


RETURNS_TO = f"{OWN_LABEL} returns; 12 Mill Road; Ashford, OH 45999; United States"
"""Where goods are sent back to: as invented as the customers' streets."""


def insert_settings(at: datetime) -> None:
    """Say what the shop is called and where it stands."""
    values = {"name": OWN_LABEL, "currency": CURRENCY, "timezone": TIMEZONE, "country": "US", "locale": "en"}
    more = {"email": "hello@example.com", "show_lowest_price": True, "return_address": RETURNS_TO}
    change_settings(values={**values, **more}, at=at)


def insert_slots(session: Session, at: datetime) -> None:
    """Arrange the home page: a dated hero over an evergreen one, the flash sale, departments, shelves."""
    photograph = session.scalar(select(Product.picture).where(Product.slug == HERO_PHOTOGRAPH))
    basket = generated_picture("🧺", 130, 0)
    evergreen = _words(
        (
            "Good food, good prices, every day",
            "From our own shelves to your door.",
            "/categories",
            "Browse departments",
        ),
        ("好食材，好价格，天天有", "自营货架，直送到家。", "/categories", "浏览全部分类"),
    ) | {"picture": photograph or basket}
    saving = _words(
        (
            "Spend $40, save $5",
            "And $12 when you spend $80. Your cart shows what is missing.",
            "/categories",
            "Start saving",
        ),
        ("满40减5，满80减12", "购物车会告诉你还差多少。", "/categories", "马上去省"),
    ) | {"picture": basket}
    arranged: tuple[tuple[str, str, list[dict[str, Any]]], ...] = (
        (
            *("hero", "banner"),
            [
                {"name": "Evergreen", "is_fallback": True, "content": evergreen},
                {
                    **{"name": "Spend and save", "priority": 10, "content": saving},
                    **{"starts_at": at - timedelta(days=1), "ends_at": at + timedelta(days=28)},
                },
            ],
        ),
        ("flash", "flash", [_always({})]),
        ("categories", "categories", [_always({"source": "departments"})]),
        ("for-you", "recommendation", [_always({"source": "home"})]),
        ("buy-again", "recommendation", [_always({"source": "buy-again"})]),
        ("best-sellers", "product_grid", [_always({"source": "best-sellers"})]),
        ("reduced", "product_grid", [_always({"source": "reduced"})]),
        ("discover", "recommendation", [_always({"source": "discover"})]),
        ("new-arrivals", "product_grid", [_always({"source": "new-arrivals"})]),
        ("fresh", "collection", [_always(_fresh())]),
    )
    for position, (key, kind, entries) in enumerate(arranged):
        slot = Slot(page="home", key=key, kind=kind, position=position)
        session.add(slot)
        session.flush()
        for entry in entries:
            session.add(SlotEntry(slot_id=slot.id, audience={}, updated_at=at, **entry))
    session.flush()


def _fresh() -> dict[str, Any]:
    words = _words(
        ("Fresh today", "", "/categories/fruit-and-vegetables", "All fruit and vegetables"),
        ("今日鲜选", "", "/categories/fruit-and-vegetables", "全部果蔬"),
    )
    return words | {"source": "category:fruit-and-vegetables"}


def _always(content: dict[str, Any]) -> dict[str, Any]:
    return {"name": "Always", "is_fallback": True, "content": content}


def _words(english: Sequence[str], chinese: Sequence[str]) -> dict[str, Any]:
    keys = ("title", "text", "link", "label")
    return {
        language: {key: word for key, word in zip(keys, words, strict=True) if word}
        for language, words in (("en", english), ("zh", chinese))
    }
