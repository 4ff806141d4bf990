"""Let zones name regions, methods charge by weight, piece and class, and goods have a freight class.

Revision ID: 0015
Revises: 0012
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
CHECKS = {
    "price_not_negative": "price_minor >= 0 AND additional_price_minor >= 0",
    "units_not_negative": "first_units >= 0 AND additional_units >= 0",
    "additional_says_how_many": "additional_units > 0 OR additional_price_minor = 0",
    "measure_known": "measure IN ('weight', 'piece')",
}
METHOD_CHECKS = CHECKS | {
    "days_in_order": "0 <= min_days AND min_days <= max_days AND lead_days >= 0",
    "cutoff_is_an_hour": "cutoff_hour BETWEEN 0 AND 23",
    "free_from_a_piece": "free_from_pieces > 0",
    "carries_something": "most_grams > 0",
}
RENAMED = {"first_weight_grams": "first_units", "additional_weight_grams": "additional_units"}


def added() -> tuple[sa.Column, ...]:
    """Return the columns that methods get."""
    return (
        sa.Column("measure", sa.String(length=16), nullable=False, server_default="weight"),
        sa.Column("free_from_pieces", sa.Integer(), nullable=True),
        sa.Column("most_grams", sa.Integer(), nullable=True),
        sa.Column("excluded", JSON, nullable=False, server_default=sa.text("'[]'")),
        sa.Column("surcharges", JSON, nullable=False, server_default=sa.text("'[]'")),
        sa.Column("lead_days", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("cutoff_hour", sa.Integer(), nullable=True),
        sa.Column("weekdays", sa.String(length=7), nullable=False, server_default="012345"),
    )


def upgrade() -> None:
    """Rename what now means more, and add the rest. A price for further grams that named none was never charged."""
    op.execute("ALTER TABLE shipping_zone RENAME COLUMN countries TO places")
    op.add_column("shipping_zone", sa.Column("excluded", JSON, nullable=False, server_default=sa.text("'[]'")))
    op.add_column("shipping_zone", sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.text("true")))
    op.add_column("product", sa.Column("freight_class", sa.String(length=32), nullable=False, server_default=""))
    op.execute("UPDATE shipping_method SET additional_price_minor = 0 WHERE additional_weight_grams = 0")
    op.execute("UPDATE shipping_method SET additional_price_minor = 0 WHERE additional_price_minor < 0")
    op.execute("UPDATE shipping_method SET max_days = min_days WHERE max_days < min_days")
    with op.batch_alter_table("shipping_method", schema=None) as batch_op:
        for name in ("weights_not_negative", "price_not_negative"):
            batch_op.drop_constraint(op.f(f"ck_shipping_method_{name}"), type_="check")
        for old, new in RENAMED.items():
            batch_op.alter_column(old, new_column_name=new)
        for column in added():
            batch_op.add_column(column)
    with op.batch_alter_table("shipping_method", schema=None) as batch_op:
        for name, check in METHOD_CHECKS.items():
            batch_op.create_check_constraint(op.f(f"ck_shipping_method_{name}"), check)
    op.create_table(
        "freight_template",
        sa.Column("method_id", sa.Integer(), nullable=False),
        sa.Column("freight_class", sa.String(length=32), nullable=False),
        sa.Column("measure", sa.String(length=16), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("first_units", sa.Integer(), nullable=False),
        sa.Column("additional_units", sa.Integer(), nullable=False),
        sa.Column("additional_price_minor", sa.BigInteger(), nullable=False),
        *(sa.CheckConstraint(check, name=op.f(f"ck_freight_template_{name}")) for name, check in CHECKS.items()),
        sa.ForeignKeyConstraint(
            ["method_id"],
            ["shipping_method.id"],
            name=op.f("fk_freight_template_method_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("method_id", "freight_class", name=op.f("pk_freight_template")),
    )


def downgrade() -> None:
    """Go back to weights and countries; methods by piece go, since they cannot be said any more."""
    op.drop_table("freight_template")
    op.execute("DELETE FROM shipping_method WHERE measure <> 'weight'")
    with op.batch_alter_table("shipping_method", schema=None) as batch_op:
        for name in METHOD_CHECKS:
            batch_op.drop_constraint(op.f(f"ck_shipping_method_{name}"), type_="check")
        for column in added():
            batch_op.drop_column(column.name)
        for old, new in RENAMED.items():
            batch_op.alter_column(new, new_column_name=old)
    with op.batch_alter_table("shipping_method", schema=None) as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_shipping_method_weights_not_negative"),
            "additional_weight_grams >= 0 AND first_weight_grams >= 0",
        )
        batch_op.create_check_constraint(op.f("ck_shipping_method_price_not_negative"), "price_minor >= 0")
    op.drop_column("product", "freight_class")
    op.drop_column("shipping_zone", "is_active")
    op.drop_column("shipping_zone", "excluded")
    op.execute("ALTER TABLE shipping_zone RENAME COLUMN places TO countries")
