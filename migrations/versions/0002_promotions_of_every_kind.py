"""Promotions of every kind"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "collection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("translations", JSON, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection")),
        sa.UniqueConstraint("slug", name=op.f("uq_collection_slug")),
    )
    op.create_table(
        "customer_group",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_customer_group")),
    )
    op.create_table(
        "flash_sale",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("translations", JSON, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flash_sale")),
        sa.UniqueConstraint("key", name=op.f("uq_flash_sale_key")),
    )
    op.create_table(
        "price_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("translations", JSON, nullable=False),
        sa.Column("tiers", JSON, nullable=False),
        sa.Column("groups", JSON, nullable=False),
        sa.Column("basis_points", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "basis_points IS NULL OR (basis_points > 0 AND basis_points <= 10000)", name=op.f("ck_price_list_a_share")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list")),
        sa.UniqueConstraint("key", name=op.f("uq_price_list_key")),
    )
    op.create_table(
        "tier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("translations", JSON, nullable=False),
        sa.Column("spend_minor", sa.BigInteger(), nullable=False),
        sa.Column("earn_basis_points", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("earn_basis_points >= 0", name=op.f("ck_tier_earning_not_negative")),
        sa.CheckConstraint("spend_minor >= 0", name=op.f("ck_tier_spend_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier")),
        sa.UniqueConstraint("key", name=op.f("uq_tier_key")),
        sa.UniqueConstraint("spend_minor", name=op.f("uq_tier_spend_minor")),
    )
    op.create_table(
        "coupon_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("promotion_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("claim_limit", sa.Integer(), nullable=True),
        sa.Column("claimed_count", sa.Integer(), nullable=False),
        sa.Column("per_customer_claims", sa.Integer(), nullable=False),
        sa.Column("claim_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_days", sa.Integer(), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "claim_limit IS NULL OR claimed_count <= claim_limit", name=op.f("ck_coupon_template_claims_within_limit")
        ),
        sa.CheckConstraint("claimed_count >= 0", name=op.f("ck_coupon_template_claims_not_negative")),
        sa.CheckConstraint("per_customer_claims >= 1", name=op.f("ck_coupon_template_at_least_one_each")),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotion.id"], name=op.f("fk_coupon_template_promotion_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_template")),
        sa.UniqueConstraint("key", name=op.f("uq_coupon_template_key")),
    )
    with op.batch_alter_table("coupon_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coupon_template_promotion_id"), ["promotion_id"], unique=False)

    op.create_table(
        "flash_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("flash_sale_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_flash_session_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["flash_sale_id"], ["flash_sale.id"], name=op.f("fk_flash_session_flash_sale_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flash_session")),
    )
    with op.batch_alter_table("flash_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flash_session_flash_sale_id"), ["flash_sale_id"], unique=False)
        batch_op.create_index("ix_flash_session_times", ["starts_at", "ends_at"], unique=False)

    op.create_table(
        "points_account",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("available >= 0", name=op.f("ck_points_account_available_not_negative")),
        sa.CheckConstraint("owed >= 0", name=op.f("ck_points_account_owed_not_negative")),
        sa.CheckConstraint("pending >= 0", name=op.f("ck_points_account_pending_not_negative")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_points_account_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_points_account")),
    )
    op.create_table(
        "points_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("available_delta", sa.Integer(), nullable=False),
        sa.Column("pending_delta", sa.Integer(), nullable=False),
        sa.Column("owed_delta", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_points_entry_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_entry")),
    )
    with op.batch_alter_table("points_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_points_entry_available_at"), ["available_at"], unique=False)
        batch_op.create_index("ix_points_entry_customer_at", ["customer_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_points_entry_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_points_entry_order_number"), ["order_number"], unique=False)

    op.create_table(
        "simulation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("promotion_id", sa.Integer(), nullable=True),
        sa.Column("draft", JSON, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("orders_done", sa.Integer(), nullable=False),
        sa.Column("orders_total", sa.Integer(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotion.id"], name=op.f("fk_simulation_promotion_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulation")),
    )
    with op.batch_alter_table("simulation", schema=None) as batch_op:
        batch_op.create_index("ix_simulation_promotion_asked", ["promotion_id", "asked_at"], unique=False)

    op.create_table(
        "tier_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(length=32), nullable=False),
        sa.Column("after", sa.String(length=32), nullable=False),
        sa.Column("spent_minor", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_tier_change_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_change")),
    )
    with op.batch_alter_table("tier_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tier_change_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "collection_product",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["collection.id"], name=op.f("fk_collection_product_collection_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_collection_product_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("collection_id", "product_id", name=op.f("pk_collection_product")),
    )
    with op.batch_alter_table("collection_product", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_collection_product_product_id"), ["product_id"], unique=False)

    op.create_table(
        "coupon_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_coupon_batch_not_empty")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["coupon_template.id"], name=op.f("fk_coupon_batch_template_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_batch")),
    )
    with op.batch_alter_table("coupon_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coupon_batch_template_id"), ["template_id"], unique=False)

    op.create_table(
        "flash_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("flash_session_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("sold", sa.Integer(), nullable=False),
        sa.Column("per_customer", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("per_customer IS NULL OR per_customer >= 1", name=op.f("ck_flash_item_at_least_one_each")),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_flash_item_price_not_negative")),
        sa.CheckConstraint("quota >= 1", name=op.f("ck_flash_item_quota_positive")),
        sa.CheckConstraint("sold >= 0 AND sold <= quota", name=op.f("ck_flash_item_sold_within_quota")),
        sa.ForeignKeyConstraint(
            ["flash_session_id"], ["flash_session.id"], name=op.f("fk_flash_item_flash_session_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_flash_item_variant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flash_item")),
        sa.UniqueConstraint("flash_session_id", "variant_id", name=op.f("uq_flash_item_flash_session_id_variant_id")),
    )
    with op.batch_alter_table("flash_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flash_item_variant_id"), ["variant_id"], unique=False)

    op.create_table(
        "price_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("source_key", sa.String(length=64), nullable=False),
        sa.Column("before_minor", sa.BigInteger(), nullable=True),
        sa.Column("after_minor", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_price_change_variant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_change")),
    )
    with op.batch_alter_table("price_change", schema=None) as batch_op:
        batch_op.create_index("ix_price_change_variant_at", ["variant_id", "at"], unique=False)

    op.create_table(
        "price_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("price_list_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("min_quantity", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("min_quantity >= 1", name=op.f("ck_price_entry_from_one_piece")),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_price_entry_price_not_negative")),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_list.id"], name=op.f("fk_price_entry_price_list_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_price_entry_variant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_entry")),
        sa.UniqueConstraint(
            "price_list_id",
            "variant_id",
            "min_quantity",
            name=op.f("uq_price_entry_price_list_id_variant_id_min_quantity"),
        ),
    )
    with op.batch_alter_table("price_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_entry_variant_id"), ["variant_id"], unique=False)

    op.create_table(
        "stock_reservation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("warehouse_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_reservation_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_stock_reservation_variant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"], ["warehouse.id"], name=op.f("fk_stock_reservation_warehouse_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_reservation")),
        sa.UniqueConstraint(
            "reference",
            "variant_id",
            "warehouse_id",
            name=op.f("uq_stock_reservation_reference_variant_id_warehouse_id"),
        ),
    )
    with op.batch_alter_table("stock_reservation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_reservation_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_reservation_variant_id"), ["variant_id"], unique=False)

    op.create_table(
        "flash_take",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("flash_item_id", sa.Integer(), nullable=False),
        sa.Column("customer_key", sa.String(length=300), nullable=False),
        sa.Column("order_number", sa.String(length=32), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["flash_item_id"], ["flash_item.id"], name=op.f("fk_flash_take_flash_item_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flash_take")),
    )
    with op.batch_alter_table("flash_take", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flash_take_customer_key"), ["customer_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_flash_take_flash_item_id"), ["flash_item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flash_take_order_number"), ["order_number"], unique=False)

    op.add_column("cart", sa.Column("coupon_choice", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("cart", sa.Column("points", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("coupon_code", schema=None) as batch_op:
        for column, target, rule in (
            ("template_id", "coupon_template", "RESTRICT"),
            ("batch_id", "coupon_batch", "RESTRICT"),
            ("customer_id", "customer", "CASCADE"),
        ):
            batch_op.add_column(sa.Column(column, sa.Integer(), nullable=True))
            batch_op.create_index(f"ix_coupon_code_{column}", [column], unique=False)
            batch_op.create_foreign_key(f"fk_coupon_code_{column}", target, [column], ["id"], ondelete=rule)
        batch_op.add_column(sa.Column("given_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("locked_by", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("customer", sa.Column("groups", JSON, nullable=False, server_default="[]"))
    op.add_column("order", sa.Column("points_spent", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("order_line", sa.Column("line_key", sa.String(length=80), nullable=False, server_default=""))
    op.add_column("order_line", sa.Column("price_source", sa.String(length=16), nullable=False, server_default="base"))
    op.add_column("order_line", sa.Column("base_price_minor", sa.BigInteger(), nullable=True))
    op.add_column("order_line", sa.Column("is_gift", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("promotion", sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("promotion", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("warehouse", sa.Column("zones", JSON, nullable=False, server_default="[]"))
    op.add_column("warehouse", sa.Column("is_backup", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for table, columns in {
        "warehouse": ("is_backup", "zones"),
        "promotion": ("archived_at", "created_at"),
        "order_line": ("is_gift", "base_price_minor", "price_source", "line_key"),
        "order": ("points_spent",),
        "customer": ("groups",),
        "cart": ("points", "coupon_choice"),
    }.items():
        for column in columns:
            op.drop_column(table, column)
    for column in ("template_id", "batch_id", "customer_id"):
        op.drop_index(f"ix_coupon_code_{column}", table_name="coupon_code")
    with op.batch_alter_table("coupon_code", schema=None) as batch_op:
        for column in ("locked_until", "locked_by", "given_at", "customer_id", "batch_id", "template_id"):
            batch_op.drop_column(column)

    with op.batch_alter_table("flash_take", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flash_take_order_number"))
        batch_op.drop_index(batch_op.f("ix_flash_take_flash_item_id"))
        batch_op.drop_index(batch_op.f("ix_flash_take_customer_key"))

    op.drop_table("flash_take")
    with op.batch_alter_table("stock_reservation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_reservation_variant_id"))
        batch_op.drop_index(batch_op.f("ix_stock_reservation_expires_at"))

    op.drop_table("stock_reservation")
    with op.batch_alter_table("price_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_price_entry_variant_id"))

    op.drop_table("price_entry")
    with op.batch_alter_table("price_change", schema=None) as batch_op:
        batch_op.drop_index("ix_price_change_variant_at")

    op.drop_table("price_change")
    with op.batch_alter_table("flash_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flash_item_variant_id"))

    op.drop_table("flash_item")
    with op.batch_alter_table("coupon_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coupon_batch_template_id"))

    op.drop_table("coupon_batch")
    with op.batch_alter_table("collection_product", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_collection_product_product_id"))

    op.drop_table("collection_product")
    with op.batch_alter_table("tier_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tier_change_customer_id"))

    op.drop_table("tier_change")
    with op.batch_alter_table("simulation", schema=None) as batch_op:
        batch_op.drop_index("ix_simulation_promotion_asked")

    op.drop_table("simulation")
    with op.batch_alter_table("points_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_points_entry_order_number"))
        batch_op.drop_index(batch_op.f("ix_points_entry_expires_at"))
        batch_op.drop_index("ix_points_entry_customer_at")
        batch_op.drop_index(batch_op.f("ix_points_entry_available_at"))

    op.drop_table("points_entry")
    op.drop_table("points_account")
    with op.batch_alter_table("flash_session", schema=None) as batch_op:
        batch_op.drop_index("ix_flash_session_times")
        batch_op.drop_index(batch_op.f("ix_flash_session_flash_sale_id"))

    op.drop_table("flash_session")
    with op.batch_alter_table("coupon_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coupon_template_promotion_id"))

    op.drop_table("coupon_template")
    op.drop_table("tier")
    op.drop_table("price_list")
    op.drop_table("flash_sale")
    op.drop_table("customer_group")
    op.drop_table("collection")
