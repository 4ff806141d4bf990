"""What a merchant would arrange by hand: settings and the home page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.catalog.models import Category, Product
from storefront.content.models import Campaign, Slot, SlotEntry, SlotEntryVersion
from storefront.content.queries import campaign_page, category_page
from storefront.content.states import EntryStatus, Stage
from storefront.demo.makers import OWN_LABEL
from storefront.media.pictures import generated_picture
from storefront.shop.services import change_settings

CURRENCY = "USD"
TIMEZONE = "America/New_York"
HERO_PHOTOGRAPH = "hanging-plant"


RETURNS_TO = f"{OWN_LABEL} returns; 12 Mill Road; Ashford, OH 45999; United States"
"""Where goods are sent back to: as invented as the customers' streets."""


def insert_settings(at: datetime) -> None:
    """Say what the shop is called and where it stands, and how much money one person sends back alone."""
    values = {"name": OWN_LABEL, "currency": CURRENCY, "timezone": TIMEZONE, "country": "US", "locale": "en"}
    more = {"email": "hello@example.com", "show_lowest_price": True, "return_address": RETURNS_TO}
    change_settings(values={**values, **more, "refund_approval_above": 10}, at=at)


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


def insert_pages(session: Session, by: str, at: datetime) -> None:
    """Add a campaign, a category that leads with a banner, and a banner of the front that waits to be looked at."""
    campaign = Campaign(slug="breakfast", is_published=True, updated_at=at, ends_at=at + timedelta(days=60))
    campaign.texts = {
        "en": {"title": "Breakfast, all day", "description": "Bread, eggs, fruit and coffee, picked by us."},
        "zh": {"title": "全天早餐", "description": "面包、鸡蛋、水果和咖啡，都由我们挑选。"},
    }
    session.add(campaign)
    session.flush()
    table = _words(
        ("Breakfast, all day", "Everything for a slow morning.", "/categories/bread-and-bakery", "To the bakery"),
        ("全天早餐", "慢享早晨，一站备齐。", "/categories/bread-and-bakery", "去烘焙区"),
    )
    dairy = _words(
        (
            "Fresh every morning",
            "Milk, eggs and cheese from our cold store.",
            "/campaigns/breakfast",
            "Breakfast ideas",
        ),
        ("每天清晨新到", "冷库直送的牛奶、鸡蛋和奶酪。", "/campaigns/breakfast", "早餐灵感"),
    )
    pages: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
        (campaign_page(campaign.id), "lead", "Lead", "banner", table | {"picture": generated_picture("🥐", 40, 3)}),
        (campaign_page(campaign.id), "bread", "Bread", "product_grid", _shelf("bread-and-bakery", "Bread", "面包")),
        (
            campaign_page(campaign.id),
            "eggs",
            "Eggs",
            "product_grid",
            _shelf("dairy-and-eggs", "Dairy and eggs", "乳品蛋类"),
        ),
        (
            _category(session, "dairy-and-eggs"),
            "lead",
            "Lead",
            "banner",
            dairy | {"picture": generated_picture("🥚", 60, 7)},
        ),
    )
    for position, (page, key, name, kind, content) in enumerate(pages):
        always = SlotEntry(audience={}, updated_at=at, **_always(content))
        session.add(Slot(page=page, key=key, name=name, kind=kind, position=position, entries=[always]))
    session.flush()
    _insert_waiting(session, by, at)


def _insert_waiting(session: Session, by: str, at: datetime) -> None:
    hero = session.scalars(select(Slot.id).where(Slot.page == "home", Slot.key == "hero")).one()
    words = _words(
        ("Winter soups", "Roots, beans and bread for cold evenings.", "/categories/pantry", "Fill the pantry"),
        ("冬日暖汤", "根茎、豆类和面包，温暖寒夜。", "/categories/pantry", "备好食材"),
    )
    plan = {
        "name": "Winter soups",
        "priority": 20,
        "starts_at": (at + timedelta(days=3)).isoformat(),
        "ends_at": (at + timedelta(days=17)).isoformat(),
        "audience": {},
        "content": words | {"picture": generated_picture("🍲", 20, 5)},
    }
    stored = {**plan, "starts_at": at + timedelta(days=3), "ends_at": at + timedelta(days=17)}
    entry = SlotEntry(slot_id=hero, status=EntryStatus.DRAFT, updated_at=at, **stored)
    entry.versions = [SlotEntryVersion(number=1, stage=Stage.IN_REVIEW, plan=plan, made_by=by, made_at=at)]
    session.add(entry)
    session.flush()


def _category(session: Session, slug: str) -> str:
    return category_page(session.scalars(select(Category.id).where(Category.slug == slug)).one())


def _shelf(category: str, english: str, chinese: str) -> dict[str, Any]:
    link = f"/categories/{category}"
    return _words((english, "", link, ""), (chinese, "", link, "")) | {"source": f"category:{category}"}


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
