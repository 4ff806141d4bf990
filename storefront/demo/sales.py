"""Households and baskets as rows: customers, addresses, paid and delivered orders with every discount named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from storefront.accounts.models import Address, Customer
from storefront.demo.baskets import Journey
from storefront.demo.bulk import as_json, insert_frame
from storefront.demo.journey import stable_number
from storefront.fulfilment.models import Parcel
from storefront.fulfilment.rules import parcel_number
from storefront.fulfilment.states import ParcelState
from storefront.orders.models import Order, OrderAdjustment, OrderEvent, OrderLine
from storefront.orders.rules import NUMBERS, number_of
from storefront.orders.states import AdjustmentKind, EventKind, FulfillmentStatus, OrderStatus, PaymentStatus
from storefront.payments.models import Payment, Transaction
from storefront.payments.states import PaymentState, TransactionKind, TransactionResult

ORDERS_A_STEP = 20_000
PROVIDER = "sandbox"
METHOD = ("standard", "Home delivery")
DELIVERY_TIME = timedelta(hours=30)
NUMBER_STEP = 400_000_000_019
"""A prime that does not divide the number of order numbers, so that no two orders share one."""
REASONS = (
    ("card", AdjustmentKind.PROMOTION, "Member price", "member-price"),
    ("match", AdjustmentKind.PROMOTION, "Coupon matched by the shop", "coupon-match"),
    ("coupon", AdjustmentKind.COUPON, "Maker's coupon", "makers-coupon"),
)
FIRST_NAMES = (
    *(
        "Ada",
        "Ben",
        "Clara",
        "David",
        "Elena",
        "Felix",
        "Grace",
        "Hugo",
        "Iris",
        "Jonas",
        "Kira",
        "Leo",
        "Mara",
        "Noah",
    ),
    *("Olga", "Paul", "Quinn", "Rosa", "Simon", "Tara", "Uma", "Victor", "Wanda", "Xavier", "Yara", "Zoe", "Amir"),
    *("Bianca", "Carlos", "Dina", "Emil", "Farah", "Georg", "Hana", "Ivan", "Jia", "Kenji", "Lena", "Mei", "Nadia"),
)
LAST_NAMES = (
    *(
        "Abbott",
        "Brandt",
        "Castillo",
        "Dahl",
        "Evans",
        "Fischer",
        "Garner",
        "Hughes",
        "Ito",
        "Jensen",
        "Kaplan",
        "Lang",
    ),
    *("Moreau", "Novak", "Ortega", "Park", "Quist", "Reyes", "Sato", "Tran", "Ueda", "Vargas", "Weber", "Xu", "Young"),
    *("Zimmer", "Adler", "Bauer", "Chen", "Diaz", "Ellis", "Frost", "Gupta", "Holm", "Irwin", "Joshi", "Klein"),
)
STREETS = ("Maple Street", "Harbor Lane", "Mill Road", "Orchard Avenue", "River Walk", "Cedar Court", "Station Road")
TOWNS = (("Ashford", "OH", "45999"), ("Brookville", "KY", "40999"), ("Fairhaven", "IN", "46999"))


def customer_name(household: int) -> str:
    """Return the invented name of a household."""
    draw = stable_number(f"name {household}")
    return f"{FIRST_NAMES[draw % len(FIRST_NAMES)]} {LAST_NAMES[draw // 64 % len(LAST_NAMES)]}"


def customer_email(household: int) -> str:
    """Return a household's address in a domain that nobody can own."""
    return f"household{household:04d}@example.com"


def postal_address(household: int) -> dict[str, str]:
    """Return an invented address, with the fields of `accounts.rules.PostalAddress`."""
    draw = stable_number(f"address {household}")
    city, region, postcode = TOWNS[draw % len(TOWNS)]
    return {
        "name": customer_name(household),
        "phone": f"+1202555{100 + draw % 100:04d}",
        "country": "US",
        "region": region,
        "city": city,
        "district": "",
        "street": f"{1 + draw // 16 % 180} {STREETS[draw // 8 % len(STREETS)]}",
        "street2": "",
        "postcode": postcode,
    }


def insert_customers(connection: Connection, customers: pd.DataFrame) -> None:
    """Insert households with what is known of them; none of them can sign in."""
    traits = [column for column in customers.columns if column not in {"id", "household_id", "moment", "orders"}]
    known = customers[traits].astype(object).where(customers[traits].notna(), None)
    insert_frame(
        connection,
        Customer.__table__,
        pd.DataFrame(
            {
                "id": customers.id,
                "email": [customer_email(household) for household in customers.household_id],
                "name": [customer_name(household) for household in customers.household_id],
                "phone": "",
                "locale": "en",
                "tier": "",
                "traits": [
                    {trait: value for trait, value in zip(traits, row, strict=True) if value is not None}
                    for row in known.itertuples(index=False)
                ],
                "order_count": customers.orders,
                "is_active": True,
                "session_version": 1,
                "created_at": customers.moment,
            }
        ),
    )
    insert_frame(
        connection,
        Address.__table__,
        pd.DataFrame(
            {
                "id": customers.id,
                "customer_id": customers.id,
                "fields": [postal_address(household) for household in customers.household_id],
                "is_default": True,
                "created_at": customers.moment,
            }
        ),
    )


def order_steps(journey: Journey) -> Iterator[tuple[int, int]]:
    """Yield half-open ranges of order ids, each to be inserted in one transaction."""
    for start in range(1, len(journey.orders) + 1, ORDERS_A_STEP):
        yield start, min(start + ORDERS_A_STEP, len(journey.orders) + 1)


def insert_orders(connection: Connection, journey: Journey, first: int, end: int, currency: str) -> None:
    """Insert the orders with ids from `first` up to `end`, with all that hangs on them."""
    orders = journey.orders.iloc[first - 1 : end - 1]
    lines = journey.lines
    lines = lines.iloc[np.searchsorted(lines.order_id, first) : np.searchsorted(lines.order_id, end)]
    numbers = [number_of(identifier * NUMBER_STEP % NUMBERS) for identifier in orders.id.tolist()]
    latest = journey.orders.moment.max()
    insert_frame(connection, Order.__table__, _order_rows(journey, orders, numbers, latest, currency))
    insert_frame(connection, OrderLine.__table__, line_rows(lines, journey.variants, journey.products))
    insert_frame(connection, OrderAdjustment.__table__, _adjustment_rows(lines))
    insert_frame(connection, OrderEvent.__table__, _event_rows(orders, latest))
    insert_frame(connection, Parcel.__table__, _parcel_rows(orders, numbers, latest))
    payments, transactions = _payment_rows(orders, numbers, currency)
    insert_frame(connection, Payment.__table__, payments)
    insert_frame(connection, Transaction.__table__, transactions)


def _order_rows(
    journey: Journey, orders: pd.DataFrame, numbers: list[str], latest: pd.Timestamp, currency: str
) -> pd.DataFrame:
    households = journey.customers.household_id.to_numpy()[orders.customer_id.to_numpy() - 1].tolist()
    addresses = {household: as_json(postal_address(household)) for household in set(households)}
    delivered = _delivered(orders, latest)
    return pd.DataFrame(
        {
            "id": orders.id,
            "number": numbers,
            "access_token": tokens(len(orders)),
            "idempotency_key": [f"demo-{basket}" for basket in orders.basket_id],
            "customer_id": orders.customer_id,
            "email": [customer_email(household) for household in households],
            "phone": "",
            "locale": "en",
            "status": OrderStatus.OPEN.value,
            "payment_status": PaymentStatus.PAID.value,
            "fulfillment_status": FulfillmentStatus.DELIVERED.value,
            "currency": currency,
            "goods_minor": orders.goods,
            "discount_minor": orders.discount,
            "shipping_minor": 0,
            "tax_minor": 0,
            "total_minor": orders.total,
            "paid_minor": orders.total,
            "authorized_minor": 0,
            "refunded_minor": 0,
            "shipping_address": [addresses[household] for household in households],
            "shipping_method_code": METHOD[0],
            "shipping_method_name": METHOD[1],
            "payment_provider": PROVIDER,
            "quote_hash": "",
            "trace": "[]",
            "note": "",
            "placed_at": orders.moment,
            "paid_at": orders.moment,
            "delivered_at": delivered,
        }
    )


def line_rows(lines: pd.DataFrame, variants: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Snapshot what was sold; a name is looked up once per variant, not once per line."""
    places = lines.variant_id.to_numpy() - 1
    owners = variants.product_id.to_numpy()[places]
    return pd.DataFrame(
        {
            "id": lines.id,
            "order_id": lines.order_id,
            "position": lines.position,
            "variant_id": lines.variant_id,
            "product_id": owners,
            "sku": variants.sku.to_numpy(dtype=object)[places],
            "name": products.name.to_numpy(dtype=object)[owners - 1],
            "variant_name": variants.label.to_numpy(dtype=object)[places],
            "picture": products.picture.to_numpy(dtype=object)[owners - 1],
            "quantity": lines.quantity,
            "unit_price_minor": lines.unit_price,
            "discount_minor": lines.discount,
        }
    )


def _adjustment_rows(lines: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each reason that took something off a line."""
    parts = []
    for column, kind, label, key in REASONS:
        part = lines[lines[column] > 0]
        parts.append(
            pd.DataFrame(
                {
                    "order_id": part.order_id,
                    "order_line_id": part.id,
                    "kind": kind.value,
                    "label": label,
                    "amount_minor": -part[column],
                    "promotion_key": key,
                    "code": "",
                }
            )
        )
    return pd.concat(parts).sort_values(["order_line_id"], kind="stable")


def _event_rows(orders: pd.DataFrame, latest: pd.Timestamp) -> pd.DataFrame:
    moments = ((EventKind.PLACED, orders.moment), (EventKind.PAID, orders.moment))
    told = [*moments, (EventKind.DELIVERED, _delivered(orders, latest))]
    return pd.concat(
        [
            pd.DataFrame({"order_id": orders.id, "kind": kind.value, "actor": "system", "facts": "{}", "at": moment})
            for kind, moment in told
        ]
    ).sort_values("order_id", kind="stable")


def _parcel_rows(orders: pd.DataFrame, numbers: list[str], latest: pd.Timestamp) -> pd.DataFrame:
    """Return one parcel per order that holds everything; its lines are the order's."""
    return pd.DataFrame(
        {
            "id": orders.id,
            "order_id": orders.id,
            "number": [parcel_number(number, 0) for number in numbers],
            "state": ParcelState.DELIVERED.value,
            "holds_all": True,
            "carrier": "",
            "tracking_number": "",
            "packed_by": "system",
            "packed_at": orders.moment,
            "shipped_at": orders.moment,
            "delivered_at": _delivered(orders, latest),
        }
    )


def _payment_rows(orders: pd.DataFrame, numbers: list[str], currency: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    payments = pd.DataFrame(
        {
            "id": orders.id,
            "order_id": orders.id,
            "provider": PROVIDER,
            "reference": [f"demo-{number}" for number in numbers],
            "state": PaymentState.CAPTURED.value,
            "amount_minor": orders.total,
            "captured_minor": orders.total,
            "refunded_minor": 0,
            "refunding_minor": 0,
            "handle": "",
            "continue_url": "",
            "qr": "",
            "issue": "",
            "currency": currency,
            "created_at": orders.moment,
        }
    )
    transactions = pd.DataFrame(
        {
            "payment_id": orders.id,
            "kind": TransactionKind.CAPTURE.value,
            "result": TransactionResult.SUCCESS.value,
            "amount_minor": orders.total,
            "psp_reference": [f"demo-{number}" for number in numbers],
            "idempotency_key": [f"demo-{number}" for number in numbers],
            "facts": "{}",
            "at": orders.moment,
        }
    )
    return payments, transactions


def _delivered(orders: pd.DataFrame, latest: pd.Timestamp) -> pd.Series:
    return (orders.moment + DELIVERY_TIME).clip(upper=latest)


def tokens(count: int) -> list[str]:
    """Return so many keys that nobody can guess, each the key of a guest's order."""
    noise = os.urandom(16 * count).hex()
    return [noise[start : start + 32] for start in range(0, 32 * count, 32)]
