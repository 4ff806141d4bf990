"""The ledger's own guard in the database: rows come, and none is changed or goes, whoever asks.

Nobody's personal data stands in the ledger (people are named by number), so forgetting a customer needs no exception.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import DDL, Connection, event

SAYS = "the ledger of changes is only ever added to"
_SQLITE = {
    f"audit_entry_no_{deed}": f"CREATE TRIGGER audit_entry_no_{deed} BEFORE {deed.upper()} ON audit_entry "
    f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
    for deed in ("update", "delete")
}
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{SAYS}'; END $$"
)
_POSTGRES = {
    "audit_entry_no_change": "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry "
    "FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()",
    "audit_entry_no_truncate": "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()",
}


def put_up(connection: Connection) -> None:
    """Refuse every change of the ledger from now on."""
    for statement in _statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def attach(table: Any) -> None:
    """Let the table be guarded wherever it is made from the models."""
    for dialect in ("sqlite", "postgresql"):
        for statement in _statements(dialect):
            ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


def lift(connection: Connection) -> None:
    """Let the ledger be emptied within this transaction: for a demo that begins anew, never for a shop."""
    is_sqlite = connection.dialect.name == "sqlite"
    for name in _SQLITE if is_sqlite else _POSTGRES:
        connection.exec_driver_sql(f"DROP TRIGGER {name}" if is_sqlite else f"DROP TRIGGER {name} ON audit_entry")


def _statements(dialect: str) -> list[str]:
    return [*_SQLITE.values()] if dialect == "sqlite" else [_FUNCTION, *_POSTGRES.values()]
