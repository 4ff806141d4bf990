"""Where the demo shop delivers to, and how: home by weight, China by region, weight and piece, the rest by weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storefront.catalog.models import Product, Variant
from storefront.shipping.models import FreightTemplate, ShippingMethod, ShippingZone

BULKY = "bulky"
BULKY_GRAMS = 9_000
BY_CLASS = ("standard", "cn-express")
REMOTE = ("CN-新疆维吾尔自治区", "CN-青海省", "CN-甘肃省", "CN-宁夏回族自治区", "CN-内蒙古自治区")
EAST = ("CN-上海市", "CN-江苏省", "CN-浙江省", "CN-安徽省")
APART = ("CN-香港特别行政区", "CN-澳门特别行政区", "CN-台湾省")


@dataclass(frozen=True, slots=True)
class Way:
    """A method: names, price in minor units, (first, additional, price of additional), days; `more` are columns."""

    code: str
    name: str
    chinese: str
    price: int
    units: tuple[int, int, int]
    days: tuple[int, int]
    more: Mapping[str, Any]


ZONES: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[Way, ...]], ...] = (
    (
        *("United States", ("US",), ("US-AK", "US-HI", "US-PR")),
        (
            Way(
                *("standard", "Standard delivery", "标准配送", 499, (10_000, 5_000, 150), (2, 4)),
                {"free_from_minor": 3_500, "cutoff_hour": 16},
            ),
            Way(
                *("express", "Express delivery", "次日达", 999, (10_000, 5_000, 300), (1, 1)),
                {"cutoff_hour": 12, "most_grams": 30_000},
            ),
        ),
    ),
    (
        *("Alaska, Hawaii and Puerto Rico", ("US-AK", "US-HI", "US-PR"), ()),
        (Way("us-far", "Air parcel", "航空包裹", 1_499, (5_000, 1_000, 150), (4, 9), {}),),
    ),
    (
        *("Eastern China", EAST, ()),
        (
            Way(
                *("cn-east-express", "Express for the east", "江浙沪皖快递", 299, (1_000, 1_000, 50), (1, 2)),
                {"free_from_minor": 2_000, "cutoff_hour": 18, "weekdays": "0123456"},
            ),
        ),
    ),
    (
        *("China", ("CN",), APART),
        (
            Way(
                *("cn-express", "Express", "快递", 399, (1_000, 1_000, 100), (2, 4)),
                {
                    **{"free_from_minor": 4_000, "cutoff_hour": 18, "weekdays": "0123456"},
                    "surcharges": [
                        {"places": list(REMOTE), "price": 300},
                        {"places": ["CN-西藏自治区"], "price": 500},
                    ],
                },
            ),
            Way(
                *("cn-air", "Air express", "航空特快", 899, (1_000, 1_000, 250), (1, 2)),
                {"excluded": ["CN-西藏自治区", "CN-新疆维吾尔自治区"], "most_grams": 20_000, "cutoff_hour": 12},
            ),
            Way(
                *("cn-saver", "Saver, by piece", "经济件（按件）", 199, (3, 1, 30), (4, 8)),
                {"measure": "piece", "free_from_pieces": 20, "lead_days": 1},
            ),
        ),
    ),
    (
        *("Everywhere else", ("*",), ("KP",)),
        (Way("international", "International delivery", "国际配送", 1_999, (2_000, 1_000, 600), (6, 14), {}),),
    ),
)


def insert_shipping(session: Session) -> None:
    """Insert where the shop delivers, and how."""
    position = 0
    for name, places, excluded, ways in ZONES:
        zone = ShippingZone(name=name, places=list(places), excluded=list(excluded))
        session.add(zone)
        session.flush()
        for way in ways:
            session.add(_method(zone.id, position, way))
            position += 1
    session.flush()
    for method_id in session.scalars(select(ShippingMethod.id).where(ShippingMethod.code.in_(BY_CLASS))):
        session.add(
            FreightTemplate(
                **{"method_id": method_id, "freight_class": BULKY, "measure": "piece"},
                **{"price_minor": 1_299, "first_units": 1, "additional_units": 1, "additional_price_minor": 700},
            )
        )
    session.flush()


def mark_bulky(session: Session) -> None:
    """Give goods that two hands cannot carry a freight class of their own."""
    heavy = select(Variant.product_id).where(Variant.weight_grams >= BULKY_GRAMS)
    session.execute(update(Product).where(Product.id.in_(heavy)).values(freight_class=BULKY))


def _method(zone_id: int, position: int, way: Way) -> ShippingMethod:
    first, additional, price = way.units
    return ShippingMethod(
        zone_id=zone_id,
        code=way.code,
        name=way.name,
        translations={"zh": {"name": way.chinese}},
        position=position,
        price_minor=way.price,
        first_units=first,
        additional_units=additional,
        additional_price_minor=price,
        min_days=way.days[0],
        max_days=way.days[1],
        **way.more,
    )
