"""Let money go back, keep what providers send, and count per payment what came in and went.

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
SUMS = ("captured_minor", "refunded_minor", "refunding_minor")
TEXTS = {"handle": sa.String(255), "continue_url": sa.Text(), "qr": sa.Text(), "issue": sa.String(255)}
MOMENTS = ("opened_at", "asked_at", "next_ask_at")
BOOKED = """
    UPDATE payment SET {column} = COALESCE((
        SELECT SUM(amount_minor) FROM payment_transaction
        WHERE payment_id = payment.id AND kind = '{kind}' AND result = 'success'
    ), 0)
"""


def upgrade() -> None:
    """Add the tables and columns, and fill in what came in before."""
    op.add_column("order", sa.Column("authorized_minor", sa.BigInteger(), nullable=False, server_default="0"))
    for column in SUMS:
        op.add_column("payment", sa.Column(column, sa.BigInteger(), nullable=False, server_default="0"))
    for column, kind in TEXTS.items():
        op.add_column("payment", sa.Column(column, kind, nullable=False, server_default=""))
    for column in MOMENTS:
        op.add_column("payment", sa.Column(column, MOMENT, nullable=True))
    op.execute(BOOKED.format(column="captured_minor", kind="capture"))
    op.execute(BOOKED.format(column="refunded_minor", kind="refund"))
    op.execute("UPDATE payment SET opened_at = created_at")
    with op.batch_alter_table("payment") as batch_op:
        for column in (*SUMS, *TEXTS):
            batch_op.alter_column(column, server_default=None)
        batch_op.create_check_constraint(
            batch_op.f("ck_payment_sums_not_negative"),
            "captured_minor >= 0 AND refunded_minor >= 0 AND refunding_minor >= 0",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_payment_refunds_within_captured"), "refunded_minor + refunding_minor <= captured_minor"
        )
        batch_op.create_index(batch_op.f("ix_payment_next_ask_at"), ["next_ask_at"])
    _create_refunds()
    _create_messages()


def _create_refunds() -> None:
    op.create_table(
        "payment_refund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("psp_reference", sa.String(length=120), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_refund_amount_positive")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_refund_payment_id_payment"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_refund")),
        sa.UniqueConstraint("key", name=op.f("uq_payment_refund_key")),
        sa.UniqueConstraint("payment_id", "reference", name="uq_payment_refund_reference"),
        sa.UniqueConstraint("psp_reference", name=op.f("uq_payment_refund_psp_reference")),
    )
    for column in ("payment_id", "next_try_at", "asked_at"):
        op.create_index(op.f(f"ix_payment_refund_{column}"), "payment_refund", [column])


def _create_messages() -> None:
    op.create_table(
        "payment_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("headers", JSON, nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("told", sa.String(length=255), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_message")),
    )
    for column in ("state", "about", "next_try_at", "received_at"):
        op.create_index(op.f(f"ix_payment_message_{column}"), "payment_message", [column])


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("payment_message")
    op.drop_table("payment_refund")
    with op.batch_alter_table("payment") as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_next_ask_at"))
        batch_op.drop_constraint(batch_op.f("ck_payment_refunds_within_captured"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_payment_sums_not_negative"), type_="check")
        for column in (*SUMS, *TEXTS, *MOMENTS):
            batch_op.drop_column(column)
    with op.batch_alter_table("order") as batch_op:
        batch_op.drop_column("authorized_minor")
