"""Keep every counted order beside its visitor.

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-28
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "behaviour_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.String(32), nullable=False),
        sa.Column("visitor", sa.String(22), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("is_undone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_order")),
        sa.UniqueConstraint("order_number", name=op.f("uq_behaviour_order_order_number")),
    )
    op.create_index(op.f("ix_behaviour_order_day"), "behaviour_order", ["day"], unique=False)
    op.create_index("ix_behaviour_order_visitor_at", "behaviour_order", ["visitor", "at"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("behaviour_order")
