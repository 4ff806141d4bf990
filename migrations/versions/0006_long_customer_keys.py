"""Room for the longest e-mail address in the ledger of promotions' uses.

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-23
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the column."""
    with op.batch_alter_table("promotion_use", schema=None) as batch_op:
        batch_op.alter_column(
            "customer_key", existing_type=sa.String(length=120), type_=sa.String(length=300), existing_nullable=False
        )


def downgrade() -> None:
    """Narrow the column; what does not fit is cut, and such guests' uses are not counted for them any more."""
    op.execute("UPDATE promotion_use SET customer_key = substr(customer_key, 1, 120) WHERE length(customer_key) > 120")
    with op.batch_alter_table("promotion_use", schema=None) as batch_op:
        batch_op.alter_column(
            "customer_key", existing_type=sa.String(length=300), type_=sa.String(length=120), existing_nullable=False
        )
