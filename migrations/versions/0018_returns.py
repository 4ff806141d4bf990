"""Take goods back: requests, what they are about, their photographs and events; and goods that cannot come back.

Revision ID: 0018
Revises: 0014
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OPEN = sa.text("state IN ('requested', 'approved')")


def upgrade() -> None:
    """Add the tables and the mark."""
    op.add_column("product", sa.Column("is_returnable", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "return_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("root_order_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("remedy", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("policy", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("goods_minor", sa.BigInteger(), nullable=False),
        sa.Column("freight_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("gift_minor", sa.BigInteger(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("suggested_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_minor", sa.BigInteger(), nullable=False),
        sa.Column("actual_reason", sa.String(length=255), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("gives_all_back", sa.Boolean(), nullable=False),
        sa.Column("kept_gifts", JSON, nullable=False),
        sa.Column("follow_up_number", sa.String(length=32), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("received_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('return', 'exchange', 'claim')", name=op.f("ck_return_request_kind_known")),
        sa.CheckConstraint("remedy IN ('refund', 'replace')", name=op.f("ck_return_request_remedy_known")),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'rejected', 'received', 'refunding', 'refunded', 'replaced', 'closed',"
            " 'withdrawn')",
            name=op.f("ck_return_request_state_known"),
        ),
        sa.CheckConstraint("policy IN ('share', 're-price', 'keep')", name=op.f("ck_return_request_policy_known")),
        sa.CheckConstraint(
            "goods_minor >= 0 AND freight_minor >= 0 AND fee_minor >= 0 AND gift_minor >= 0 AND suggested_minor >= 0",
            name=op.f("ck_return_request_sums_not_negative"),
        ),
        sa.CheckConstraint(
            "refunded_minor >= 0 AND refunded_minor <= actual_minor",
            name=op.f("ck_return_request_refunds_within_actual"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["order.id"], name=op.f("fk_return_request_order_id_order"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["root_order_id"], ["order.id"], name=op.f("fk_return_request_root_order_id_order"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_request")),
        sa.UniqueConstraint("number", name=op.f("uq_return_request_number")),
    )
    for column in ("order_id", "root_order_id", "follow_up_number"):
        op.create_index(op.f(f"ix_return_request_{column}"), "return_request", [column])
    op.create_index("ix_return_request_state_requested", "return_request", ["state", "requested_at"])
    op.create_index(
        "uq_return_request_open",
        "return_request",
        ["order_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "return_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("wanted_variant_id", sa.Integer(), nullable=True),
        sa.Column("condition", sa.String(length=16), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=True),
        sa.Column("restocked", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_return_line_quantity_positive")),
        sa.CheckConstraint(
            "accepted IS NULL OR (accepted >= 0 AND accepted <= quantity)",
            name=op.f("ck_return_line_accepted_within_asked"),
        ),
        sa.CheckConstraint(
            "restocked >= 0 AND restocked <= COALESCE(accepted, 0)",
            name=op.f("ck_return_line_restocked_within_accepted"),
        ),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_return_line_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_return_line_order_line_id_order_line"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["return_request.id"],
            name=op.f("fk_return_line_return_id_return_request"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["wanted_variant_id"],
            ["variant.id"],
            name=op.f("fk_return_line_wanted_variant_id_variant"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_line")),
        sa.UniqueConstraint("return_id", "order_line_id", name=op.f("uq_return_line_return_id_order_line_id")),
    )
    op.create_index(op.f("ix_return_line_order_line_id"), "return_line", ["order_line_id"])
    op.create_table(
        "return_photo",
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("picture", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["return_request.id"],
            name=op.f("fk_return_photo_return_id_return_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("return_id", "position", name=op.f("pk_return_photo")),
    )
    op.create_table(
        "return_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["return_id"],
            ["return_request.id"],
            name=op.f("fk_return_event_return_id_return_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_event")),
    )
    op.create_index(op.f("ix_return_event_return_id"), "return_event", ["return_id"])


def downgrade() -> None:
    """Take them away again."""
    for table in ("return_event", "return_photo", "return_line", "return_request"):
        op.drop_table(table)
    op.drop_column("product", "is_returnable")
