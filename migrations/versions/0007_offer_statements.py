"""Keep on what terms offers lowered the price that pages show, for the lowest price of the days before.

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-22
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add the table; an offer that runs already is told of from its row."""
    op.create_table(
        "offer_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("promotion_id", sa.Integer(), nullable=False),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_statement")),
    )
    op.create_index(op.f("ix_offer_statement_promotion_id"), "offer_statement", ["promotion_id"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_index(op.f("ix_offer_statement_promotion_id"), table_name="offer_statement")
    op.drop_table("offer_statement")
