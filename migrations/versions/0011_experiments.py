"""Keep experiments: their plans, who saw what, and whose devices belong together.

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-28
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
UNIT = sa.String(length=22)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "experiment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=48), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("hypothesis", sa.Text(), nullable=False),
        sa.Column("surface", sa.String(length=64), nullable=False),
        sa.Column("namespace", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("share", sa.SmallInteger(), nullable=False),
        sa.Column("slices", JSON, nullable=False),
        sa.Column("coverage", sa.SmallInteger(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=True),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("primary_metric", sa.String(length=32), nullable=False),
        sa.Column("guardrails", JSON, nullable=False),
        sa.Column("mde", sa.Float(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("watching", sa.String(length=16), nullable=False),
        sa.Column("planned_visitors", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=120), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("stop_reason", sa.String(length=300), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("winner", sa.String(length=32), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("concluded_by", sa.String(length=120), nullable=False),
        sa.Column("concluded_at", MOMENT, nullable=True),
        sa.Column("result", JSON, nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ends_at IS NULL OR starts_at IS NULL OR starts_at < ends_at", name=op.f("ck_experiment_ends_after")
        ),
        sa.CheckConstraint("coverage BETWEEN 0 AND 100", name=op.f("ck_experiment_coverage_percent")),
        sa.CheckConstraint("share BETWEEN 1 AND 100", name=op.f("ck_experiment_share_percent")),
        sa.ForeignKeyConstraint(
            ["follows_id"], ["experiment.id"], name=op.f("fk_experiment_follows_id_experiment"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment")),
        sa.UniqueConstraint("key", name=op.f("uq_experiment_key")),
    )
    for column in ("surface", "namespace", "status", "follows_id"):
        op.create_index(op.f(f"ix_experiment_{column}"), "experiment", [column], unique=False)
    _create_parts()
    _create_who()


def _create_parts() -> None:
    op.create_table(
        "experiment_variation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("params", JSON, nullable=False),
        sa.Column("is_control", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["experiment.id"],
            name=op.f("fk_experiment_variation_experiment_id_experiment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment_variation")),
        sa.UniqueConstraint("experiment_id", "key", name=op.f("uq_experiment_variation_experiment_id_key")),
    )
    op.create_table(
        "experiment_ramp",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("coverage", sa.SmallInteger(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["experiment.id"],
            name=op.f("fk_experiment_ramp_experiment_id_experiment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment_ramp")),
    )
    op.create_index(op.f("ix_experiment_ramp_experiment_id"), "experiment_ramp", ["experiment_id"], unique=False)


def _create_who() -> None:
    op.create_table(
        "experiment_exposure",
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("unit", UNIT, nullable=False),
        sa.Column("variation_id", sa.Integer(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["experiment.id"],
            name=op.f("fk_experiment_exposure_experiment_id_experiment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("experiment_id", "unit", "variation_id", name=op.f("pk_experiment_exposure")),
    )
    op.create_index("ix_experiment_exposure_unit", "experiment_exposure", ["unit"], unique=False)
    op.create_index("ix_experiment_exposure_day", "experiment_exposure", ["experiment_id", "day"], unique=False)
    op.create_table(
        "experiment_customer",
        sa.Column("customer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit", UNIT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_experiment_customer")),
    )
    op.create_index(op.f("ix_experiment_customer_unit"), "experiment_customer", ["unit"], unique=False)
    op.create_table(
        "experiment_device",
        sa.Column("visitor", UNIT, nullable=False),
        sa.Column("unit", UNIT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("visitor", name=op.f("pk_experiment_device")),
    )
    op.create_index(op.f("ix_experiment_device_unit"), "experiment_device", ["unit"], unique=False)


def downgrade() -> None:
    """Drop them."""
    for table in ("device", "customer", "exposure", "ramp", "variation"):
        op.drop_table(f"experiment_{table}")
    op.drop_table("experiment")
