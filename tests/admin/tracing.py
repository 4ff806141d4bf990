"""Which functions a view may reach: by names, through the modules of the shop, without running anything."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("admin", "storefront")
Place = tuple[str, str]
"""A module and a name in it."""


@cache
def _module(name: str) -> tuple[dict[str, ast.AST], dict[str, Place]]:
    """Return a module's functions, classes and assignments, and what its imports mean."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return {}, {}
    body = ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body
    things: dict[str, ast.AST] = {}
    imported: dict[str, Place] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            things[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            things |= {target.id: node for target in targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGES):
            imported |= {each.asname or each.name: (str(node.module), each.name) for each in node.names}
    return things, imported


@cache
def _exists(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@cache
def _named(module: str, name: str) -> tuple[Place, ...]:
    """Return what a function, a class or an assignment of a module names."""
    return tuple(_all_named(module, _module(module)[0][name]))


def _all_named(module: str, node: ast.AST) -> Iterator[Place]:
    things, imported = _module(module)
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            if each.id in things:
                yield module, each.id
            elif each.id in imported and not _exists(".".join(imported[each.id])):
                yield imported[each.id]
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in imported:
            home = ".".join(imported[each.value.id])
            if _exists(home):
                yield home, each.attr


def reaches(view: Place, wanted: Place) -> bool:
    """Say whether `view` may come to `wanted`, through whatever functions it names."""
    seen, waiting = {view}, [view]
    while waiting:
        module, name = waiting.pop()
        things, imported = _module(module)
        if name in imported and name not in things:
            following: tuple[Place, ...] = (imported[name],)
        elif name in things:
            following = _named(module, name)
        else:
            continue
        for place in following:
            if place == wanted:
                return True
            if place not in seen:
                seen.add(place)
                waiting.append(place)
    return False
