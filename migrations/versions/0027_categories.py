"""The structure of the catalogue: what categories say and led to, collections by rules, goods that go together.

Revision ID: 0027
Revises: 0025
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
COLLECTION = ("rules", "sort", "refreshed_at")
CATEGORY = ("seo_title", "seo_description", "version", "updated_at")


def upgrade() -> None:
    """Add the columns and tables."""
    op.add_column("category", sa.Column("seo_title", sa.String(length=160), nullable=False, server_default=""))
    op.add_column("category", sa.Column("seo_description", sa.String(length=320), nullable=False, server_default=""))
    op.add_column("category", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("category", sa.Column("updated_at", MOMENT, nullable=True))
    op.create_table(
        "category_address",
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["category.id"],
            name=op.f("fk_category_address_category_id_category"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_category_address")),
    )
    op.create_index(op.f("ix_category_address_category_id"), "category_address", ["category_id"])
    op.add_column("collection", sa.Column("rules", JSON, nullable=True))
    op.add_column("collection", sa.Column("sort", sa.String(length=16), nullable=False, server_default=""))
    op.add_column("collection", sa.Column("refreshed_at", MOMENT, nullable=True))
    op.add_column("collection_product", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "product_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('with', 'instead')", name=op.f("ck_product_link_kind_known")),
        sa.CheckConstraint("product_id <> other_id", name=op.f("ck_product_link_not_itself")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["product.id"], name=op.f("fk_product_link_other_id_product"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_link_product_id_product"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_link")),
        sa.UniqueConstraint("product_id", "kind", "other_id", name=op.f("uq_product_link_product_id_kind_other_id")),
    )
    op.create_index(op.f("ix_product_link_other_id"), "product_link", ["other_id"])
    op.create_index("ix_stock_movement_kind", "stock_movement", ["kind", "id"])
    op.create_index("ix_stock_movement_warehouse", "stock_movement", ["warehouse_id", "id"])
    op.create_index("ix_stock_movement_at", "stock_movement", ["at"])
    op.create_index("ix_outbox_mail_recipient", "outbox_mail", ["recipient"])
    op.create_index("ix_outbox_mail_created_at", "outbox_mail", ["created_at"])


def downgrade() -> None:
    """Drop them."""
    for name in ("recipient", "created_at"):
        op.drop_index(f"ix_outbox_mail_{name}", "outbox_mail")
    for name in ("kind", "warehouse", "at"):
        op.drop_index(f"ix_stock_movement_{name}", "stock_movement")
    op.drop_table("product_link")
    with op.batch_alter_table("collection_product") as batch_op:
        batch_op.drop_column("position")
    with op.batch_alter_table("collection") as batch_op:
        for column in COLLECTION:
            batch_op.drop_column(column)
    op.drop_table("category_address")
    with op.batch_alter_table("category") as batch_op:
        for column in CATEGORY:
            batch_op.drop_column(column)
