"""The offers of the demo: one of every kind, each in a department of its own so that a cart stays easy to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from storefront.catalog.models import Collection, CollectionProduct
from storefront.demo.picking import Picker, midnight
from storefront.promotions.models import CouponCode, Promotion

COUPON, GUEST_CODE = "WELCOME10", "PICNIC5"
ALL_STAGES = ("item", "order", "shipping", "coupon")
LARGEST_COLLECTION = 40
LUNCH_BOX, QUICK_DINNERS = "lunch-box", "quick-dinners"
COLLECTIONS = {
    LUNCH_BOX: (
        *("Lunch box", "午餐盒"),
        (
            *("Lunch kit", "Juice boxes and pouches", "Fruit snacks", "Energy bars", "Cold sandwich"),
            *("Sandwich bags", "String cheese", "Single-serve chips"),
        ),
    ),
    QUICK_DINNERS: (
        *("Quick dinners", "快手晚餐"),
        (
            *("Macaroni and cheese", "Canned pasta", "Classic frozen pizza", "Ready entrée", "Ramen noodles"),
            *("Family-size frozen entrée", "Pasta sauce", "Value frozen dinner"),
        ),
    ),
}
"""Slug -> names and the categories whose goods are in it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One promotion as it is loaded; it starts and ends as those `days` begin, counted from the loading."""

    key: str
    name: str
    chinese: str
    stage: str
    benefit: Mapping[str, Any]
    scope: Mapping[str, Any] = field(default_factory=dict)
    conditions: tuple[Mapping[str, Any], ...] = ()
    days: tuple[int, int | None] = (-1, None)
    values: Mapping[str, Any] = field(default_factory=dict)
    """Columns that differ from the usual."""


def insert_offers(session: Session, at: datetime) -> None:
    """Insert collections, every promotion that needs no coupon, and two codes for everybody."""
    picker = Picker(session)
    collections = _insert_collections(session, picker, at)
    offers = [*_today(picker), *_more(picker, collections), *_delivery(picker), *_not_now(picker, collections)]
    session.add_all([make_promotion(offer, at) for offer in offers])
    codes = ((_welcome(), COUPON), (_picnic(), GUEST_CODE))
    for offer, code in codes:
        promotion = make_promotion(offer, at)
        session.add(promotion)
        session.flush()
        session.add(CouponCode(promotion_id=promotion.id, code=code))
    session.flush()


def make_promotion(offer: Offer, at: datetime) -> Promotion:
    """Return the row of an offer. It has run for as long as its days say."""
    starts, ends = offer.days
    stage = offer.stage
    scope = {"scope": dict(offer.scope)} if offer.scope else {}
    beside_its_like = stage == "item" or offer.benefit["kind"] == "gift"
    usual = {
        "combines_with": [each for each in ALL_STAGES if each != stage or beside_its_like],
        "activated_at": min(at, midnight(at, starts)),
    }
    return Promotion(
        key=offer.key,
        name=offer.name,
        translations={"zh": {"name": offer.chinese}},
        promotion_class=stage,
        conditions=[dict(condition) for condition in offer.conditions],
        benefits=[{**offer.benefit, **scope}],
        starts_at=midnight(at, starts),
        ends_at=None if ends is None else midnight(at, ends),
        created_at=at - timedelta(days=30),
        updated_at=at,
        **{**usual, **offer.values},
    )


def spend(minor: int) -> dict[str, Any]:
    """The condition that the goods meant cost at least so much."""
    return {"kind": "spend_at_least", "amount_minor": minor}


def pieces(count: int) -> dict[str, Any]:
    """The condition that there are at least so many pieces of the goods meant."""
    return {"kind": "buy_at_least", "count": count}


def audience(**who: Any) -> dict[str, Any]:
    """The condition that the shopper is one of these."""
    return {"kind": "audience", **who}


def _insert_collections(session: Session, picker: Picker, at: datetime) -> dict[str, int]:
    made = {}
    for slug, (name, chinese, categories) in COLLECTIONS.items():
        row = Collection(slug=slug, name=name, translations={"zh": {"name": chinese}}, updated_at=at)
        session.add(row)
        session.flush()
        goods = picker.goods(*categories, most=LARGEST_COLLECTION, least_stock=1)
        session.add_all([CollectionProduct(collection_id=row.id, product_id=good.product_id) for good in goods])
        made[slug] = row.id
    session.flush()
    return made


def _today(picker: Picker) -> Iterator[Offer]:
    """A ladder for everything; a percentage and a second item in one category each."""
    half = {"kind": "nth_item", "nth": 2, "basis_points": 5_000}
    ladder = [{"spend_minor": 4_000, "off_minor": 500}, {"spend_minor": 8_000, "off_minor": 1_200}]
    name = picker.first_of("Cookies", "Crackers")
    yield Offer(
        *("second-half-price", f"{name}: second item half price"),
        *({"Cookies": "曲奇", "Crackers": "饼干"}[name] + "第二件半价", "item"),
        half,
        {"category_ids": picker.categories(name)},
    )
    yield Offer(
        *("spend-and-save", "Spend $40, save $5; spend $80, save $12", "满40减5，满80减12", "order"),
        {"kind": "spend_ladder", "rungs": ladder},
        values={"priority": 1},
    )
    yield Offer(
        *("ice-cream-15", "15% off ice cream", "冰淇淋八五折", "item"),
        {"kind": "percent_off", "basis_points": 1_500},
        {"category_ids": picker.categories("Ice cream")},
        values={"priority": 2},
    )


def _more(picker: Picker, collections: dict[str, int]) -> Iterator[Offer]:
    find = picker.categories
    brand_id, brand, brand_zh = picker.maker_of("Hair care")
    yield Offer(
        *("razors-1-off", "$1 off razors and blades", "剃须刀片每件减1美元", "item"),
        {"kind": "amount_off", "amount_minor": 100},
        {"category_ids": find("Razors and blades")},
    )
    yield Offer(
        *("household-every-20", "Household: $3 off every $20", "家居清洁每满20减3", "order"),
        {"kind": "spend_repeat", "spend_minor": 2_000, "off_minor": 300, "most_times": 5},
        {"category_ids": find("Household & cleaning"), "exclude": {"category_ids": find("Tobacco")}},
    )
    yield Offer(
        *("candy-third-free", "Candy bars: third one free", "巧克力棒第三件免费", "item"),
        {"kind": "nth_item", "nth": 3, "basis_points": 10_000},
        {"category_ids": find("Candy bars")},
    )
    yield Offer(
        *("cereal-two-for-5", "Kids' cereal: any 2 for $5", "儿童麦片任选2件5美元", "item"),
        {"kind": "count_price", "count": 2, "price_minor": 500},
        {"category_ids": find("Kids' cereal")},
    )
    rungs = [{"count": 3, "basis_points": 2_000}, {"count": 5, "basis_points": 3_000}]
    yield Offer(
        *("cards-more-less", "Cards and gift wrap: 3 for 20% off, 5 for 30% off", "贺卡包装3件八折，5件七折", "item"),
        {"kind": "count_ladder", "rungs": rungs},
        {"category_ids": find("Cards & gift wrap")},
    )
    buns = {"category_ids": find("Hot dog buns")}
    yield Offer(
        *("hot-dogs-with-buns", "Buy 2 packs of hot dogs, get the buns free", "买2包热狗肠，送1包热狗胚", "item"),
        {"kind": "buy_get", "buy": 2, "get": 1, "get_scope": buns},
        {"category_ids": find("Hot dogs")},
    )
    yield _nachos(picker)
    chews = picker.goods("Rawhide chews", most=3, prices=(50, 250), least_stock=1)
    if chews:
        yield Offer(
            *("pets-gift", "Spend $20 on your pet, get a chew", "宠物用品满20送咬胶", "order"),
            {"kind": "gift", "skus": [good.sku for good in chews]},
            {"category_ids": find("Pets")},
            (spend(2_000),),
        )
    yield Offer(
        *("members-natural", "Members: 10% off natural and organic", "会员专享：天然有机九折", "item"),
        {"kind": "percent_off", "basis_points": 1_000},
        {"category_ids": find("Natural & organic")},
        (audience(members_only=True),),
    )
    yield Offer(
        *("lunch-box-10", "Lunch box: 10% off", "午餐盒九折", "item"),
        {"kind": "percent_off", "basis_points": 1_000},
        {"collection_ids": [collections[LUNCH_BOX]]},
    )
    yield Offer(
        *("hair-care-pair", f"{brand} hair care: 20% off any two", f"{brand_zh}洗发护发任选2件八折", "item"),
        {"kind": "percent_off", "basis_points": 2_000},
        {"brand_ids": [brand_id], "category_ids": find("Hair care")},
        (pieces(2),),
    )
    yield Offer(
        *("wine-six", "Six bottles of wine: 25% off, instead of other offers"),
        *("葡萄酒满6瓶七五折，不与其他优惠同享", "item"),
        {"kind": "percent_off", "basis_points": 2_500},
        {"category_ids": find("Domestic wine", "Imported wine"), "exclude": {"category_ids": find("Boxed wine")}},
        (pieces(6),),
        values={"exclusive": True},
    )


def _nachos(picker: Picker) -> Offer:
    """Three things that the households put into one basket twenty times as often as by chance."""
    parts = [{"scope": {"category_ids": picker.categories(name)}} for name in NACHOS]
    return Offer(
        *("nacho-night", "Nacho night: chips, cheese and sour cream, 20% off"),
        *("玉米片之夜：玉米片、奶酪碎、酸奶油一起八折", "item"),
        {"kind": "bundle", "parts": parts, "basis_points": 2_000},
        {"category_ids": picker.categories(*NACHOS)},
    )


NACHOS = ("Tortilla chips", "Shredded cheese", "Sour cream")


def _delivery(picker: Picker) -> Iterator[Offer]:
    free = {"kind": "delivery_off"}
    yield Offer(
        *("baby-delivery", "Free delivery with $25 of baby goods", "母婴满25免运费", "shipping"),
        free,
        {"category_ids": picker.categories("Baby")},
        (spend(2_500),),
    )
    yield Offer(
        *("flowers-delivery", "With flowers, any delivery for $2.99", "买鲜花，配送费只要2.99美元", "shipping"),
        {"kind": "delivery_for", "price_minor": 299},
        {"category_ids": picker.categories("Flowers & plants")},
        (pieces(1),),
    )
    yield Offer(
        *("first-order-delivery", "Free delivery on your first order", "首单免运费", "shipping"),
        free,
        conditions=(audience(members_only=True, most_orders=0),),
    )


def _not_now(picker: Picker, collections: dict[str, int]) -> Iterator[Offer]:
    """A draft, one that is paused, one that is to come and one that is over."""
    yield Offer(
        *("seafood-friday", "Seafood Friday: 15% off", "周五海鲜八五折", "item"),
        {"kind": "percent_off", "basis_points": 1_500},
        {"category_ids": picker.categories("Fish & seafood")},
        values={"is_active": False, "activated_at": None},
    )
    yield Offer(
        *("deli-salads", "Deli salads and dips: 10% off", "熟食沙拉蘸酱九折", "item"),
        {"kind": "percent_off", "basis_points": 1_000},
        {"category_ids": picker.categories("Deli salads & dips")},
        days=(-20, None),
        values={"is_active": False},
    )
    yield Offer(
        *("quick-dinners-20", "Quick dinners: 20% off", "快手晚餐八折", "item"),
        {"kind": "percent_off", "basis_points": 2_000},
        {"collection_ids": [collections[QUICK_DINNERS]]},
        days=(5, 12),
    )
    yield Offer(
        *("bread-week", "Bread week: 10% off", "面包周九折", "item"),
        {"kind": "percent_off", "basis_points": 1_000},
        {"category_ids": picker.categories("Packaged bread & buns")},
        days=(-21, -14),
    )


def _welcome() -> Offer:
    return Offer(
        *("welcome", "10% off with a welcome code", "新客券九折", "order"),
        {"kind": "percent_off", "basis_points": 1_000},
        values={"requires_code": True, "per_customer_limit": 1, "usage_limit": 10_000},
    )


def _picnic() -> Offer:
    return Offer(
        *("picnic", "Picnic code: $5 off from $50", "野餐优惠码：满50减5", "order"),
        {"kind": "amount_off", "amount_minor": 500},
        conditions=(spend(5_000),),
        values={"requires_code": True, "usage_limit": 1_000, "combines_with": ["item", "shipping"]},
    )
