"""Imports of products, prices and stock; dead letters that are settled; when periodic jobs last ran.

Revision ID: 0028
Revises: 0025
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables, and what became of a dead letter."""
    _add_imports()
    _add_rows()
    op.create_table(
        "job_run",
        sa.Column("job", sa.String(length=120), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_job_run")),
    )
    op.add_column("dead_letter", sa.Column("state", sa.String(length=16), nullable=False, server_default="dead"))
    op.add_column("dead_letter", sa.Column("settled_at", MOMENT, nullable=True))
    op.add_column("dead_letter", sa.Column("settled_by", sa.String(length=120), nullable=False, server_default=""))
    op.add_column("dead_letter", sa.Column("reason", sa.String(length=255), nullable=False, server_default=""))
    op.add_column("dead_letter", sa.Column("payload", JSON, nullable=True))
    op.create_index("ix_dead_letter_state", "dead_letter", ["state", "at"])
    op.create_index(op.f("ix_dead_letter_job"), "dead_letter", ["job"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_dead_letter_job"), table_name="dead_letter")
    op.drop_index("ix_dead_letter_state", table_name="dead_letter")
    with op.batch_alter_table("dead_letter") as batch_op:
        for column in ("payload", "reason", "settled_by", "settled_at", "state"):
            batch_op.drop_column(column)
    for table in ("job_run", "catalog_import_habit", "catalog_import_row", "catalog_import_file", "catalog_import"):
        op.drop_table(table)


def _add_imports() -> None:
    op.create_table(
        "catalog_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("shape", JSON, nullable=False),
        sa.Column("headers", JSON, nullable=False),
        sa.Column("sample", JSON, nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("touched_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_catalog_import_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["catalog_import.id"],
            name=op.f("fk_catalog_import_undoes_id_catalog_import"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_import")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_catalog_import_undoes_id")),
    )
    op.create_index(op.f("ix_catalog_import_created_at"), "catalog_import", ["created_at"])
    op.create_index("ix_catalog_import_open", "catalog_import", ["state", "touched_at"])
    op.create_index(op.f("ix_catalog_import_staff_id"), "catalog_import", ["staff_id"])


def _add_rows() -> None:
    op.create_table(
        "catalog_import_file",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["catalog_import.id"],
            name=op.f("fk_catalog_import_file_import_id_catalog_import"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_catalog_import_file")),
    )
    op.create_table(
        "catalog_import_row",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("cells", JSON, nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("errors", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["catalog_import.id"],
            name=op.f("fk_catalog_import_row_import_id_catalog_import"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_catalog_import_row")),
    )
    op.create_index("ix_catalog_import_row_verdict", "catalog_import_row", ["import_id", "verdict", "position"])
    op.create_index("ix_catalog_import_row_state", "catalog_import_row", ["import_id", "state", "position"])
    op.create_table(
        "catalog_import_habit",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("header", sa.String(length=120), nullable=False),
        sa.Column("field", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_catalog_import_habit_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", "header", name=op.f("pk_catalog_import_habit")),
    )
