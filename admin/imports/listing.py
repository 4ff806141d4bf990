"""The list of imports."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from admin.tables import Choice, Column, Empty, Listing, ListState, Source, Table, Words
from storefront.accounts.models import Staff
from storefront.accounts.permissions import Permission
from storefront.imports.models import Import
from storefront.imports.states import STATE_WORDS, ImportState
from storefront.kernel.errors import N_

TABLE = Table(
    url="/admin/imports",
    columns=(
        Column(N_("File"), key="file", value=lambda row: row.file_name, look="grow", is_fixed=True),
        Column(N_("State"), key="state", value=lambda row: Words(STATE_WORDS[ImportState(row.state)])),
        Column(N_("Rows"), key="rows", is_number=True, value=lambda row: row.read),
        Column(N_("Brought by"), key="by", value=lambda row: row.name),
        Column(N_("When"), key="when", sort="when", value=lambda row: row.created_at, look="nowrap"),
    ),
    default_sort="-when",
    filters=(Choice("state", N_("State"), tuple((state.value, words) for state, words in STATE_WORDS.items())),),
    search_label=N_("Search by file name"),
)


def imports_of(state: ListState) -> Source:
    """Return the imports that `state` asks for."""
    rows: Any = select(
        Import.id, Import.file_name, Import.state, Import.read, Import.created_at, Import.undoes_id, Staff.name
    ).join(Staff, Staff.id == Import.staff_id)
    if state.search:
        rows = rows.where(Import.file_name.icontains(state.search, autoescape=True))
    if wanted := state.value("state"):
        rows = rows.where(Import.state == wanted)
    return Source(rows, Import.id, {"when": Import.created_at})


IMPORTS = Listing(
    name="imports",
    title=N_("Import and export"),
    caption=N_("Imports, the newest first"),
    permission=Permission.PRODUCTS_VIEW,
    table=lambda: TABLE,
    source=imports_of,
    cells="admin/imports/_cells.html",
    empty=Empty(
        icon="file-up",
        title=N_("Nothing was imported yet"),
        text=N_("Bring a file above. Nothing changes before you have seen what would."),
        nothing_matches=N_("No imports match"),
        show_all=N_("Show all imports"),
    ),
    known_as=lambda row: row.file_name,
    page="admin/imports/imports.html",
    context=lambda _rows: {"words": STATE_WORDS},
    is_exported=False,
)
