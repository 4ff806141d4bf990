"""The demo's coupons: some to claim, one for new customers, a batch of printed codes, and a wallet with some in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.accounts.models import Customer
from storefront.demo.front import TIMEZONE
from storefront.demo.offers import Offer, audience, make_promotion, spend
from storefront.demo.people import SHOPPER
from storefront.demo.picking import Picker
from storefront.promotions.codemaking import make_codes
from storefront.promotions.coupons import BatchPlan, make_batch
from storefront.promotions.models import CouponCode, CouponTemplate
from storefront.promotions.states import CouponWay
from storefront.promotions.validity import Terms, coupon_end

BATCH, PREFIX = 20, "FLYER-"
HOLDERS = 30
"""How many other customers have claimed a coupon."""
BESIDE = {"requires_code": True, "combines_with": ["item", "order", "shipping"]}


@dataclass(frozen=True, slots=True)
class Way:
    """How the coupons of an offer come to people."""

    way: CouponWay
    valid_days: int | None
    claim_limit: int | None = None
    mine: tuple[int, ...] = ()
    """The shopper was given one so many days ago."""
    others: int = 0


def insert_coupons(session: Session, by: str, at: datetime) -> None:
    """Insert what can be claimed or is given, and what people have of it by now."""
    shopper = session.scalars(select(Customer.id).where(Customer.email == SHOPPER)).one()
    others = session.scalars(
        select(Customer.id).where(Customer.id != shopper).order_by(Customer.order_count.desc()).limit(HOLDERS)
    ).all()
    for offer, way in _coupons(Picker(session)):
        promotion = make_promotion(offer, at)
        session.add(promotion)
        session.flush()
        template = CouponTemplate(
            key=offer.key,
            promotion_id=promotion.id,
            way=way.way.value,
            claim_limit=way.claim_limit,
            valid_days=way.valid_days,
            claim_starts_at=promotion.starts_at if way.way is CouponWay.CLAIM else None,
            claimed_count=len(way.mine) + len(others[: way.others]),
            created_at=promotion.created_at,
            updated_at=at,
        )
        session.add(template)
        session.flush()
        holders = [(shopper, days) for days in way.mine]
        holders += [(customer, 1 + number % 3) for number, customer in enumerate(others[: way.others])]
        session.add_all(_held(template, holders, at))
        if way.way is CouponWay.BATCH:
            plan = BatchPlan("Flyers at the market", BATCH, PREFIX)
            make_batch(template_id=template.id, plan=plan, by=by, at=at)
    session.flush()


def _coupons(picker: Picker) -> Iterator[tuple[Offer, Way]]:
    yield (
        Offer(
            *("three-off", "$3 off from $20", "满20减3", "order"),
            {"kind": "amount_off", "amount_minor": 300},
            conditions=(spend(2_000),),
            days=(-20, 60),
            values=BESIDE,
        ),
        Way(CouponWay.CLAIM, 14, claim_limit=500, mine=(2,), others=HOLDERS),
    )
    yield (
        Offer(
            *("fresh-15", "15% off fruit and vegetables", "果蔬八五折", "item"),
            {"kind": "percent_off", "basis_points": 1_500},
            {"category_ids": picker.categories("Fruit & vegetables")},
            days=(-20, 60),
            values=BESIDE,
        ),
        Way(CouponWay.CLAIM, 7, others=12),
    )
    yield (
        Offer(
            *("members-delivery", "Free delivery for Silver and Gold", "银卡金卡免运费", "shipping"),
            {"kind": "delivery_off"},
            conditions=(audience(members_only=True, tiers=["gold", "silver"]),),
            days=(-40, 60),
            values=BESIDE,
        ),
        Way(CouponWay.CLAIM, 10, claim_limit=200, mine=(1,), others=8),
    )
    yield (
        Offer(
            *("bakery-dollar", "$1 off bread and bakery from $5", "面包烘焙满5减1", "order"),
            {"kind": "amount_off", "amount_minor": 100},
            {"category_ids": picker.categories("Bread & bakery")},
            (spend(500),),
            days=(-40, 30),
            values=BESIDE,
        ),
        Way(CouponWay.CLAIM, 7, mine=(25,)),
    )
    yield (
        Offer(
            *("newcomer-5", "$5 off your first order from $25", "新人首单满25减5", "order"),
            {"kind": "amount_off", "amount_minor": 500},
            conditions=(spend(2_500), audience(members_only=True, most_orders=0)),
            values=BESIDE,
        ),
        Way(CouponWay.SIGN_UP, 30),
    )
    yield (
        Offer(
            *("flyer-household", "Flyer: 15% off household", "传单：家居清洁八五折", "order"),
            {"kind": "percent_off", "basis_points": 1_500},
            {
                "category_ids": picker.categories("Household & cleaning"),
                "exclude": {"category_ids": picker.categories("Tobacco")},
            },
            days=(-10, 90),
            values=BESIDE,
        ),
        Way(CouponWay.BATCH, None),
    )


def _held(template: CouponTemplate, holders: Iterable[tuple[int, int]], at: datetime) -> list[CouponCode]:
    """Return coupons of customers who got them so many days ago."""
    given = [(customer, at - timedelta(days=days)) for customer, days in holders]
    terms = Terms(valid_days=template.valid_days)
    return [
        CouponCode(
            promotion_id=template.promotion_id,
            template_id=template.id,
            code=code,
            usage_limit=1,
            customer_id=customer,
            given_at=moment,
            starts_at=moment,
            ends_at=coupon_end(terms, moment, TIMEZONE),
        )
        for code, (customer, moment) in zip(make_codes(len(given)), given, strict=True)
    ]
