"""Keep what shoppers searched for, and what came of it.

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-28
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
CONTINUES = sa.text("continues IS NOT NULL")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "behaviour_search",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visitor", sa.String(22), nullable=True),
        sa.Column("continues", sa.String(16), nullable=True),
        sa.Column("follows", sa.String(16), nullable=True),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("corrected", sa.String(200), nullable=False),
        sa.Column("relaxed", sa.Boolean(), nullable=False),
        sa.Column("sort", sa.String(64), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("filters", JSON, nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("generation", sa.String(64), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.Column("ranks", sa.Integer(), nullable=False),
        sa.Column("adds", sa.Integer(), nullable=False),
        sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_search")),
    )
    op.create_index(op.f("ix_behaviour_search_day"), "behaviour_search", ["day"], unique=False)
    op.create_index("ix_behaviour_search_visitor_at", "behaviour_search", ["visitor", "at"], unique=False)
    op.create_index(
        "ix_behaviour_search_continues",
        "behaviour_search",
        ["continues"],
        unique=False,
        sqlite_where=CONTINUES,
        postgresql_where=CONTINUES,
    )
    op.create_table(
        "behaviour_shown",
        sa.Column("search_id", sa.String(16), nullable=False),
        sa.Column("first_rank", sa.Integer(), nullable=False),
        sa.Column("product_ids", JSON, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("search_id", name=op.f("pk_behaviour_shown")),
    )
    op.create_index(op.f("ix_behaviour_shown_day"), "behaviour_shown", ["day"], unique=False)
    op.create_table(
        "behaviour_suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visitor", sa.String(22), nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("typed", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_suggestion")),
    )
    op.create_index(op.f("ix_behaviour_suggestion_day"), "behaviour_suggestion", ["day"], unique=False)
    _create_what_came_of_it()


def _create_what_came_of_it() -> None:
    op.create_table(
        "behaviour_click",
        sa.Column("id", sa.Integer(), nullable=False),
        _of_search("behaviour_click"),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("visitor", sa.String(22), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_click")),
        sa.UniqueConstraint("search_id", "product_id", name=op.f("uq_behaviour_click_search_id_product_id")),
    )
    op.create_index("ix_behaviour_click_visitor", "behaviour_click", ["visitor", "product_id", "at"], unique=False)
    op.create_table(
        "behaviour_addition",
        sa.Column("id", sa.Integer(), nullable=False),
        _of_search("behaviour_addition"),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("visitor", sa.String(22), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_addition")),
    )
    op.create_index(
        "ix_behaviour_addition_visitor", "behaviour_addition", ["visitor", "product_id", "at"], unique=False
    )
    op.create_index(op.f("ix_behaviour_addition_search_id"), "behaviour_addition", ["search_id"], unique=False)
    op.create_table(
        "behaviour_purchase",
        sa.Column("id", sa.Integer(), nullable=False),
        _of_search("behaviour_purchase"),
        sa.Column("order_number", sa.String(32), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_undone", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_purchase")),
        sa.UniqueConstraint("order_number", "product_id", name=op.f("uq_behaviour_purchase_order_number_product_id")),
    )
    op.create_index(op.f("ix_behaviour_purchase_search_id"), "behaviour_purchase", ["search_id"], unique=False)


def _of_search(table: str) -> sa.Column[str]:
    reference = sa.ForeignKey(
        "behaviour_search.id", name=op.f(f"fk_{table}_search_id_behaviour_search"), ondelete="CASCADE"
    )
    return sa.Column("search_id", sa.String(16), reference, nullable=False)


def downgrade() -> None:
    """Drop them."""
    for table in ("purchase", "addition", "click", "suggestion", "shown", "search"):
        op.drop_table(f"behaviour_{table}")
