"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("storefront", "admin", "search", "recommend")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "static" not in path.parts)
TEMPLATES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("templates/**/*.html"))
LONGEST_FILE = 330
LONGEST_FRAGMENT = 75
FURNITURE = {
    *("storefront", "admin", "search", "recommend", "migrations", "tests", "benchmarks", "docs", "deploy", "wsgi.py"),
    *("pyproject.toml", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", "Procfile", "babel.cfg"),
    *(
        "package.json",
        "package-lock.json",
        "requirements.lock",
        "requirements-dev.lock",
        "requirements-load.lock",
        "requirements-spark.lock",
        "LICENSE",
    ),
}


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_nothing_new_stands_at_the_top() -> None:
    made = {"node_modules", "var", "build", "__pycache__"}
    top = {path.name for path in ROOT.iterdir() if not path.name.startswith(".") and "egg-info" not in path.name}
    assert top - made <= FURNITURE


@pytest.mark.parametrize("package", PACKAGES)
def test_every_room_has_a_plaque_and_no_code_in_it(package: str) -> None:
    for path in (ROOT / package).rglob("__init__.py"):
        body = ast.parse(path.read_text()).body
        assert body, f"{_named(path)} is empty"
        assert isinstance(body[0], ast.Expr), f"{_named(path)} has no plaque"
        allowed = (ast.Import, ast.ImportFrom, ast.Assign)
        assert all(isinstance(statement, allowed) for statement in body[1:]), f"{_named(path)} holds code"


def test_no_view_or_hook_is_a_coroutine() -> None:
    """The application does not look whether one is (`Shop.ensure_sync`)."""
    found = [_named(path) for path in SOURCES if re.search(r"^\s*async def ", path.read_text(), re.MULTILINE)]
    assert found == []


def test_every_module_and_public_function_of_the_libraries_says_what_it_does() -> None:
    silent = []
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        if ast.get_docstring(tree) is None:
            silent.append(_named(path))
        if path.parts[len(ROOT.parts)] in {"search", "recommend"} or path.name == "rules.py":
            silent += [
                f"{_named(path)}: {node.name}"
                for node in tree.body
                if isinstance(node, ast.FunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and ast.get_docstring(node) is None
            ]
    assert silent == []


def test_no_file_grows_past_a_sitting() -> None:
    long = {_named(path): count for path in SOURCES if (count := path.read_text().count("\n")) > LONGEST_FILE}
    assert {name for name in long if not name.endswith(("names.py", "dictionary.py"))} == set()


def test_fragments_stay_small() -> None:
    fragments = [path for path in TEMPLATES if path.name.startswith("_")]
    long = {_named(path): count for path in fragments if (count := path.read_text().count("\n")) > LONGEST_FRAGMENT}
    assert long == {}


def test_only_the_transaction_commits() -> None:
    allowed = {"storefront/database/transaction.py"}
    commits = {
        _named(path)
        for path in SOURCES
        if re.search(r"\bsession\.commit\(", path.read_text()) and _named(path) not in allowed
    }
    assert commits == set()


def test_no_catch_all_and_no_nameless_modules() -> None:
    bare = [_named(path) for path in SOURCES if re.search(r"^\s*except\s*:", path.read_text(), re.MULTILINE)]
    assert bare == []
    vague = {"utils.py", "helpers.py", "managers.py", "misc.py", "common.py"}
    assert [_named(path) for path in SOURCES if path.name in vague] == []


def test_nothing_is_left_to_do() -> None:
    unfinished = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    found = [_named(path) for path in [*SOURCES, *TEMPLATES] if unfinished.search(path.read_text())]
    assert found == []


def test_templates_have_no_inline_script_or_style() -> None:
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", re.IGNORECASE)
    pages = [path for path in TEMPLATES if "mail" not in path.parts]
    assert [_named(path) for path in pages if inline.search(path.read_text())] == []
