"""What is in a refund: how much of it was more than its order costs, and how much of it was for delivery.

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


def upgrade() -> None:
    """Add both; what went back after an order's change was overpaid."""
    op.add_column("payment_refund", sa.Column("overpaid_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("payment_refund", sa.Column("freight_minor", sa.BigInteger(), nullable=True))
    op.execute(sa.text(BY_CHANGE))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("payment_refund", "freight_minor")
    op.drop_column("payment_refund", "overpaid_minor")
