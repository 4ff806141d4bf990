"""Remember when customers want messages on the phone, which browser they came in with, which address took another one's
place in the book of choices, and whom an invoice was for.

Revision ID: 0021
Revises: 0020
Create Date: 2026-11-29
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add columns that the version before need not know."""
    op.add_column("customer", _text("texts", 8))
    op.add_column("sign_in_record", _text("device_key", 64))
    op.add_column("mail_choice", _text("moved_to", 64))
    op.add_column("invoice", sa.Column("buyer", JSON, nullable=True))
    op.add_column("invoice", sa.Column("keep_until", MOMENT, nullable=True))
    op.create_index(op.f("ix_invoice_keep_until"), "invoice", ["keep_until"])


def _text(name: str, length: int) -> sa.Column[str]:
    """A text that is empty where the version before writes the row."""
    return sa.Column(name, sa.String(length=length), nullable=False, server_default="")


def downgrade() -> None:
    """Take all of it away."""
    op.drop_index(op.f("ix_invoice_keep_until"), "invoice")
    for table, columns in (
        ("invoice", ("keep_until", "buyer")),
        ("mail_choice", ("moved_to",)),
        ("sign_in_record", ("device_key",)),
        ("customer", ("texts",)),
    ):
        with op.batch_alter_table(table) as changed:
            for column in columns:
                changed.drop_column(column)
