"""What a merchandiser would have taught the demo: synonyms, rules of search and of shelves, rated searches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from storefront.catalog.models import Category, Product
from storefront.demo.picking import Picker
from storefront.discovery.merchandising import RulePlan, add_rule
from storefront.discovery.models import JudgedQuery, Judgement
from storefront.discovery.shelves import ruling
from storefront.discovery.shelves.rules import Actions
from storefront.discovery.stored_rules import actions_of, conditions_of
from storefront.discovery.synonyms import SynonymPlan, add_synonym
from storefront.kernel.text import fold

SYNONYMS = (
    SynonymPlan(("soda", "pop", "soft drink"), note="One thing, named by region"),
    SynonymPlan(("garbage bags", "trash bags", "bin bags"), language="en"),
    SynonymPlan(("diapers", "nappies"), language="en"),
    SynonymPlan(("chips", "crisps"), language="en"),
    SynonymPlan(("toilet tissue", "toilet paper", "bath tissue")),
    SynonymPlan(("veggies",), ("vegetables",), language="en", note="One way: vegetables need not find veggie snacks"),
    SynonymPlan(("番茄", "西红柿"), language="zh"),
    SynonymPlan(("土豆", "马铃薯", "洋芋"), language="zh"),
    SynonymPlan(("卫生纸", "厕纸"), language="zh"),
    SynonymPlan(("方便面", "泡面", "速食面"), language="zh"),
)
SEARCHES = (
    *(("milk", "牛奶", "Milk"), ("cheese", "奶酪", "Cheese"), ("yogurt", "酸奶", "Yogurt"), ("eggs", "鸡蛋", "Eggs")),
    *(("frozen pizza", "披萨", "Frozen pizza & snacks"), ("cat food", "猫粮", "Cat food"), ("beer", "啤酒", "Beer")),
    *(("paper towels", "纸巾", "Paper towels"), ("ice cream", "冰淇淋", "Ice cream"), ("chicken", "鸡肉", "Chicken")),
)
"""A search in both languages, and the category that answers it."""
UNASKED = ("Tobacco", "Beer, wine & spirits")
"""Nobody is offered these who does not look at them."""
RATED, OTHERS = 40, 6
"""So many products at most are rated for a search, and so many more of its department that do not answer it."""


@dataclass(frozen=True, slots=True)
class _Home:
    """The category that answers a search, and the path of its department."""

    path: str
    department: str


def insert_steering(session: Session, by: str, at: datetime) -> None:
    """Insert synonyms, rules and ratings; of what this demo does not sell nothing is said."""
    for plan in SYNONYMS:
        add_synonym(plan=plan, by=by, at=at)
    for name, conditions, actions in _rules(Picker(session)):
        rule = RulePlan(name=name, conditions=conditions_of(conditions), actions=actions_of(actions))
        add_rule(plan=rule, by=by, at=at)
    if unasked := Picker(session).categories(*UNASKED):
        away = Actions(category_ids=tuple(unasked))
        for shelf in ("home", "discover", "cart", "after-purchase"):
            ruling.add_rule(plan=ruling.RulePlan("No tobacco and no alcohol unasked", shelf, away), by=by, at=at)
    _insert_ratings(session, by, at)


def _rules(picker: Picker) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    banner = {
        "texts": {
            "en": "Heavy to carry? Standard delivery is free from $35.",
            "zh": "太重不好拎？满 35 美元标准配送免运费。",
        },
        "labels": {"en": "See all offers", "zh": "查看全部优惠"},
        "link": "/offers",
    }
    found: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        (
            "Coupons have a page of their own",
            {"phrases": [["equals", "coupon"], ["equals", "coupon code"], ["equals", "优惠券"]]},
            {"redirect": "/coupons"},
        ),
    ]
    if drinks := picker.categories("Drinks"):
        found.append(("Drinks: free delivery", {"category_ids": drinks}, {"banner": banner}))
    table = [picker.goods(name, most=1) for name in ("Breakfast cereal", "Milk", "Eggs", "Bananas", "Juice")]
    pins = [good.product_id for goods in table for good in goods]
    if pins:
        phrases = [["equals", "breakfast"], ["equals", "早餐"]]
        found.append(("Breakfast: the whole table", {"phrases": phrases}, {"pins": pins}))
    return found


def _insert_ratings(session: Session, by: str, at: datetime) -> None:
    homes = {row.name: row.path for row in session.execute(select(Category.name, Category.path))}
    for english, chinese, name in SEARCHES:
        if name not in homes:
            continue
        home = _Home(homes[name], f"/{homes[name].split('/')[1]}/")
        for query, language in ((english, "en"), (chinese, "zh")):
            rated = _rate(session, query, home, language)
            row = JudgedQuery(query=fold(query), language=language, added_by=by, added_at=at)
            session.add(row)
            session.flush()
            values = {"query_id": row.id, "rated_by": by, "rated_at": at}
            rows = [{**values, "product_id": number, "rating": rating} for number, rating in rated.items()]
            if rows:
                session.execute(insert(Judgement), rows)


def _rate(session: Session, query: str, home: _Home, language: str) -> dict[int, int]:
    """Return ratings by product id: perfect in the category under that name; good in the category, or elsewhere under a
    name that ends so; somewhat under a name that mentions it; not relevant what else the department has.
    """
    named = Product.translations[language]["name"].as_string() if language != "en" else Product.name
    says = named.icontains(query, autoescape=True)
    fits = or_(says, Category.path.startswith(home.path))
    goods = (
        select(Product.id, says.label("says"), named.iendswith(query, autoescape=True).label("ends"), Category.path)
        .join(Category, Category.id == Product.category_id)
        .where(Product.is_published)
        .order_by(Product.popularity.desc(), Product.id)
    )
    others = goods.where(~fits, Category.path.startswith(home.department)).limit(OTHERS)
    rated = {row.id: _rating(row, home) for row in session.execute(goods.where(fits).limit(RATED))}
    return rated | {row.id: 0 for row in session.execute(others)}


def _rating(row: Any, home: _Home) -> int:
    if row.path.startswith(home.path):
        return 3 if row.says else 2
    return 2 if row.ends else 1
