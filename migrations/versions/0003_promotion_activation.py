"""When a promotion was first made active: tells drafts from paused ones.

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-22
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what is active already was so from its start or since it was made."""
    with op.batch_alter_table("promotion", schema=None) as batch_op:
        batch_op.add_column(sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE promotion SET activated_at = COALESCE(created_at, updated_at) WHERE is_active OR used_count > 0")


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("promotion", schema=None) as batch_op:
        batch_op.drop_column("activated_at")
