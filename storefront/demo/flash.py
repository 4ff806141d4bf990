"""The demo's flash sale: a session every four hours for days to come, with other goods each time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, pairwise, zip_longest
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from storefront.accounts.models import Customer
from storefront.demo.front import TIMEZONE
from storefront.demo.people import SHOPPER
from storefront.demo.picking import Good, Picker, midnight
from storefront.demo.prices import reduced
from storefront.flash.models import FlashItem, FlashSale, FlashSession, FlashTake
from storefront.flash.recording import SOURCE
from storefront.pricing.models import PriceChange

HOURS = 4
DAYS_BEFORE, DAYS_AHEAD = 1, 5
GOODS, POOL = 8, 42
"""In a session, and in all before they come again."""
BUYERS = 60
PHOTOGRAPHED = (
    *("hanging-plant", "instamatic-camera", "tripod", "aloe-vera", "wireless-optical-mouse", "bonsai-tree"),
    *("basketball", "cruiser-skateboard", "tulip-pot", "skipping-rope", "spiky-cactus"),
)
SHELVES = (
    *(("Soft drinks", "Chilled juice & drinks"), ("Chips & bagged snacks", "Cereal bars & fruit snacks")),
    *(("Frozen meals", "Frozen pizza & snacks"), ("Laundry detergent", "Paper towels", "Toilet tissue")),
    *(("Bread & bakery",), ("Beef", "Chicken", "Pork"), ("Home & kitchen",), ("Baby food", "Diapers", "Baby care")),
    *(("Oral care", "Soap & body wash"), ("Fresh fish & seafood",)),
)
SHARES = (6_500, 7_000, 6_000, 7_500)
QUOTAS = (20, 12, 16, 30, 10)
EACH = (2, 3, 2, None)
SOLD = (85, 45, 100, 20, 60, 5, 35, 70)
"""Percents of the quotas that a whole session sells; one that is on has sold less."""


def insert_flash(session: Session, by: str, at: datetime) -> None:
    """Insert the activity, its sessions from yesterday on, and what was sold of those that have begun."""
    pool = _pool(Picker(session))
    sale = FlashSale(key="flash-hours", name="Flash hours", translations={"zh": {"name": "整点秒杀"}}, updated_at=at)
    session.add(sale)
    session.flush()
    spans = list(pairwise(_marks(at)))
    runs = [FlashSession(flash_sale_id=sale.id, starts_at=a, ends_at=b, updated_at=at) for a, b in spans]
    session.add_all(runs)
    session.flush()
    items = [item for number, run in enumerate(runs) for item in _items(number, run, pool)]
    session.add_all(items)
    session.flush()
    begun = {run.id: run for run in runs if run.starts_at <= at}
    _sell(session, [(item, begun[item.flash_session_id]) for item in items if item.flash_session_id in begun], at)
    session.execute(insert(PriceChange), list(_history(items, runs, by)))


def _marks(at: datetime) -> Iterator[datetime]:
    """Yield the moments between sessions, by the shop's clock."""
    zone = ZoneInfo(TIMEZONE)
    for number in range(-DAYS_BEFORE, DAYS_AHEAD + 1):
        day = midnight(at, number).astimezone(zone)
        for hour in range(0, 24, HOURS):
            yield day.replace(hour=hour).astimezone(UTC)


def _pool(picker: Picker) -> list[Good]:
    """Return goods from all over the shop, those with photographs spread among them."""
    shelves = [picker.goods(*names, most=5, prices=(250, 2_000)) for names in SHELVES]
    photographed = picker.named(PHOTOGRAPHED)
    shelves = [photographed[::2], *shelves[:5], photographed[1::2], *shelves[5:]]
    mixed = [good for good in chain(*zip_longest(*shelves)) if good is not None]
    return mixed[:POOL]


def _items(number: int, run: FlashSession, pool: list[Good]) -> Iterator[FlashItem]:
    for position in range(min(GOODS, len(pool))):
        place = number * GOODS + position
        good = pool[place % len(pool)]
        yield FlashItem(
            flash_session_id=run.id,
            variant_id=good.variant_id,
            price_minor=reduced(good.price_minor, SHARES[place % len(SHARES)]),
            quota=QUOTAS[place % len(QUOTAS)],
            per_customer=EACH[place % len(EACH)],
            position=position,
            sold=0,
        )


def _sell(session: Session, items: list[tuple[FlashItem, FlashSession]], at: datetime) -> None:
    """Take pieces of the quotas, one to an order, and write down each of them."""
    buyers = session.scalars(
        select(Customer.id).where(Customer.email != SHOPPER).order_by(Customer.id.desc()).limit(BUYERS)
    ).all()
    takes = []
    for item, run in items:
        gone = min(at, run.ends_at) - run.starts_at
        wanted = item.quota * SOLD[item.position] * gone // (100 * (run.ends_at - run.starts_at))
        item.sold = min(wanted, len(buyers))
        takes += [
            {
                "flash_item_id": item.id,
                "customer_key": f"customer:{buyers[(item.id * 7 + number) % len(buyers)]}",
                "order_number": f"FLASH-{run.id}-{item.position + 1}-{number + 1}",
                "pieces": 1,
                "at": run.starts_at + gone * (number + 1) / (item.sold + 1),
            }
            for number in range(item.sold)
        ]
    session.flush()
    if takes:
        session.execute(insert(FlashTake), takes)


def _history(items: list[FlashItem], runs: list[FlashSession], by: str) -> Iterator[dict[str, object]]:
    """Yield what each session asks, as it is written down when one is planned."""
    known = {run.id: run for run in runs}
    for item in items:
        run, price = known[item.flash_session_id], item.price_minor
        for moment, before, after in ((run.starts_at, None, price), (run.ends_at, price, None)):
            yield {
                "variant_id": item.variant_id,
                "source": SOURCE,
                "source_key": f"session-{run.id}",
                "before_minor": before,
                "after_minor": after,
                "actor": by,
                "at": moment,
            }
