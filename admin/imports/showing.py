"""What the page of an import shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from flask_babel import gettext

from storefront.imports import facts, queries
from storefront.imports.fields import ATTRIBUTE, FIELDS, OPTION, STOCK, Part
from storefront.imports.models import Import
from storefront.imports.shapes import DELIMITERS, ENCODINGS
from storefront.imports.states import OPEN, STATE_WORDS, ImportState
from storefront.imports.telling import shown, words_of
from storefront.kernel.errors import N_
from storefront.kernel.paging import page_number

PARTS = {Part.PRODUCTS: N_("Products"), Part.PRICES: N_("Prices"), Part.STOCK: N_("Stock")}
BEFORE = {ImportState.MAPPING, ImportState.FAILED}


def query_of(text: str) -> dict[str, str]:
    """Return a list's query as its arguments."""
    return dict(parse_qsl(text[:4_000]))


def facts_of(run: Import, chosen: Sequence[str] | None, args: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page needs, by where the import stands."""
    state, undone_by = ImportState(run.state), queries.undone_by(run.id)
    is_mapping = run.shape["kind"] != "undo" and (
        state in BEFORE or (state is ImportState.CHECKED and (args.get("step") == "columns" or chosen is not None))
    )
    common: dict[str, Any] = {
        "run": run,
        "state_words": STATE_WORDS[state],
        "is_busy": state in OPEN,
        "is_mapping": is_mapping,
        "undone_by": undone_by,
    }
    if is_mapping:
        return {**common, **_columns(run, chosen)}
    counts = queries.counts_of(run.id)
    wanted = args.get("show", "")
    if wanted not in queries.SHOWN:
        wanted = _most_telling(state, counts)
    return {
        **common,
        "counts": counts,
        "shown": wanted,
        "tabs": _tabs(state, counts),
        "page": queries.page_of_rows(run.id, wanted, page_number(args.get("page"))),
        "page_url": lambda number: f"/admin/imports/{run.id}?show={wanted}&page={number}",
        "words_of": words_of,
        "value_of": shown,
    }


def _most_telling(state: ImportState, counts: queries.Counts) -> str:
    if state in {ImportState.CHECKED, ImportState.CHECKING}:
        return "bad" if counts.bad else "changed" if counts.changed else "new"
    return "refused" if counts.refused else "bad" if counts.bad and not counts.done else "done"


def _tabs(state: ImportState, counts: queries.Counts) -> list[tuple[str, str, int]]:
    """Return the sorts of rows that there are: key, words, how many."""
    if state in {ImportState.CHECKED, ImportState.CHECKING}:
        tabs = [("bad", gettext("With errors"), counts.bad), ("new", gettext("New"), counts.new)]
        tabs.append(("changed", gettext("Changed"), counts.changed))
    else:
        tabs = [("refused", gettext("Left as they are"), counts.refused), ("done", gettext("Done"), counts.done)]
        tabs += [("waiting", gettext("Not done"), counts.waiting), ("bad", gettext("With errors"), counts.bad)]
    return [tab for tab in tabs if tab[2]]


def _columns(run: Import, chosen: Sequence[str] | None) -> dict[str, Any]:
    """Return the columns of a file with what each could mean."""
    warehouses = facts.look_around().warehouses
    groups = [
        (gettext(words), [(field.key, gettext(field.words)) for field in FIELDS if field.part is part])
        for part, words in PARTS.items()
    ]
    stock = [(f"{STOCK}{code}", f"{gettext('Stock')}: {name}") for code, name in warehouses.items()]
    groups[-1] = (groups[-1][0], stock)
    mapping = chosen if chosen is not None else run.mapping
    columns = [
        {
            "at": at,
            "name": header,
            "letter": _letter(at),
            "means": mapping[at],
            "examples": [row[at] for row in run.sample if at < len(row) and row[at].strip()][:3],
            "own": [
                (f"{prefix}{name}", words_of(f"{prefix}{name}"))
                for prefix in (ATTRIBUTE, OPTION)
                if (name := _own_name(mapping[at], prefix) or header)
            ],
        }
        for at, header in enumerate(run.headers)
    ]
    return {
        "columns": columns,
        "groups": groups,
        "encodings": ENCODINGS,
        "delimiters": DELIMITERS,
        "is_text": run.shape["kind"] == "csv",
    }


def _own_name(means: str, prefix: str) -> str:
    return means.removeprefix(prefix) if means.startswith(prefix) else ""


def _letter(at: int) -> str:
    """Return what spreadsheets call a column: A, B … Z, AA."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
