"""The list of shelf rules."""

from __future__ import annotations

from admin.discovery.shelves import queries, tables
from admin.discovery.shelves.words import does_words
from admin.discovery.standing import standing_of
from admin.discovery.tables import LOOKS, STANDINGS
from admin.tables import Empty, Listing
from storefront.accounts.permissions import Permission
from storefront.kernel.clock import now
from storefront.kernel.errors import N_

SHELF_RULES = Listing(
    name="shelf-rules",
    title=N_("Shelf rules"),
    caption=N_("Shelf rules"),
    permission=Permission.RECOMMEND_VIEW,
    table=lambda: tables.RULES,
    source=lambda state: queries.rules_of(state, now()),
    cells="admin/discovery/_shelf_rule_cells.html",
    empty=Empty(
        icon="pin",
        title=N_("No rules yet"),
        text=N_("Shelves fill themselves from what customers buy; a rule is for where you know better."),
        nothing_matches=N_("No rules match"),
        show_all=N_("Show all rules"),
    ),
    page="admin/discovery/shelf_rules.html",
    context=lambda _rows: {
        "standing_of": lambda row: standing_of(row, now()),
        "standings": STANDINGS,
        "looks": LOOKS,
        "shelves": tables.SHELVES,
        "does_words": does_words,
    },
)
