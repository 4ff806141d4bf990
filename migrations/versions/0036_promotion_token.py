"""A form of a new promotion that is sent twice makes one promotion.

Revision ID: 0036
Revises: 0035
Create Date: 2026-12-01
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

INDEX = "ix_promotion_form_token"


def upgrade() -> None:
    """Add what the form is known by."""
    op.add_column("promotion", sa.Column("form_token", sa.String(40), nullable=True))
    with op.get_context().autocommit_block():
        # One that was begun and not finished is there already, and of no use.
        op.drop_index(INDEX, table_name="promotion", postgresql_concurrently=True, if_exists=True)
        op.create_index(INDEX, "promotion", ["form_token"], unique=True, postgresql_concurrently=True)


def downgrade() -> None:
    """Take it away."""
    op.drop_index(INDEX, table_name="promotion")
    op.drop_column("promotion", "form_token")
