"""Orders that are changed: versions, what is due, who took them down, and notes of the staff.

Revision ID: 0029
Revises: 0025
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and tables."""
    op.add_column("order", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("order", sa.Column("balance_since", MOMENT, nullable=True))
    op.add_column("order", sa.Column("channel", sa.String(length=16), nullable=False, server_default="web"))
    op.add_column("order", sa.Column("taken_by", sa.String(length=120), nullable=False, server_default=""))
    is_due = sa.text("balance_since IS NOT NULL")
    op.create_index("ix_order_balance", "order", ["balance_since"], sqlite_where=is_due, postgresql_where=is_due)
    is_noted = sa.text("note <> ''")
    op.create_index("ix_order_noted", "order", ["id"], sqlite_where=is_noted, postgresql_where=is_noted)
    op.create_table(
        "order_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.Column("was_paid", sa.Boolean(), nullable=False),
        sa.Column("total_delta", sa.BigInteger(), nullable=False),
        sa.Column("tax_delta", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["order.id"], name=op.f("fk_order_change_order_id_order"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_change")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_order_change_order_id_number")),
    )
    op.create_index(op.f("ix_order_change_at"), "order_change", ["at"])
    op.create_table(
        "order_change_tax",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_change_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("millionths", sa.Integer(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_change_id"],
            ["order_change.id"],
            name=op.f("fk_order_change_tax_order_change_id_order_change"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_change_tax")),
    )
    op.create_index(op.f("ix_order_change_tax_order_change_id"), "order_change_tax", ["order_change_id"])
    op.create_table(
        "order_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(
            ["order_id"], ["order.id"], name=op.f("fk_order_note_order_id_order"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_note")),
    )
    op.create_index(op.f("ix_order_note_order_id"), "order_note", ["order_id"])


def downgrade() -> None:
    """Take them away."""
    for table in ("order_note", "order_change_tax", "order_change"):
        op.drop_table(table)
    for index in ("ix_order_noted", "ix_order_balance"):
        op.drop_index(index, "order")
    for column in ("taken_by", "channel", "balance_since", "version"):
        op.drop_column("order", column)
