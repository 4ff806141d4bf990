"""Orders that have arrived and are not completed yet are found without looking at all there ever were.

Revision ID: 0037
Revises: 0036
Create Date: 2026-12-01
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

INDEX = "ix_order_to_close"
TO_CLOSE = sa.text("status = 'open' AND fulfillment_status = 'delivered'")


def upgrade() -> None:
    """Add the index; the job of the next night completes what is over."""
    with op.get_context().autocommit_block():
        # One that was begun and not finished is there already, and of no use.
        op.drop_index(INDEX, table_name="order", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            INDEX,
            "order",
            ["fulfillment_status", "delivered_at"],
            sqlite_where=TO_CLOSE,
            postgresql_where=TO_CLOSE,
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    """Take it away."""
    op.drop_index(INDEX, table_name="order")
