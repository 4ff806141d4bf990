"""What customers have bought, staff who stand in for customers, and customers found by e-mail.

Revision ID: 0031
Revises: 0025
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables and the indexes, and count what was bought so far."""
    op.create_table(
        "customer_worth",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("spent_minor", sa.BigInteger(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=True),
        sa.Column("last_at", MOMENT, nullable=True),
        sa.Column("counted_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_customer_worth_customer_id_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_worth")),
    )
    op.create_index("ix_customer_worth_last", "customer_worth", ["last_at", "orders"])
    op.create_index(op.f("ix_customer_worth_spent_minor"), "customer_worth", ["spent_minor"])
    op.execute(
        """
        INSERT INTO customer_worth (customer_id, orders, spent_minor, first_at, last_at, counted_at)
        SELECT customer_id,
               SUM(CASE WHEN status != 'cancelled' THEN 1 ELSE 0 END),
               SUM(paid_minor - refunded_minor - lost_minor),
               MIN(CASE WHEN status != 'cancelled' THEN placed_at END),
               MAX(CASE WHEN status != 'cancelled' THEN placed_at END),
               MAX(placed_at)
        FROM "order" WHERE customer_id IS NOT NULL GROUP BY customer_id
        """
    )
    op.create_table(
        "stand_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_stand_in_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_stand_in_customer_id_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_in")),
    )
    op.create_index(op.f("ix_stand_in_staff_id"), "stand_in", ["staff_id"])
    op.create_index(op.f("ix_stand_in_customer_id"), "stand_in", ["customer_id"])
    op.create_index("ix_customer_email", "customer", ["email"], postgresql_ops={"email": "varchar_pattern_ops"})


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_customer_email", "customer")
    op.drop_table("stand_in")
    op.drop_table("customer_worth")
