"""Remember with each sold line whether it could be returned by the terms of that day.

What was sold before is taken by the terms of today. The column has a default, so that the version before goes on writing.

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and fill it where it is not what most are."""
    op.add_column("order_line", sa.Column("is_returnable", sa.Boolean(), nullable=False, server_default=sa.true()))
    lines = sa.table("order_line", sa.column("product_id", sa.Integer), sa.column("is_returnable", sa.Boolean))
    products = sa.table("product", sa.column("id", sa.Integer), sa.column("is_returnable", sa.Boolean))
    kept = sa.select(products.c.id).where(products.c.is_returnable.is_(sa.false()))
    op.execute(sa.update(lines).where(lines.c.product_id.in_(kept)).values(is_returnable=sa.false()))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("order_line", "is_returnable")
