"""Products are made here: options, dates of publication, words for search engines, types with their facts, roles.

Revision ID: 0026
Revises: 0025
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


INDEXED = ("published_from", "published_until", "role")


def _columns() -> list[sa.Column]:
    return [
        sa.Column("is_planned", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("published_from", MOMENT, nullable=True),
        sa.Column("published_until", MOMENT, nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False, server_default=""),
        sa.Column("options", JSON, nullable=False, server_default=sa.text("'[]'")),
        sa.Column("seo_title", sa.String(length=120), nullable=False, server_default=""),
        sa.Column("seo_description", sa.String(length=320), nullable=False, server_default=""),
    ]


def upgrade() -> None:
    """Add columns to products and pictures, and the tables of types and of former addresses."""
    for column in _columns():
        op.add_column("product", column)
    for name in INDEXED:
        op.create_index(op.f(f"ix_product_{name}"), "product", [name])
    op.add_column("product_media", sa.Column("translations", JSON, nullable=False, server_default=sa.text("'{}'")))
    op.create_table(
        "product_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("translations", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_type")),
        sa.UniqueConstraint("code", name=op.f("uq_product_type_code")),
    )
    op.create_table(
        "type_attribute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("choices", JSON, nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("is_filter", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["type_id"], ["product_type.id"], name=op.f("fk_type_attribute_type_id_product_type"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_type_attribute")),
        sa.UniqueConstraint("type_id", "name", name=op.f("uq_type_attribute_type_id_name")),
    )
    op.create_table(
        "product_address",
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("left_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_address_product_id_product"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_product_address")),
    )
    op.create_index(op.f("ix_product_address_product_id"), "product_address", ["product_id"])


def downgrade() -> None:
    """Take all of it away."""
    op.drop_table("product_address")
    op.drop_table("type_attribute")
    op.drop_table("product_type")
    op.drop_column("product_media", "translations")
    for name in INDEXED:
        op.drop_index(op.f(f"ix_product_{name}"), table_name="product")
    for column in _columns():
        op.drop_column("product", column.name)
