"""Tables of orders."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.database.base import Base
from storefront.database.columns import Json, json_object, minor, moment, name, pk, refers

_TO_SEND = "status = 'open' AND fulfillment_status IN ('unfulfilled', 'partial')"
"""Of these something may have to leave, and they are few of all that there ever were; see `stages.is_to_send`."""
_TO_CLOSE = "status = 'open' AND fulfillment_status = 'delivered'"
"""These are over one day; see `closing.may_close`."""
_OWING = "status = 'cancelled' AND paid_minor > refunded_minor + lost_minor"
"""These hold a shopper's money; see `stages.is_owing`."""


class Order(Base):
    """A sale, as it was agreed."""

    __tablename__ = "order"
    __table_args__ = (
        CheckConstraint("goods_minor >= 0", name="goods_not_negative"),
        CheckConstraint("total_minor >= 0", name="total_not_negative"),
        CheckConstraint(
            "total_minor = goods_minor - discount_minor + shipping_minor + tax_added_minor", name="total_adds_up"
        ),
        CheckConstraint("tax_added_minor = 0 OR tax_added_minor = tax_minor", name="tax_added_whole"),
        CheckConstraint("tax_minor >= 0 AND tax_minor <= total_minor", name="tax_within_total"),
        CheckConstraint("refunded_minor <= paid_minor", name="refunds_within_paid"),
        Index("ix_order_customer_placed", "customer_id", "placed_at"),
        Index("ix_order_status_placed", "status", "placed_at"),
        Index("ix_order_payment_placed", "payment_status", "placed_at"),
        Index("ix_order_fulfillment_placed", "fulfillment_status", "placed_at"),
        Index(
            "ix_order_counted",
            *("placed_at", "status", "total_minor", "currency"),
            *("idempotency_key", "payment_provider", "customer_id", "email"),
        ),
        Index("ix_order_total", "total_minor"),
        Index(
            "ix_order_balance",
            "balance_since",
            sqlite_where=text("balance_since IS NOT NULL"),
            postgresql_where=text("balance_since IS NOT NULL"),
        ),
        Index(
            "ix_order_to_send",
            *("fulfillment_status", "placed_at"),
            sqlite_where=text(_TO_SEND),
            postgresql_where=text(_TO_SEND),
        ),
        Index(
            "ix_order_to_close",
            *("fulfillment_status", "delivered_at"),
            sqlite_where=text(_TO_CLOSE),
            postgresql_where=text(_TO_CLOSE),
        ),
        Index("ix_order_owing", "status", "placed_at", sqlite_where=text(_OWING), postgresql_where=text(_OWING)),
        Index("ix_order_noted", "id", sqlite_where=text("note <> ''"), postgresql_where=text("note <> ''")),
        Index("ix_order_email", "email", postgresql_ops={"email": "varchar_pattern_ops"}),
        Index("ix_order_phone", "phone", sqlite_where=text("phone <> ''"), postgresql_where=text("phone <> ''")),
    )

    id: Mapped[pk]
    number: Mapped[str] = mapped_column(String(32), unique=True)
    access_token: Mapped[str] = mapped_column(String(64))
    """Lets a guest open the order page; compared in constant time."""
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    customer_id: Mapped[int | None] = refers("customer.id", on_delete="SET NULL", index=False)
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(32), default="")
    locale: Mapped[str] = mapped_column(String(8), default="en")
    status: Mapped[str] = mapped_column(String(16))
    payment_status: Mapped[str] = mapped_column(String(24))
    fulfillment_status: Mapped[str] = mapped_column(String(16))
    currency: Mapped[str] = mapped_column(String(3))
    goods_minor: Mapped[minor]
    """Sum over the lines of quantity x unit price."""
    discount_minor: Mapped[minor]
    """What promotions and coupons took off goods and delivery, as a positive number."""
    shipping_minor: Mapped[minor]
    """Delivery before discounts."""
    tax_minor: Mapped[minor] = mapped_column(default=0)
    """Contained in the total, whether prices contain it or it was added to them; `taxes` say what it is made of."""
    tax_added_minor: Mapped[minor] = mapped_column(default=0)
    """What of it was paid beyond the prices: all of it, or nothing where prices contain tax."""
    total_minor: Mapped[minor]
    paid_minor: Mapped[minor] = mapped_column(default=0)
    authorized_minor: Mapped[minor] = mapped_column(default=0)
    """Held by a provider for us, and not captured yet."""
    refunded_minor: Mapped[minor] = mapped_column(default=0)
    lost_minor: Mapped[minor] = mapped_column(default=0, server_default="0")
    """What banks have taken back from the merchant and not returned; beside refunds it can be more than was paid."""
    shipping_address: Mapped[json_object]
    shipping_method_code: Mapped[str] = mapped_column(String(32), default="")
    shipping_method_name: Mapped[str] = mapped_column(String(255), default="")
    expected_from: Mapped[date | None]
    expected_to: Mapped[date | None]
    """The days between which it should arrive, as promised when it was placed."""
    payment_provider: Mapped[str] = mapped_column(String(32), default="")
    quote_hash: Mapped[str] = mapped_column(String(64), default="")
    trace: Mapped[list[object]] = mapped_column(Json, default=list)
    """How the price came about, as `promotions.rules` told it."""
    points_spent: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    placed_at: Mapped[moment]
    paid_at: Mapped[moment | None]
    delivered_at: Mapped[moment | None]
    cancelled_at: Mapped[moment | None]
    pay_before: Mapped[moment | None] = mapped_column(index=True)
    """Unpaid after this moment, it is cancelled and its stock given back; None when it may wait (cash on delivery)."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Grows with each change of what was agreed."""
    balance_since: Mapped[moment | None]
    """Since when a paid order waits for more money, since somebody changed it: nothing of it leaves till then."""
    channel: Mapped[str] = mapped_column(String(16), default="web", server_default="web")
    taken_by: Mapped[str] = mapped_column(String(120), default="", server_default="")
    """Who of the staff took it down, for a customer on the phone."""

    lines: Mapped[list[OrderLine]] = relationship(lazy="raise", order_by="OrderLine.position")
    adjustments: Mapped[list[OrderAdjustment]] = relationship(lazy="raise", order_by="OrderAdjustment.id")
    events: Mapped[list[OrderEvent]] = relationship(lazy="raise", order_by="OrderEvent.id")
    taxes: Mapped[list[OrderTax]] = relationship(lazy="raise", order_by="OrderTax.id")


class OrderLine(Base):
    """A sold thing, as it was."""

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_price_minor >= 0", name="price_not_negative"),
        CheckConstraint("discount_minor >= 0", name="discount_not_negative"),
        CheckConstraint("tax_minor >= 0", name="tax_not_negative"),
    )

    id: Mapped[pk]
    order_id: Mapped[int] = refers("order.id", on_delete="CASCADE")
    position: Mapped[int] = mapped_column(default=0)
    variant_id: Mapped[int | None] = refers("variant.id", on_delete="SET NULL")
    product_id: Mapped[int | None] = mapped_column()
    """The product sold, remembered as a number."""
    sku: Mapped[str] = mapped_column(String(64))
    name: Mapped[name]
    variant_name: Mapped[str] = mapped_column(String(120), default="")
    picture: Mapped[str] = mapped_column(String(120), default="")
    quantity: Mapped[int]
    unit_price_minor: Mapped[minor]
    line_key: Mapped[str] = mapped_column(String(80), default="")
    """The line's id in the quote, which the trace speaks of: the SKU, "SKU@flash", "gift:3:SKU"; "" is the SKU."""
    price_source: Mapped[str] = mapped_column(String(16), default="base")
    base_price_minor: Mapped[minor | None]
    """The variant's own price that day, where `unit_price_minor` comes from a list or a flash sale."""
    is_gift: Mapped[bool] = mapped_column(default=False)
    discount_minor: Mapped[minor] = mapped_column(default=0)
    """This line's share of every discount; the line's adjustments say which."""
    tax_minor: Mapped[minor] = mapped_column(default=0)
    """This line's share of the order's tax; its taxes say which."""
    is_returnable: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether it could be returned by the terms of that day."""


class OrderAdjustment(Base):
    """One reason for one amount: a discount's share of a line, delivery, a discount on delivery."""

    __tablename__ = "order_adjustment"

    id: Mapped[pk]
    order_id: Mapped[int] = refers("order.id", on_delete="CASCADE")
    order_line_id: Mapped[int | None] = refers("order_line.id", on_delete="CASCADE", index=False)
    kind: Mapped[str] = mapped_column(String(24))
    label: Mapped[str] = mapped_column(String(255))
    amount_minor: Mapped[minor]
    """Negative for a discount."""
    promotion_key: Mapped[str] = mapped_column(String(64), default="")
    code: Mapped[str] = mapped_column(String(64), default="")
    units: Mapped[list[object] | None] = mapped_column(Json)
    """What each unit of the line got: [3350, 3350]; None where the line's units are alike."""


class OrderTax(Base):
    """What one tax asked of one line, or of the delivery (no line), as the law was that day."""

    __tablename__ = "order_tax"
    __table_args__ = (
        CheckConstraint("net_minor >= 0 AND tax_minor >= 0", name="not_negative"),
        CheckConstraint("millionths >= 0 AND millionths <= 1000000", name="a_share"),
    )

    id: Mapped[pk]
    order_id: Mapped[int] = refers("order.id", on_delete="CASCADE")
    order_line_id: Mapped[int | None] = refers("order_line.id", on_delete="CASCADE")
    country: Mapped[str] = mapped_column(String(2))
    region: Mapped[str] = mapped_column(String(60), default="")
    name: Mapped[name]
    """As the merchant calls it; reports add up by it."""
    label: Mapped[str] = mapped_column(String(255))
    """As the receipt calls it, in the customer's language: "增值税 13%"."""
    millionths: Mapped[int]
    net_minor: Mapped[minor]
    """What it is reckoned on: the line after discounts, without any tax."""
    tax_minor: Mapped[minor]
    units: Mapped[list[object] | None] = mapped_column(Json)
    """What each unit of the line bears of it: [54, 53]; None where all bear the same."""


class OrderEvent(Base):
    """What happened to an order, when, and by whom; never edited."""

    __tablename__ = "order_event"

    id: Mapped[pk]
    order_id: Mapped[int] = refers("order.id", on_delete="CASCADE")
    kind: Mapped[str] = mapped_column(String(32))
    """"placed", "paid", "payment_failed", "cancelled", "delivered", ..."""
    actor: Mapped[str] = mapped_column(String(120), default="")
    facts: Mapped[json_object]
    at: Mapped[moment]


class CustomerWorth(Base):
    """What a customer has bought so far, counted from their orders; see `orders.worth`. Without a row: nothing yet."""

    __tablename__ = "customer_worth"
    __table_args__ = (Index("ix_customer_worth_last", "last_at", "orders"),)

    customer_id: Mapped[int] = refers("customer.id", on_delete="CASCADE", index=False, primary_key=True)
    orders: Mapped[int]
    """Those that were not cancelled."""
    spent_minor: Mapped[minor] = mapped_column(index=True)
    """What came in for all orders, less what went back or was lost."""
    first_at: Mapped[moment | None]
    last_at: Mapped[moment | None]
    counted_at: Mapped[moment]


class OrderChange(Base):
    """What an order was before and after somebody changed it; never edited, but for whom is forgotten."""

    __tablename__ = "order_change"
    __table_args__ = (UniqueConstraint("order_id", "number"),)

    id: Mapped[pk]
    order_id: Mapped[int] = refers("order.id", on_delete="CASCADE", index=False)
    number: Mapped[int]
    """1 for the first change of an order."""
    actor: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[moment] = mapped_column(index=True)
    before: Mapped[json_object]
    """As `orders.history` writes an order down: its receipt and where it goes."""
    after: Mapped[json_object]
    was_paid: Mapped[bool]
    """Whether it was made after the order had been paid, and so after its sale was reported."""
    total_delta: Mapped[minor]
    tax_delta: Mapped[minor]

    taxes: Mapped[list[OrderChangeTax]] = relationship(lazy="raise", order_by="OrderChangeTax.id")


class OrderChangeTax(Base):
    """By how much a change moved one tax of an order; below nothing where it became less."""

    __tablename__ = "order_change_tax"

    id: Mapped[pk]
    order_change_id: Mapped[int] = refers("order_change.id", on_delete="CASCADE")
    country: Mapped[str] = mapped_column(String(2))
    region: Mapped[str] = mapped_column(String(60), default="")
    name: Mapped[name]
    millionths: Mapped[int]
    net_minor: Mapped[minor]
    tax_minor: Mapped[minor]


class OrderNote(Base):
    """What staff write down about an order for one another; no customer reads it."""

    __tablename__ = "order_note"

    id: Mapped[pk]
    order_id: Mapped[int] = refers("order.id", on_delete="CASCADE")
    text: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[moment]
    is_pinned: Mapped[bool] = mapped_column(default=False, server_default=false())
