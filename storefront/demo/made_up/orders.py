"""Made-up orders as rows, with all that hangs on them: reasons, story, payment, parcel and movements of stock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from storefront.demo.bulk import as_json, insert_frame
from storefront.demo.front import CURRENCY
from storefront.demo.made_up.demand import FREE_FROM, FREIGHT, Fate
from storefront.demo.made_up.goods import SEED
from storefront.demo.made_up.rows import MadeUp
from storefront.demo.sales import METHOD, NUMBER_STEP, PROVIDER, customer_email, line_rows, postal_address, tokens
from storefront.fulfilment.models import Parcel, ParcelLine
from storefront.fulfilment.rules import parcel_number
from storefront.fulfilment.states import ParcelState
from storefront.orders.models import Order, OrderAdjustment, OrderEvent, OrderLine
from storefront.orders.rules import NUMBERS, number_of
from storefront.orders.states import AdjustmentKind, EventKind, FulfillmentStatus, OrderStatus, PaymentStatus
from storefront.payments.models import Payment, Transaction
from storefront.payments.states import PaymentState, TransactionKind, TransactionResult

AT_THE_DOOR = "cod"
PAY_WITHIN = np.timedelta64(2, "D")
GUEST_NUMBERS = 10_000_000
"""Guests' invented households count from here."""
OFFERS = (
    ("promoted", AdjustmentKind.PROMOTION, "Seasonal offer", "seasonal-offer", ""),
    ("couponed", AdjustmentKind.COUPON, "Coupon", "made-up-coupon", "WELCOME"),
)
_UNPAID = (Fate.CANCELLED, Fate.WAITS, Fate.AT_THE_DOOR)


@dataclass(frozen=True)
class Part:
    """Some orders that follow one another, in columns, and their lines."""

    orders: pd.DataFrame
    lines: pd.DataFrame

    def on_lines(self, column: str) -> NDArray[Any]:
        """Return a column of the orders, once for each line."""
        values: NDArray[Any] = self.orders[column].to_numpy()[self.lines.place]
        return values


def part_of(shop: MadeUp, first: int, end: int) -> Part:
    """Return the orders at these places with every sum; the money adds up to the cent."""
    demand, goods = shop.demand, shop.goods
    rng = np.random.default_rng([SEED, 4, first])
    count = end - first
    span = slice(demand.starts[first], demand.starts[end])
    variant = demand.variant[span]
    place = np.repeat(np.arange(count), np.diff(demand.starts[first : end + 1]))
    price = goods.variants.price.to_numpy()[variant - 1]
    quantity = demand.quantity[span].astype(np.int64)
    gross = price * quantity
    promoted = gross * demand.promoted[first:end][place] // 10_000
    couponed = (gross - promoted) * demand.couponed[first:end][place] // 10_000
    lines = pd.DataFrame(
        {
            "id": np.arange(span.start + 1, span.stop + 1),
            "place": place,
            "order_id": first + 1 + place,
            "position": np.arange(len(place)) - (demand.starts[first:end] - span.start)[place],
            "variant_id": variant,
            "quantity": quantity,
            "price": price,
            "promoted": promoted,
            "couponed": couponed,
            "discount": promoted + couponed,
        }
    )
    sums = [np.bincount(place, weights=values, minlength=count).astype("int64") for values in (gross, lines.discount)]
    shipping = np.where(sums[0] - sums[1] < FREE_FROM, FREIGHT, 0)
    moment, fate = demand.moment[first:end], demand.fate[first:end]
    total = sums[0] - sums[1] + shipping
    is_paid = ~np.isin(fate, _UNPAID)
    orders = pd.DataFrame(
        {
            "id": np.arange(first + 1, end + 1),
            "number": [number_of(number * NUMBER_STEP % NUMBERS) for number in range(first + 1, end + 1)],
            "customer_id": demand.customer[first:end],
            "moment": moment,
            "fate": fate,
            "goods": sums[0],
            "discount": sums[1],
            "shipping": shipping,
            "total": total,
            "paid": np.where(is_paid, total, 0),
            "refunded": np.where(fate == Fate.CALLED_OFF, total, 0),
            "packed_at": _later(rng, moment, shop.ends, 2, 20),
            "sent_at": _later(rng, moment, shop.ends, 20, 40),
            "delivered_at": _later(rng, moment, shop.ends, 44, 110),
            "cancelled_at": _later(rng, moment, shop.ends, 1, 12),
        }
    )
    return Part(orders, lines)


def insert_part(connection: Connection, shop: MadeUp, part: Part) -> None:
    """Insert orders whose returns are known: what went back already stands in `refunded`."""
    insert_frame(connection, Order.__table__, _order_rows(part.orders))
    insert_frame(
        connection,
        OrderLine.__table__,
        line_rows(part.lines.rename(columns={"price": "unit_price"}), shop.goods.variants, shop.goods.products),
    )
    insert_frame(connection, OrderAdjustment.__table__, _adjustment_rows(part))
    insert_frame(connection, OrderEvent.__table__, _event_rows(part.orders))
    for table, rows in zip((Parcel, ParcelLine), _parcel_rows(part), strict=True):
        insert_frame(connection, table.__table__, rows)
    for table, rows in zip((Payment, Transaction), _payment_rows(part.orders), strict=True):
        insert_frame(connection, table.__table__, rows)


def _later(rng: np.random.Generator, moment: NDArray[Any], end: np.datetime64, least: int, most: int) -> NDArray[Any]:
    """Return moments so many hours later, none of them after the end."""
    late = moment + (rng.uniform(least, most, len(moment)) * 3600).astype("timedelta64[s]")
    kept: NDArray[Any] = np.minimum(late, end)
    return kept


def _households(orders: pd.DataFrame) -> NDArray[Any]:
    numbers: NDArray[Any] = np.where(orders.customer_id > 0, orders.customer_id, GUEST_NUMBERS + orders.id // 2)
    return numbers


def _order_rows(orders: pd.DataFrame) -> pd.DataFrame:
    households = _households(orders).tolist()
    is_cancelled = orders.fate.isin((Fate.CANCELLED, Fate.CALLED_OFF))
    payment = np.select(
        [orders.fate.isin(_UNPAID), orders.refunded == 0, orders.refunded >= orders.paid],
        [PaymentStatus.UNPAID.value, PaymentStatus.PAID.value, PaymentStatus.REFUNDED.value],
        PaymentStatus.PARTIALLY_REFUNDED.value,
    )
    progress = np.select(
        [orders.fate == Fate.SENT, orders.fate == Fate.DELIVERED],
        [FulfillmentStatus.FULFILLED.value, FulfillmentStatus.DELIVERED.value],
        FulfillmentStatus.UNFULFILLED.value,
    )
    return pd.DataFrame(
        {
            "id": orders.id,
            "number": orders.number,
            "access_token": tokens(len(orders)),
            "idempotency_key": [f"demo-made-up-{number}" for number in orders.id],
            "customer_id": orders.customer_id.where(orders.customer_id > 0),
            "email": [customer_email(household) for household in households],
            "phone": "",
            "locale": np.where(orders.id % 7 == 0, "zh", "en"),
            "status": np.where(is_cancelled, OrderStatus.CANCELLED.value, OrderStatus.OPEN.value),
            "payment_status": payment,
            "fulfillment_status": progress,
            "currency": CURRENCY,
            "goods_minor": orders.goods,
            "discount_minor": orders.discount,
            "shipping_minor": orders.shipping,
            "tax_minor": 0,
            "total_minor": orders.total,
            "paid_minor": orders.paid,
            "authorized_minor": 0,
            "refunded_minor": orders.refunded,
            "shipping_address": [as_json(postal_address(household)) for household in households],
            "shipping_method_code": METHOD[0],
            "shipping_method_name": METHOD[1],
            "payment_provider": _providers(orders),
            "quote_hash": "",
            "trace": "[]",
            "note": np.where(orders.id % 97 == 0, "Please ring twice.", ""),
            "placed_at": orders.moment,
            "paid_at": orders.moment.where(orders.paid > 0),
            "delivered_at": orders.delivered_at.where(orders.fate == Fate.DELIVERED),
            "cancelled_at": orders.cancelled_at.where(is_cancelled),
            "pay_before": (orders.moment + PAY_WITHIN).where(orders.fate == Fate.WAITS),
        }
    )


def _providers(orders: pd.DataFrame) -> NDArray[Any]:
    return np.where(orders.fate == Fate.AT_THE_DOOR, AT_THE_DOOR, PROVIDER)


def _adjustment_rows(part: Part) -> pd.DataFrame:
    """One row for each reason that took something off a line, and one for delivery."""
    parts = []
    for column, kind, label, key, code in OFFERS:
        lines = part.lines[part.lines[column] > 0]
        told = {"kind": kind.value, "label": label, "promotion_key": key, "code": code}
        who = {"order_id": lines.order_id, "order_line_id": lines.id, "amount_minor": -lines[column]}
        parts.append(pd.DataFrame(who | told))
    sent = part.orders[part.orders.shipping > 0]
    delivery = {"kind": AdjustmentKind.SHIPPING.value, "label": METHOD[1], "promotion_key": "", "code": ""}
    parts.append(pd.DataFrame({"order_id": sent.id, "order_line_id": None, "amount_minor": sent.shipping} | delivery))
    return pd.concat([rows for rows in parts if len(rows)] or parts[:1]).sort_values("order_id", kind="stable")


def _event_rows(orders: pd.DataFrame) -> pd.DataFrame:
    fate = orders.fate
    told = (
        (EventKind.PLACED, orders.moment, fate >= 0),
        (EventKind.PAID, orders.moment, orders.paid > 0),
        (EventKind.CANCELLED, orders.cancelled_at, fate.isin((Fate.CANCELLED, Fate.CALLED_OFF))),
        (EventKind.PACKED, orders.packed_at, fate >= Fate.PACKED),
        (EventKind.SENT, orders.sent_at, fate >= Fate.SENT),
        (EventKind.DELIVERED, orders.delivered_at, fate == Fate.DELIVERED),
    )
    rows = [
        pd.DataFrame({"order_id": orders.id[so], "kind": kind.value, "actor": "system", "facts": "{}", "at": at[so]})
        for kind, at, so in told
    ]
    return pd.concat(rows).sort_values("order_id", kind="stable")


def _parcel_rows(part: Part) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One parcel an order; one that has left holds everything, one on the packing table names its lines."""
    orders = part.orders[part.orders.fate >= Fate.PACKED]
    left = orders.fate >= Fate.SENT
    states = [ParcelState.PACKED.value, ParcelState.SHIPPED.value, ParcelState.DELIVERED.value]
    parcels = pd.DataFrame(
        {
            "id": orders.id,
            "order_id": orders.id,
            "number": [parcel_number(number, 0) for number in orders.number],
            "state": np.array(states)[orders.fate.to_numpy() - Fate.PACKED],
            "warehouse_id": 1,
            "holds_all": left,
            "carrier": np.where(left, "ups", ""),
            "tracking_number": [
                f"1Z999AA2{number:010d}" if gone else "" for number, gone in zip(orders.id, left, strict=True)
            ],
            "packed_by": "system",
            "packed_at": orders.packed_at,
            "shipped_at": orders.sent_at.where(left),
            "delivered_at": orders.delivered_at.where(orders.fate == Fate.DELIVERED),
        }
    )
    inside = part.lines[part.on_lines("fate") == Fate.PACKED]
    held = {"parcel_id": inside.order_id, "order_line_id": inside.id, "quantity": inside.quantity}
    return parcels, pd.DataFrame(held)


def _payment_rows(orders: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    state = np.select(
        [orders.paid > 0, orders.fate == Fate.CANCELLED],
        [PaymentState.CAPTURED.value, PaymentState.FAILED.value],
        PaymentState.PENDING.value,
    )
    payments = pd.DataFrame(
        {
            "id": orders.id,
            "order_id": orders.id,
            "provider": _providers(orders),
            "reference": "demo-" + orders.number,
            "state": state,
            "amount_minor": orders.total,
            "captured_minor": orders.paid,
            "refunded_minor": orders.refunded,
            "refunding_minor": 0,
            "currency": CURRENCY,
            "created_at": orders.moment,
        }
    )
    paid = orders[orders.paid > 0]
    transactions = pd.DataFrame(
        {
            "payment_id": paid.id,
            "kind": TransactionKind.CAPTURE.value,
            "result": TransactionResult.SUCCESS.value,
            "amount_minor": paid.paid,
            "psp_reference": "demo-" + paid.number,
            "idempotency_key": "demo-" + paid.number,
            "facts": "{}",
            "at": paid.moment,
        }
    )
    return payments, transactions
