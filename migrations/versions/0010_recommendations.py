"""Keep which shelves were shown and what came of them, and every counted order beside its visitor.

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-28
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
HAS_VISITOR = sa.text("visitor IS NOT NULL")
TABLES = ("recommendation_purchase", "recommendation_addition", "recommendation_click", "recommendation")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "behaviour_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.String(32), nullable=False),
        sa.Column("visitor", sa.String(22), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("is_undone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_order")),
        sa.UniqueConstraint("order_number", name=op.f("uq_behaviour_order_order_number")),
    )
    op.create_index(op.f("ix_behaviour_order_day"), "behaviour_order", ["day"], unique=False)
    op.create_index("ix_behaviour_order_visitor_at", "behaviour_order", ["visitor", "at"], unique=False)
    _create_recommendations()
    _create_what_came_of_them()
    _create_days()


def _create_recommendations() -> None:
    op.create_table(
        "behaviour_recommendation",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visitor", sa.String(22), nullable=True),
        *_names("shelf", "context", "model_version", "experiment", "variation"),
        sa.Column("items", JSON, nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("viewed_at", MOMENT, nullable=True),
        *_counts("clicks", "ranks", "adds", "purchases"),
        sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_recommendation")),
    )
    op.create_index(op.f("ix_behaviour_recommendation_day"), "behaviour_recommendation", ["day"], unique=False)
    op.create_index(
        "ix_behaviour_recommendation_visitor_at",
        "behaviour_recommendation",
        ["visitor", "at"],
        unique=False,
        sqlite_where=HAS_VISITOR,
        postgresql_where=HAS_VISITOR,
    )


def _create_what_came_of_them() -> None:
    for kind, columns in (
        ("click", _counts("rank")),
        ("addition", _counts("quantity")),
        (
            "purchase",
            [
                *_counts("quantity"),
                sa.Column("order_number", sa.String(32), nullable=False),
                sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
                sa.Column("is_undone", sa.Boolean(), nullable=False),
            ],
        ),
    ):
        table = f"behaviour_recommendation_{kind}"
        visitor = [] if kind == "purchase" else [sa.Column("visitor", sa.String(22), nullable=True)]
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("request_id", sa.String(16), nullable=False),
            sa.Column("product_id", sa.Integer(), nullable=False),
            *_names("source"),
            *columns,
            *visitor,
            sa.Column("at", MOMENT, nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.ForeignKeyConstraint(
                ["request_id"],
                ["behaviour_recommendation.id"],
                name=op.f(f"fk_{table}_request_id_behaviour_recommendation"),
                ondelete="CASCADE",
            ),
            *_once(table, kind),
        )
        if visitor:
            op.create_index(f"ix_{table}_visitor", table, ["visitor", "product_id", "at"], unique=False)
        if kind != "click":
            op.create_index(op.f(f"ix_{table}_request_id"), table, ["request_id"], unique=False)


def _once(table: str, kind: str) -> list[sa.UniqueConstraint]:
    columns = {"click": ("request_id", "product_id"), "purchase": ("order_number", "product_id")}.get(kind)
    return [sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))] if columns else []


def _create_days() -> None:
    op.create_table(
        "behaviour_shelf_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *_names("shelf", "model_version", "experiment", "variation"),
        *_counts("requests", "empty", "viewed", "clicked", "clicks", "ranks", "clickers", "carted", "adds"),
        *_counts("purchases"),
        sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
        *_counts("clusters"),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("viewed_squared", "clicked_squared", "viewed_clicked")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_shelf_day")),
        sa.UniqueConstraint(
            *("day", "shelf", "model_version", "experiment", "variation"),
            name="uq_behaviour_shelf_day_kind",
        ),
    )
    op.create_table(
        "behaviour_source_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *_names("shelf", "source"),
        *_counts("shown", "viewed", "clicks", "ranks", "adds", "purchases"),
        sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_source_day")),
        sa.UniqueConstraint("day", "shelf", "source", name=op.f("uq_behaviour_source_day_day_shelf_source")),
    )


def _names(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(64), nullable=False) for name in names]


def _counts(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def downgrade() -> None:
    """Drop them."""
    for table in ("source_day", "shelf_day", *TABLES, "order"):
        op.drop_table(f"behaviour_{table}")
