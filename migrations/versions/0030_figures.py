"""Sums of days for reports, visits, and what came of the last proof of each ledger.

Revision ID: 0030
Revises: 0025
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
DAY_SUMS = (
    *(("orders", sa.Integer()), ("gmv", sa.BigInteger()), ("discounts", sa.BigInteger())),
    *(("delivery", sa.BigInteger()), ("tax", sa.BigInteger()), ("goods", sa.BigInteger()), ("units", sa.Integer())),
    *(("known", sa.BigInteger()), ("cost", sa.BigInteger()), ("refunds", sa.Integer())),
    *(("refunded", sa.BigInteger()), ("refunded_goods", sa.BigInteger())),
    *(("buyers", sa.Integer()), ("newcomers", sa.Integer()), ("repeaters", sa.Integer())),
)
COUNTED = [
    *("placed_at", "status", "total_minor", "currency"),
    *("idempotency_key", "payment_provider", "customer_id", "email"),
]


def upgrade() -> None:
    """Add the tables, an index of refunds by the day on which they ended, and one that holds all that tells of an order
    whether and for whom it counts (the old one was its beginning)."""
    _figures()
    _visits()
    op.create_table(
        "ledger_check",
        sa.Column("ledger", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("examples", JSON, nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("ledger", name=op.f("pk_ledger_check")),
    )
    op.create_index(op.f("ix_payment_refund_ended_at"), "payment_refund", ["ended_at"])
    op.create_index("ix_order_counted", "order", COUNTED)
    op.drop_index("ix_order_placed_figures", table_name="order")


def _figures() -> None:
    op.create_table(
        "figures_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(length=80), nullable=False),
        sa.Column("is_stale", sa.Boolean(), nullable=False, server_default=sa.false()),
        *(sa.Column(name, kind, nullable=False) for name, kind in DAY_SUMS),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_figures_day")),
    )
    op.create_table(
        "figures_product_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("variant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("goods", sa.BigInteger(), nullable=False),
        sa.Column("known", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "variant_id", "product_id", name=op.f("pk_figures_product_day")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "figures_offer_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("promotion_key", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", "promotion_key", name=op.f("pk_figures_offer_day")),
    )
    op.create_table(
        "figures_cohort",
        sa.Column("first", sa.String(length=7), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("buyers", sa.Integer(), nullable=False),
        sa.Column("counted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("first", "month", name=op.f("pk_figures_cohort")),
    )


def _visits() -> None:
    op.create_table(
        "behaviour_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("device", sa.String(length=16), nullable=False),
        sa.Column("converted_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_visit")),
        sa.UniqueConstraint("day", "key", name=op.f("uq_behaviour_visit_day_key")),
    )
    op.create_index("ix_behaviour_visit_at", "behaviour_visit", ["at", "converted_at"])
    op.create_index("ix_behaviour_visit_ways", "behaviour_visit", ["day", "source", "device", "converted_at"])
    op.create_table(
        "behaviour_salt",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_behaviour_salt")),
    )
    op.create_table(
        "behaviour_visit_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("device", sa.String(length=16), nullable=False),
        sa.Column("visitors", sa.Integer(), nullable=False),
        sa.Column("converted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "source", "device", name=op.f("pk_behaviour_visit_day")),
    )


def downgrade() -> None:
    """Drop them."""
    op.create_index("ix_order_placed_figures", "order", COUNTED[:3])
    op.drop_index("ix_order_counted", table_name="order")
    op.drop_index(op.f("ix_payment_refund_ended_at"), table_name="payment_refund")
    for table in ("ledger_check", "behaviour_visit_day", "behaviour_salt", "behaviour_visit"):
        op.drop_table(table)
    for table in ("figures_cohort", "figures_offer_day", "figures_product_day", "figures_day"):
        op.drop_table(table)
