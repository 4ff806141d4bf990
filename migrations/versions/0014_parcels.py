"""Send orders in parcels: their carriers, what is in them, and the news of them.

Orders that were sent before have one parcel each that holds everything.

Revision ID: 0014
Revises: 0012
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables, and a parcel for each order that has been sent."""
    op.create_table(
        "carrier",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("kuaidi100", sa.String(length=32), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_carrier")),
    )
    op.create_table(
        "parcel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("warehouse_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("holds_all", sa.Boolean(), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("tracking_number", sa.String(length=40), nullable=False),
        sa.Column("packed_by", sa.String(length=120), nullable=False),
        sa.Column("packed_at", MOMENT, nullable=False),
        sa.Column("shipped_at", MOMENT, nullable=True),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("resent_at", MOMENT, nullable=True),
        sa.Column("poll_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('packed', 'unpacked', 'shipped', 'delivered', 'lost', 'returned')",
            name=op.f("ck_parcel_state_known"),
        ),
        sa.CheckConstraint(
            "state IN ('packed', 'unpacked') OR shipped_at IS NOT NULL", name=op.f("ck_parcel_has_left")
        ),
        sa.CheckConstraint("state <> 'delivered' OR delivered_at IS NOT NULL", name=op.f("ck_parcel_has_arrived")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_parcel_order_id_order"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouse.id"], name=op.f("fk_parcel_warehouse_id_warehouse"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
        sa.UniqueConstraint("number", name=op.f("uq_parcel_number")),
    )
    op.create_index(op.f("ix_parcel_order_id"), "parcel", ["order_id"])
    op.create_index(op.f("ix_parcel_poll_at"), "parcel", ["poll_at"])
    op.create_index("ix_parcel_state_shipped", "parcel", ["state", "shipped_at"])
    op.create_index("ix_parcel_tracking", "parcel", ["tracking_number", "carrier"])
    op.create_table(
        "parcel_line",
        sa.Column("parcel_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_parcel_line_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_parcel_line_order_line_id_order_line"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcel.id"], name=op.f("fk_parcel_line_parcel_id_parcel"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("parcel_id", "order_line_id", name=op.f("pk_parcel_line")),
    )
    op.create_index(op.f("ix_parcel_line_order_line_id"), "parcel_line", ["order_line_id"])
    op.create_table(
        "tracking_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcel.id"], name=op.f("fk_tracking_event_parcel_id_parcel"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_event")),
        sa.UniqueConstraint("parcel_id", "key", name=op.f("uq_tracking_event_parcel_id_key")),
    )
    op.execute(
        """
        INSERT INTO parcel (order_id, number, state, holds_all, carrier, tracking_number, packed_by, packed_at,
                            shipped_at, delivered_at)
        SELECT id, number || '-1', 'delivered', true, '', '', 'system', delivered_at, delivered_at, delivered_at
        FROM "order"
        WHERE fulfillment_status = 'delivered' AND delivered_at IS NOT NULL
        ORDER BY id
        """
    )


def downgrade() -> None:
    """Take them away again."""
    for table in ("tracking_event", "parcel_line", "parcel", "carrier"):
        op.drop_table(table)
