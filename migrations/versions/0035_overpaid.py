"""What is in a refund: how much of it was more than its order costs, and how much of it was for delivery. What of a
return had gone back before. And orders by the phone that was given with them.

Revision ID: 0035
Revises: 0034
Create Date: 2026-12-01
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

BY_CHANGE = (
    "UPDATE payment_refund SET overpaid_minor = amount_minor WHERE reference LIKE 'change-%' AND state = 'succeeded'"
)


HAS_PHONE = sa.text("phone <> ''")


def upgrade() -> None:
    """Add all; what went back after an order's change was overpaid."""
    with op.get_context().autocommit_block():
        # One that was begun and not finished is there already, and of no use.
        op.drop_index("ix_order_phone", table_name="order", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            "ix_order_phone",
            "order",
            ["phone"],
            sqlite_where=HAS_PHONE,
            postgresql_where=HAS_PHONE,
            postgresql_concurrently=True,
        )
    op.add_column("payment_refund", sa.Column("overpaid_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("payment_refund", sa.Column("freight_minor", sa.BigInteger(), nullable=True))
    op.add_column("return_request", sa.Column("before_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.execute(sa.text(BY_CHANGE))


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_order_phone", table_name="order")
    op.drop_column("return_request", "before_minor")
    op.drop_column("payment_refund", "freight_minor")
    op.drop_column("payment_refund", "overpaid_minor")
