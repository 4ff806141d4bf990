"""Let customers sign in by phone and with accounts elsewhere; links and codes that work once; an outbox of messages.

Revision ID: 0016
Revises: 0012
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables; an e-mail is no longer needed."""
    with op.batch_alter_table("customer") as table:
        table.alter_column("email", existing_type=sa.String(length=254), nullable=True)
        table.add_column(sa.Column("email_verified_at", MOMENT, nullable=True))
        table.add_column(sa.Column("verified_phone", sa.String(length=32), nullable=True))
        table.create_unique_constraint(op.f("uq_customer_verified_phone"), ["verified_phone"])
    with op.batch_alter_table("outbox_mail") as table:
        table.add_column(sa.Column("holds_secret", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("outbox_mail") as table:
        table.alter_column("holds_secret", existing_type=sa.Boolean(), server_default=None)
    op.create_table(
        "customer_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("label", sa.String(length=254), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _belongs("customer_identity"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_identity")),
        sa.UniqueConstraint("customer_id", "provider", name=op.f("uq_customer_identity_customer_id_provider")),
        sa.UniqueConstraint("provider", "subject", name=op.f("uq_customer_identity_provider_subject")),
    )
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("email_key", sa.String(length=64), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        _belongs("one_time_link"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_link_token_hash")),
    )
    op.create_index(op.f("ix_one_time_link_customer_id"), "one_time_link", ["customer_id"])
    op.create_index(op.f("ix_one_time_link_expires_at"), "one_time_link", ["expires_at"])
    op.create_table(
        "phone_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_phone_code_tries_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_code")),
    )
    op.create_index(op.f("ix_phone_code_phone"), "phone_code", ["phone"])
    op.create_index(op.f("ix_phone_code_expires_at"), "phone_code", ["expires_at"])
    op.create_table(
        "sign_in_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _belongs("sign_in_record"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_record")),
    )
    op.create_index(op.f("ix_sign_in_record_customer_id"), "sign_in_record", ["customer_id"])
    op.create_index(op.f("ix_sign_in_record_at"), "sign_in_record", ["at"])
    op.create_table(
        "outbox_sms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_sms")),
        sa.UniqueConstraint("reference", name=op.f("uq_outbox_sms_reference")),
    )
    op.create_index(op.f("ix_outbox_sms_status"), "outbox_sms", ["status"])


def downgrade() -> None:
    """Take them away again; whoever has no e-mail gets one that nobody can have."""
    for table in ("outbox_sms", "sign_in_record", "phone_code", "one_time_link", "customer_identity"):
        op.drop_table(table)
    with op.batch_alter_table("outbox_mail") as table:
        table.drop_column("holds_secret")
    op.execute("UPDATE customer SET email = 'customer-' || id || '@no-email.invalid' WHERE email IS NULL")
    with op.batch_alter_table("customer") as table:
        table.drop_constraint(op.f("uq_customer_verified_phone"), type_="unique")
        table.drop_column("verified_phone")
        table.drop_column("email_verified_at")
        table.alter_column("email", existing_type=sa.String(length=254), nullable=False)


def _belongs(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["customer_id"], ["customer.id"], name=op.f(f"fk_{table}_customer_id_customer"), ondelete="CASCADE"
    )
