"""Keep disputes, what banks take back, and the fees for it; know a provider's message that comes again.

Revision ID: 0022
Revises: 0021
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and the table; what runs meanwhile leaves the new columns at their defaults."""
    op.add_column("order", sa.Column("lost_minor", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("payment", sa.Column("lost_minor", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("payment_transaction", sa.Column("currency", sa.String(length=3), nullable=True))
    op.add_column("payment_message", sa.Column("digest", sa.String(length=64), nullable=False, server_default=""))
    op.create_index(op.f("ix_payment_message_digest"), "payment_message", ["digest"])
    op.create_table(
        "payment_dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("psp_reference", sa.String(length=120), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("taken_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("url", sa.String(length=255), nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_payment_dispute_amount_not_negative")),
        sa.CheckConstraint("taken_minor >= 0", name=op.f("ck_payment_dispute_taken_not_negative")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_dispute_payment_id_payment"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_dispute")),
        sa.UniqueConstraint("psp_reference", name=op.f("uq_payment_dispute_psp_reference")),
    )
    op.create_index(op.f("ix_payment_dispute_payment_id"), "payment_dispute", ["payment_id"])
    op.create_index("ix_payment_dispute_state_due", "payment_dispute", ["state", "due_at"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("payment_dispute")
    op.drop_index(op.f("ix_payment_message_digest"), table_name="payment_message")
    for table, column in (
        ("payment_message", "digest"),
        ("payment_transaction", "currency"),
        ("payment", "lost_minor"),
        ("order", "lost_minor"),
    ):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
