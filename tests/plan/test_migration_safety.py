"""Migrations run while the version before them is open: they add first, and take away a release later.

Each migration after 0032 is read for what would break code that still runs, or hold a large table for long. One that
does so on purpose says why: `ALLOWED = {"drop_column cart.note": "Read by nothing since 0.9."}`, by the line below.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAD_THEN = 32
"""Older migrations are run before a shop opens with this rule."""
VERSIONS = ROOT / "migrations" / "versions"
RAW = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN)|RENAME\s+(TO|COLUMN)|LOCK\s+TABLE"
    r"|ALTER\s+COLUMN\s+\w+\s+(TYPE|SET\s+NOT\s+NULL))\b",
    re.IGNORECASE,
)
CONSTRAINTS = {"create_foreign_key", "create_check_constraint", "create_unique_constraint"}
NEVER = {"drop_column", "drop_table", "rename_table"}


def dangers(source: str) -> Iterator[str]:
    """Yield what a migration does to an open shop: operation and what it is done to."""
    tree = ast.parse(source)
    upgrade = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade")
    new = {_text(call.args, 0) for call in _calls(upgrade) if _verb(call) == "create_table"}
    yield from _dangers(upgrade, new, table="")
    calls = [(call, {option.arg: option.value for option in call.keywords}) for call in _calls(upgrade)]
    cleared = {
        _text(call.args, 0)
        for call, options in calls
        if _verb(call) == "drop_index" and _is(options.get("if_exists"), True)
    }
    for call, options in calls:
        is_gradual = _verb(call) == "create_index" and _is(options.get("postgresql_concurrently"), True)
        if is_gradual and _text(call.args, 0) not in cleared:
            yield f"create_index {_text(call.args, 1)} over an unfinished one"


def _dangers(node: ast.AST, new: set[str], table: str) -> Iterator[str]:
    if isinstance(node, ast.With) and isinstance(node.items[0].context_expr, ast.Call):
        opened = node.items[0].context_expr
        table = _text(opened.args, 0) if _verb(opened) == "batch_alter_table" else table
    for child in ast.iter_child_nodes(node):
        yield from _dangers(child, new, table)
    if isinstance(node, ast.Call):
        yield from _of_call(node, new, table)


def _of_call(call: ast.Call, new: set[str], table: str) -> Iterator[str]:
    verb, options = _verb(call), {option.arg: option.value for option in call.keywords}
    first = _text(call.args, 0)
    if verb == "execute" and call.args and RAW.search(ast.unparse(call.args[0])):
        yield "execute " + " ".join(ast.literal_eval(call.args[0]).split()[:3])
    owner = table or (_text(call.args, 1) if verb in CONSTRAINTS | {"create_index"} else first)
    if owner in new:
        return
    thing = f"{verb} {owner}" + (f".{first if table else _text(call.args, 1)}" if verb.endswith("_column") else "")
    if (
        verb in NEVER
        or (verb == "alter_column" and {"type_", "new_column_name"} & set(options))
        or (verb == "alter_column" and _is(options.get("nullable"), False))
        or (verb in CONSTRAINTS and not _is(options.get("postgresql_not_valid"), True))
        or (verb == "create_index" and not _is(options.get("postgresql_concurrently"), True))
    ):
        yield thing
    if verb == "add_column":
        column = call.args[-1]
        given = {option.arg: option.value for option in column.keywords} if isinstance(column, ast.Call) else {}
        if _is(given.get("nullable"), False) and "server_default" not in given:
            yield f"add_column {owner}.{_text(column.args, 0) if isinstance(column, ast.Call) else ''}"


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (child for child in ast.walk(node) if isinstance(child, ast.Call))


def _verb(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _text(arguments: list[ast.expr], place: int) -> str:
    found = arguments[place] if len(arguments) > place else None
    return str(found.value) if isinstance(found, ast.Constant) else ""


def _is(value: ast.expr | None, wanted: bool) -> bool:
    return isinstance(value, ast.Constant) and value.value is wanted


def _allowed(source: str) -> dict[str, str]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "ALLOWED":
            found: dict[str, str] = ast.literal_eval(node.value)
            return found
    return {}


def test_migrations_leave_the_version_before_them_running() -> None:
    for path in sorted(VERSIONS.glob("[0-9]*.py")):
        if int(path.name[:4]) <= HEAD_THEN:
            continue
        source = path.read_text()
        allowed, found = _allowed(source), set(dangers(source))
        assert found - set(allowed) == set(), f"{path.name}: CONTRIBUTING, “Migrations”, says how it is done instead"
        assert set(allowed) <= found, f"{path.name} allows what it does not do"
        assert all(len(reason) >= 20 for reason in allowed.values()), f"{path.name} says why"


@pytest.mark.parametrize(
    ("lines", "danger"),
    [
        ('op.drop_column("cart", "note")', "drop_column cart.note"),
        ('op.drop_table("cart")', "drop_table cart"),
        ('op.rename_table("cart", "basket")', "rename_table cart"),
        ('op.add_column("cart", sa.Column("note", sa.Text(), nullable=False))', "add_column cart.note"),
        ('op.add_column("cart", sa.Column("note", sa.Text(), nullable=False, server_default=""))', None),
        ('op.add_column("cart", sa.Column("note", sa.Text(), nullable=True))', None),
        ('op.create_index("ix", "cart", ["note"])', "create_index cart"),
        (
            'op.create_index("ix", "cart", ["note"], postgresql_concurrently=True)',
            "create_index cart over an unfinished one",
        ),
        (
            'op.drop_index("ix", if_exists=True)\n    '
            'op.create_index("ix", "cart", ["note"], postgresql_concurrently=True)',
            None,
        ),
        ('op.create_table("new", sa.Column("id"))\n    op.create_index("ix", "new", ["id"])', None),
        ('with op.batch_alter_table("cart") as b:\n        b.drop_column("note")', "drop_column cart.note"),
        (
            'with op.batch_alter_table("cart") as b:\n        b.alter_column("note", type_=sa.Text())',
            "alter_column cart.note",
        ),
        ('op.alter_column("cart", "note", nullable=False)', "alter_column cart.note"),
        ('op.alter_column("cart", "note", nullable=True)', None),
        ('op.create_check_constraint("ck", "cart", "a > 0")', "create_check_constraint cart"),
        ('op.create_check_constraint("ck", "cart", "a > 0", postgresql_not_valid=True)', None),
        ('op.execute("ALTER TABLE cart RENAME COLUMN a TO b")', "execute ALTER TABLE cart"),
        ('op.execute("UPDATE cart SET a = 1")', None),
    ],
)
def test_what_would_break_an_open_shop_is_seen(lines: str, danger: str | None) -> None:
    assert list(dangers(f"def upgrade():\n    {lines}\n")) == ([danger] if danger else [])
