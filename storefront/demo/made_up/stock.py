"""The made-up stock room: what came in at the beginning, and every movement of every order since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, update

from storefront.demo.bulk import insert_frame
from storefront.demo.goods import WAREHOUSES
from storefront.demo.made_up.demand import LIVE, Fate
from storefront.demo.made_up.goods import SEED
from storefront.demo.made_up.orders import PAY_WITHIN, Part
from storefront.demo.made_up.returns import ARRIVE_AFTER
from storefront.demo.made_up.rows import MadeUp
from storefront.inventory.models import StockLevel, StockMovement, StockReservation, Warehouse
from storefront.inventory.states import MovementKind

FEWEST, MOST = 12, 600
OUT_SHARE, LOW_SHARE = 0.03, 0.06
BACKUP_EVERY, BACKUP_UNITS = 6, 18
DAYS_OF_STOCK = 14
OPENING = "opening"
_ALLOCATED = tuple(fate for fate in LIVE if fate is not Fate.WAITS)
_COUNTED = ("on_hand_delta", "allocated_delta", "reserved_delta")


def insert_opening(connection: Connection, shop: MadeUp) -> None:
    """Insert both warehouses, and what the main one had to have at first so that all could be sold and some is left."""
    insert_frame(connection, Warehouse.__table__, pd.DataFrame(WAREHOUSES))
    gone, allocated, reserved = _totals(shop)
    left = _left(shop)
    begin, end = shop.demand.moment[0].astype("datetime64[D]"), shop.ends
    number = shop.goods.variants.id.to_numpy()
    held = left + allocated + reserved
    common = {"variant_id": number, "warehouse_id": 1, "safety_stock": 0, "incoming": 0, "updated_at": end}
    sums = {"on_hand": held, "allocated": allocated, "reserved": reserved}
    insert_frame(connection, StockLevel.__table__, pd.DataFrame(common | sums))
    insert_frame(connection, StockMovement.__table__, _received(number, 1, held + gone, begin))
    spare = number[(number % BACKUP_EVERY == 0) & ((left > 0) | (number % 3 == 0))]
    common |= {"variant_id": spare, "warehouse_id": 2}
    backup = pd.DataFrame(common | {"on_hand": BACKUP_UNITS, "allocated": 0, "reserved": 0})
    insert_frame(connection, StockLevel.__table__, backup)
    insert_frame(connection, StockMovement.__table__, _received(spare, 2, np.full(len(spare), BACKUP_UNITS), begin))


def insert_movements(connection: Connection, part: Part, requests: pd.DataFrame) -> None:
    """Insert what orders took and gave back."""
    rows = pd.concat([rows for rows in _movements(part, requests) if len(rows)])
    insert_frame(connection, StockMovement.__table__, rows.sort_values("at", kind="stable"))
    _put_back(connection, requests[requests.restocked > 0])
    waits = part.lines[part.on_lines("fate") == Fate.WAITS]
    orders = part.orders.iloc[waits.place]
    insert_frame(
        connection,
        StockReservation.__table__,
        pd.DataFrame(
            {
                "reference": orders.number.to_numpy(),
                "variant_id": waits.variant_id.to_numpy(),
                "warehouse_id": 1,
                "quantity": waits.quantity.to_numpy(),
                "expires_at": orders.moment.to_numpy() + PAY_WITHIN,
                "at": orders.moment.to_numpy(),
            }
        ),
    )


def _put_back(connection: Connection, requests: pd.DataFrame) -> None:
    level = StockLevel.__table__.c
    statement = (
        update(StockLevel)
        .where(level.variant_id == bindparam("variant"), level.warehouse_id == 1)
        .values(on_hand=level.on_hand + bindparam("units"))
    )
    pairs = zip(requests.variant_id.tolist(), requests.restocked.tolist(), strict=True)
    rows = [{"variant": variant, "units": units} for variant, units in pairs]
    if rows:
        connection.execute(statement, rows)


def _totals(shop: MadeUp) -> tuple[NDArray[Any], ...]:
    """Return by variant what has left the house, and what is allocated and reserved."""
    demand = shop.demand
    fate = np.repeat(demand.fate, np.diff(demand.starts))
    return tuple(
        np.bincount(demand.variant[part] - 1, weights=demand.quantity[part], minlength=len(shop.goods.variants)).astype(
            "int64"
        )
        for part in (fate >= Fate.SENT, np.isin(fate, _ALLOCATED), fate == Fate.WAITS)
    )


def _left(shop: MadeUp) -> NDArray[Any]:
    """Return units free on the shelf: two weeks' sales, a few sizes low and a few sold out."""
    demand, count = shop.demand, len(shop.goods.variants)
    since = demand.starts[np.searchsorted(demand.moment, shop.ends - np.timedelta64(DAYS_OF_STOCK, "D"))]
    sold = np.bincount(demand.variant[since:] - 1, weights=demand.quantity[since:], minlength=count)
    luck = np.random.default_rng([SEED, 6]).random(count)
    left = np.clip(sold, FEWEST, MOST).astype("int64")
    left[luck < OUT_SHARE + LOW_SHARE] = 1 + (luck[luck < OUT_SHARE + LOW_SHARE] * 1000).astype("int64") % 4
    left[luck < OUT_SHARE] = 0
    return left


def _received(variant: NDArray[Any], warehouse: int, units: NDArray[Any], at: np.datetime64) -> pd.DataFrame:
    told = {"kind": MovementKind.RECEIVED.value, "reference": OPENING, "actor": "system", "at": at}
    frame = pd.DataFrame({"variant_id": variant, "warehouse_id": warehouse, "on_hand_delta": units} | told)
    return frame[frame.on_hand_delta > 0]


def _movements(part: Part, requests: pd.DataFrame) -> Iterator[pd.DataFrame]:
    fate = part.on_lines("fate")
    units = part.lines.quantity.to_numpy()
    number, variant = part.on_lines("number"), part.lines.variant_id.to_numpy()
    for kind, at, mine, deltas in (
        (MovementKind.ALLOCATED, "moment", np.isin(fate, _ALLOCATED) | (fate >= Fate.SENT), (0, 1, 0)),
        (MovementKind.RESERVED, "moment", fate == Fate.WAITS, (0, 0, 1)),
        (MovementKind.SHIPPED, "sent_at", fate >= Fate.SENT, (-1, -1, 0)),
    ):
        moved = {name: units[mine] * sign for name, sign in zip(_COUNTED, deltas, strict=True)}
        told = {"variant_id": variant[mine], "warehouse_id": 1, "kind": kind.value, "reference": number[mine]}
        yield pd.DataFrame(told | moved | {"actor": "system", "at": part.on_lines(at)[mine]})
    back = requests[requests.restocked > 0]
    told = {"variant_id": back.variant_id, "warehouse_id": 1, "kind": MovementKind.RETURNED.value}
    moved = {"on_hand_delta": back.restocked, "allocated_delta": 0, "reserved_delta": 0}
    yield pd.DataFrame(told | moved | {"reference": back.number, "actor": "system", "at": back.asked_at + ARRIVE_AFTER})
