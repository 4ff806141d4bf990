"""Orders of which something may have to leave, found among a million others.

Revision ID: 0033
Revises: 0032
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TO_SEND = sa.text("status = 'open' AND fulfillment_status IN ('unfulfilled', 'partial')")


def upgrade() -> None:
    """Add the index."""
    columns = ["fulfillment_status", "placed_at"]
    with op.get_context().autocommit_block():
        # One that was begun and not finished is there already, and of no use.
        op.drop_index("ix_order_to_send", table_name="order", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            "ix_order_to_send",
            "order",
            columns,
            sqlite_where=TO_SEND,
            postgresql_where=TO_SEND,
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_order_to_send", table_name="order")
