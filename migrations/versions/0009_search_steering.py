"""Let the merchant steer search and judge it: synonyms, rules, judgements, evaluations.

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-24
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "search_synonym",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("means", JSON, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_synonym")),
        sa.UniqueConstraint("key", name=op.f("uq_search_synonym_key")),
    )
    op.create_table(
        "search_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=True),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("conditions", JSON, nullable=False),
        sa.Column("actions", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "ends_at IS NULL OR starts_at IS NULL OR starts_at < ends_at", name=op.f("ck_search_rule_ends_after")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_rule")),
    )
    _add_judgements()


def _add_judgements() -> None:
    op.create_table(
        "judged_query",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("query", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.String(length=120), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judged_query")),
        sa.UniqueConstraint("query", "language", name=op.f("uq_judged_query_query_language")),
    )
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("query_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=False),
        sa.Column("rated_by", sa.String(length=120), nullable=False),
        sa.Column("rated_at", MOMENT, nullable=False),
        sa.CheckConstraint("rating BETWEEN 0 AND 3", name=op.f("ck_judgement_rating_on_scale")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_judgement_product_id_product"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["query_id"], ["judged_query.id"], name=op.f("fk_judgement_query_id_judged_query"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
        sa.UniqueConstraint("query_id", "product_id", name=op.f("uq_judgement_query_id_product_id")),
    )
    op.create_index(op.f("ix_judgement_product_id"), "judgement", ["product_id"], unique=False)
    op.create_table(
        "search_evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("generation", sa.String(length=120), nullable=False),
        sa.Column("queries", sa.Integer(), nullable=False),
        sa.Column("ndcg", sa.Float(), nullable=False),
        sa.Column("condensed_ndcg", sa.Float(), nullable=False),
        sa.Column("judged", sa.Float(), nullable=False),
        sa.Column("empty", sa.Integer(), nullable=False),
        sa.Column("worst", JSON, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_evaluation")),
    )
    op.create_index(op.f("ix_search_evaluation_asked_at"), "search_evaluation", ["asked_at"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("search_evaluation")
    op.drop_table("judgement")
    op.drop_table("judged_query")
    op.drop_table("search_rule")
    op.drop_table("search_synonym")
