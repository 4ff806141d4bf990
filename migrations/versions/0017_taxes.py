"""Tax classes and rates, classes of goods, and what each line of an order was taxed.

Revision ID: 0017
Revises: 0012
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TOTAL = "total_minor = goods_minor - discount_minor + shipping_minor"


def upgrade() -> None:
    """Add tables and columns; orders so far were taxed nothing, and goods are of the default class."""
    _tables()
    for table in ("product", "variant"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("tax_class", sa.String(length=32), nullable=False, server_default=""))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("tax_class", server_default=None)
    for table, column in (("order", "tax_added_minor"), ("order_line", "tax_minor")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(column, sa.BigInteger(), nullable=False, server_default="0"))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, server_default=None)
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_check_constraint(batch_op.f("ck_order_line_tax_not_negative"), "tax_minor >= 0")
    with op.batch_alter_table("order", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_order_total_adds_up"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_order_total_adds_up"), f"{TOTAL} + tax_added_minor")
        batch_op.create_check_constraint(
            batch_op.f("ck_order_tax_added_whole"), "tax_added_minor = 0 OR tax_added_minor = tax_minor"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_order_tax_within_total"), "tax_minor >= 0 AND tax_minor <= total_minor"
        )


def downgrade() -> None:
    """Take them away again; a shop that added tax to prices cannot go back."""
    with op.batch_alter_table("order", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_order_tax_within_total"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_order_tax_added_whole"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_order_total_adds_up"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_order_total_adds_up"), TOTAL)
        batch_op.drop_column("tax_added_minor")
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_order_line_tax_not_negative"), type_="check")
        batch_op.drop_column("tax_minor")
    for table in ("variant", "product"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("tax_class")
    for table in ("order_tax", "tax_rate", "tax_class"):
        op.drop_table(table)


def _tables() -> None:
    op.create_table(
        "tax_class",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("translations", JSON, nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("is_for_delivery", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_class")),
        sa.UniqueConstraint("code", name=op.f("uq_tax_class_code")),
    )
    for index, column in (("ix_tax_class_one_default", "is_default"), ("ix_tax_class_one_delivery", "is_for_delivery")):
        only = sa.text(column)
        op.create_index(index, "tax_class", [column], unique=True, sqlite_where=only, postgresql_where=only)
    op.create_table(
        "tax_rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tax_class_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("translations", JSON, nullable=False),
        sa.Column("millionths", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint("millionths >= 0 AND millionths <= 1000000", name=op.f("ck_tax_rate_a_share")),
        sa.CheckConstraint("part >= 1 AND part <= 3", name=op.f("ck_tax_rate_part_known")),
        sa.CheckConstraint(
            "valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_tax_rate_ends_after")
        ),
        sa.ForeignKeyConstraint(
            ["tax_class_id"], ["tax_class.id"], name=op.f("fk_tax_rate_tax_class_id_tax_class"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rate")),
    )
    op.create_index(op.f("ix_tax_rate_tax_class_id"), "tax_rate", ["tax_class_id"])
    op.create_table(
        "order_tax",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("millionths", sa.Integer(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("units", JSON, nullable=True),
        sa.CheckConstraint("net_minor >= 0 AND tax_minor >= 0", name=op.f("ck_order_tax_not_negative")),
        sa.CheckConstraint("millionths >= 0 AND millionths <= 1000000", name=op.f("ck_order_tax_a_share")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["order.id"], name=op.f("fk_order_tax_order_id_order"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_order_tax_order_line_id_order_line"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_tax")),
    )
    op.create_index(op.f("ix_order_tax_order_id"), "order_tax", ["order_id"])
    op.create_index(op.f("ix_order_tax_order_line_id"), "order_tax", ["order_line_id"])
