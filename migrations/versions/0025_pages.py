"""Versions of slot entries, campaigns, and how often entries are seen and opened.

Revision ID: 0025
Revises: 0024
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables, and a name for slots."""
    op.add_column("slot", sa.Column("name", sa.String(length=120), nullable=False, server_default=""))
    op.create_table(
        "slot_entry_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("plan", JSON, nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["slot_entry.id"],
            name=op.f("fk_slot_entry_version_entry_id_slot_entry"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_entry_version")),
        sa.UniqueConstraint("entry_id", "number", name=op.f("uq_slot_entry_version_entry_id_number")),
    )
    op.create_index("ix_slot_entry_version_stage", "slot_entry_version", ["stage"])
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("texts", JSON, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=True),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "ends_at IS NULL OR starts_at IS NULL OR starts_at < ends_at", name=op.f("ck_campaign_ends_after")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("slug", name=op.f("uq_campaign_slug")),
    )
    op.create_table(
        "behaviour_entry_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("viewed", sa.Integer(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_entry_day")),
        sa.UniqueConstraint("entry_id", "day", name=op.f("uq_behaviour_entry_day_entry_id_day")),
    )
    op.create_index(op.f("ix_behaviour_entry_day_day"), "behaviour_entry_day", ["day"])
    op.create_table(
        "behaviour_entry_click",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("visitor", sa.String(length=22), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_entry_click")),
    )
    op.create_index("ix_behaviour_entry_click_visitor", "behaviour_entry_click", ["visitor", "at"])
    op.create_index(op.f("ix_behaviour_entry_click_day"), "behaviour_entry_click", ["day"])


def downgrade() -> None:
    """Drop them."""
    for table in ("behaviour_entry_click", "behaviour_entry_day", "campaign", "slot_entry_version"):
        op.drop_table(table)
    with op.batch_alter_table("slot") as batch_op:
        batch_op.drop_column("name")
