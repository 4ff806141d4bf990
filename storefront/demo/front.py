"""What a merchant would arrange by hand: settings, the home page, delivery, and four offers to try."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.catalog.models import Category, Product
from storefront.content.models import Slot, SlotEntry
from storefront.demo.makers import OWN_LABEL
from storefront.media.pictures import generated_picture
from storefront.promotions.models import CouponCode, Promotion
from storefront.shipping.models import ShippingMethod, ShippingZone
from storefront.shop.services import change_settings

CURRENCY = "USD"
TIMEZONE = "America/New_York"
COUPON = "WELCOME10"
ALL_STAGES = ["item", "order", "shipping", "coupon"]
HERO_PHOTOGRAPH = "hanging-plant"


def insert_settings(at: datetime) -> None:
    """Say what the shop is called and where it stands."""
    values = {"name": OWN_LABEL, "currency": CURRENCY, "timezone": TIMEZONE, "country": "US", "locale": "en"}
    change_settings(values={**values, "email": "hello@example.com"}, at=at)


def insert_shipping(session: Session) -> None:
    """Insert where the shop delivers, and how."""
    home = ShippingZone(name="United States", countries=["US"])
    abroad = ShippingZone(name="Everywhere else", countries=["*"])
    session.add_all([home, abroad])
    session.flush()
    methods = (
        (home, "standard", "Standard delivery", "标准配送", 499, (10_000, 5_000, 150), 3_500, (2, 4)),
        (home, "express", "Express delivery", "次日达", 999, (10_000, 5_000, 300), None, (1, 1)),
        (abroad, "international", "International delivery", "国际配送", 1_999, (2_000, 1_000, 600), None, (6, 14)),
    )
    for position, (zone, code, name, chinese, price, weights, free_from, days) in enumerate(methods):
        session.add(
            ShippingMethod(
                zone_id=zone.id,
                code=code,
                name=name,
                translations={"zh": {"name": chinese}},
                position=position,
                price_minor=price,
                first_weight_grams=weights[0],
                additional_weight_grams=weights[1],
                additional_price_minor=weights[2],
                free_from_minor=free_from,
                min_days=days[0],
                max_days=days[1],
            )
        )
    session.flush()


def insert_promotions(session: Session, at: datetime) -> None:
    """Insert a percentage off, a ladder, a second item at half price, and a code."""
    sweets = _category_id(session, "ice-cream", "ice-pops-and-cones", "frozen")
    cookies = _category_id(session, "cookies", "chips-and-bagged-snacks", "snacks-and-sweets")
    ladder = [{"spend_minor": 4_000, "off_minor": 500}, {"spend_minor": 8_000, "off_minor": 1_200}]
    offers: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
        (
            *("ice-cream-15", "15% off ice cream", "冰淇淋八五折", "item"),
            {"kind": "percent_off", "basis_points": 1_500, "scope": {"category_ids": [sweets]}},
        ),
        (
            *("spend-and-save", "Spend $40, save $5; spend $80, save $12", "满40减5，满80减12", "order"),
            {"kind": "spend_ladder", "rungs": ladder},
        ),
        (
            *("second-half-price", "Cookies: second item half price", "曲奇第二件半价", "item"),
            {"kind": "nth_item", "nth": 2, "basis_points": 5_000, "scope": {"category_ids": [cookies]}},
        ),
    )
    for priority, (key, name, chinese, stage, benefit) in enumerate(reversed(offers)):
        offer = _promotion(key, (name, chinese), stage, benefit, at)
        offer.priority = priority
        session.add(offer)
    tenth = {"kind": "percent_off", "basis_points": 1_000}
    welcome = _promotion("welcome", ("10% off with a welcome code", "新客券九折"), "order", tenth, at)
    welcome.requires_code, welcome.per_customer_limit, welcome.usage_limit = True, 1, 10_000
    session.add(welcome)
    session.flush()
    session.add(CouponCode(promotion_id=welcome.id, code=COUPON))
    session.flush()


def insert_slots(session: Session, at: datetime) -> None:
    """Arrange the home page: a dated hero over an evergreen one, departments, shelves."""
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
        ("categories", "categories", [_always({"source": "departments"})]),
        ("for-you", "recommendation", [_always({"source": "home"})]),
        ("best-sellers", "product_grid", [_always({"source": "best-sellers"})]),
        ("reduced", "product_grid", [_always({"source": "reduced"})]),
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


def _promotion(key: str, names: tuple[str, str], stage: str, benefit: dict[str, Any], at: datetime) -> Promotion:
    return Promotion(
        key=key,
        name=names[0],
        translations={"zh": {"name": names[1]}},
        promotion_class=stage,
        combines_with=[each for each in ALL_STAGES if each != stage or stage == "item"],
        conditions=[],
        benefits=[benefit],
        starts_at=at - timedelta(days=1),
        updated_at=at,
    )


def _category_id(session: Session, *slugs: str) -> int:
    """Return the first of these categories that the demo's size has."""
    rows = session.execute(select(Category.slug, Category.id).where(Category.slug.in_(slugs)))
    found: dict[str, int] = {row.slug: row.id for row in rows}
    return next(found[slug] for slug in slugs if slug in found)
