"""Keep with each account of points when the next of them expire, so that the clock asks only whom it concerns.

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-22
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FILL = """
UPDATE points_account SET next_expiry = (
    SELECT MIN(points_entry.expires_at) FROM points_entry WHERE points_entry.customer_id = points_account.customer_id
)
"""


def upgrade() -> None:
    """Add the moment, with its index, and fill it with the earliest that may be."""
    with op.batch_alter_table("points_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("next_expiry", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_points_account_next_expiry"), ["next_expiry"], unique=False)
    op.execute(FILL)


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("points_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_points_account_next_expiry"))
        batch_op.drop_column("next_expiry")
