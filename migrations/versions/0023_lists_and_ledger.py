"""What staff keep of lists, what is done to many rows, a ledger that the database itself guards, and indices for lists.

Revision ID: 0023
Revises: 0022
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SAYS = "the ledger of changes is only ever added to"
DISAGREES = sa.text("issue <> ''")
INDICES = (
    ("ix_payment_created", "payment", ["created_at"]),
    ("ix_payment_amount", "payment", ["amount_minor"]),
    ("ix_payment_state_created", "payment", ["state", "created_at"]),
    ("ix_payment_provider_created", "payment", ["provider", "created_at"]),
    ("ix_payment_handle", "payment", ["handle"]),
    ("ix_payment_message_provider", "payment_message", ["provider", "id"]),
    ("ix_return_request_requested", "return_request", ["requested_at"]),
    ("ix_return_request_suggested", "return_request", ["suggested_minor"]),
    ("ix_audit_entry_object_key", "audit_entry", ["object_key"]),
)


def upgrade() -> None:
    """Add the tables, the guard and the indices."""
    op.create_table(
        "list_desk",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("list_name", sa.String(length=32), nullable=False),
        sa.Column("hidden", JSON, nullable=False),
        sa.Column("views", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_list_desk_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", "list_name", name=op.f("pk_list_desk")),
    )
    op.create_table(
        "bulk_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("list_name", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_bulk_run_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["bulk_run.id"], name=op.f("fk_bulk_run_undoes_id_bulk_run"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_run")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_bulk_run_undoes_id")),
    )
    op.create_index(op.f("ix_bulk_run_staff_id"), "bulk_run", ["staff_id"])
    op.create_index("ix_bulk_run_open", "bulk_run", ["finished_at", "started_at"])
    op.create_table(
        "bulk_item",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("was", sa.String(length=255), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["bulk_run.id"], name=op.f("fk_bulk_item_run_id_bulk_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_bulk_item")),
    )
    op.create_index("ix_bulk_item_state", "bulk_item", ["run_id", "state", "position"])
    for name, table, columns in INDICES:
        op.create_index(name, table, columns)
    op.create_index("ix_payment_issue", "payment", ["id"], sqlite_where=DISAGREES, postgresql_where=DISAGREES)
    _guard()


def downgrade() -> None:
    """Take them away again."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_entry_no_update")
        op.execute("DROP TRIGGER audit_entry_no_delete")
    else:
        op.execute("DROP TRIGGER audit_entry_no_change ON audit_entry")
        op.execute("DROP TRIGGER audit_entry_no_truncate ON audit_entry")
        op.execute("DROP FUNCTION audit_entry_refuse()")
    op.drop_index("ix_payment_issue", "payment")
    for name, table, _columns in reversed(INDICES):
        op.drop_index(name, table)
    op.drop_table("bulk_item")
    op.drop_table("bulk_run")
    op.drop_table("list_desk")


def _guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER audit_entry_no_{deed} BEFORE {deed.upper()} ON audit_entry "
                f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SAYS}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()"
    )
