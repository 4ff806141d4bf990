"""Cancelled orders that hold a shopper's money, found among all that were ever cancelled.

Revision ID: 0034
Revises: 0033
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

OWING = sa.text("status = 'cancelled' AND paid_minor > refunded_minor + lost_minor")


def upgrade() -> None:
    """Add the index."""
    with op.get_context().autocommit_block():
        # One that was begun and not finished is there already, and of no use.
        op.drop_index("ix_order_owing", table_name="order", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            "ix_order_owing",
            "order",
            ["status", "placed_at"],
            sqlite_where=OWING,
            postgresql_where=OWING,
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_order_owing", table_name="order")
