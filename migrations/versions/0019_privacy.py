"""Remember who asked for a copy of their data or for the deletion of their account, who wants which letters, and
invoices.

Revision ID: 0019
Revises: 0014
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
UNDER_WAY = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "privacy_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_privacy_request_customer_id_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_request")),
        sa.UniqueConstraint("token", name=op.f("uq_privacy_request_token")),
    )
    op.create_index(op.f("ix_privacy_request_customer_id"), "privacy_request", ["customer_id"])
    op.create_index("ix_privacy_request_due", "privacy_request", ["state", "due_at"])
    op.create_index(
        "ix_privacy_request_under_way",
        "privacy_request",
        ["customer_id", "kind"],
        unique=True,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )
    op.create_table(
        "privacy_copy",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["privacy_request.id"],
            name=op.f("fk_privacy_copy_request_id_privacy_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_privacy_copy")),
    )

    op.create_table(
        "invoice_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_invoice_counter")),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("seller", JSON, nullable=False),
        sa.Column("company", sa.String(length=160), nullable=False),
        sa.Column("buyer_tax_id", sa.String(length=40), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_invoice_position_positive")),
        sa.CheckConstraint("amount_minor >= 0 AND tax_minor >= 0", name=op.f("ck_invoice_amounts_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["order.id"], name=op.f("fk_invoice_order_id_order"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("year", "position", name="uq_invoice_number"),
        sa.UniqueConstraint("order_id", "reference", name="uq_invoice_occasion"),
    )
    op.create_table(
        "mail_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address_key", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=24), nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_choice")),
    )
    op.create_index("ix_mail_choice_address", "mail_choice", ["address_key", "topic", "id"])
    op.add_column("outbox_mail", sa.Column("topic", sa.String(length=24), nullable=False, server_default=""))
    with op.batch_alter_table("outbox_mail") as table:
        table.alter_column("topic", server_default=None)


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("outbox_mail") as table:
        table.drop_column("topic")
    op.drop_table("mail_choice")
    op.drop_table("invoice")
    op.drop_table("invoice_counter")
    op.drop_table("privacy_copy")
    op.drop_table("privacy_request")
