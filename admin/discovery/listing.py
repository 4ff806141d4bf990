"""The lists of synonyms, of search rules and of searches that are rated."""

from __future__ import annotations

from admin.discovery import queries, tables
from admin.discovery.standing import does_words, standing_of, when_words
from admin.tables import Empty, Listing
from storefront.accounts.permissions import Permission
from storefront.kernel.clock import now
from storefront.kernel.errors import N_

SYNONYMS = Listing(
    name="synonyms",
    title=N_("Synonyms"),
    caption=N_("Synonyms"),
    permission=Permission.SEARCH_VIEW,
    table=lambda: tables.SYNONYMS,
    source=queries.synonyms_of,
    cells="admin/discovery/_synonym_cells.html",
    empty=Empty(
        icon="search",
        title=N_("No synonyms yet"),
        text=N_("Begin with searches that find nothing although you sell what was meant."),
        nothing_matches=N_("No synonyms match"),
        show_all=N_("Show all synonyms"),
    ),
    known_as=lambda row: row.text,
    page="admin/discovery/synonyms.html",
    is_exported=False,
    context=lambda _rows: {"languages": tables.LANGUAGES, "ways": tables.WAYS},
)
SEARCH_RULES = Listing(
    name="rules",
    title=N_("Search rules"),
    caption=N_("Search rules"),
    permission=Permission.SEARCH_VIEW,
    table=lambda: tables.RULES,
    source=lambda state: queries.rules_of(state, now()),
    cells="admin/discovery/_rule_cells.html",
    empty=Empty(
        icon="pin",
        title=N_("No rules yet"),
        text=N_("Search orders results by itself; a rule is for where you know better."),
        nothing_matches=N_("No rules match"),
        show_all=N_("Show all rules"),
    ),
    page="admin/discovery/rules.html",
    context=lambda _rows: {
        "standing_of": lambda row: standing_of(row, now()),
        "standings": tables.STANDINGS,
        "looks": tables.LOOKS,
        "when_words": when_words,
        "does_words": does_words,
    },
)
JUDGEMENTS = Listing(
    name="judgements",
    title=N_("Rated results"),
    caption=N_("Rated results"),
    permission=Permission.SEARCH_VIEW,
    table=lambda: tables.JUDGEMENTS,
    source=queries.queries_of,
    cells="admin/discovery/_judgement_cells.html",
    empty=Empty(
        icon="scale",
        title=N_("No search is rated yet"),
        text=N_("Thirty searches that shoppers often make are a good beginning."),
        nothing_matches=N_("No searches match"),
        show_all=N_("Show all searches"),
    ),
    known_as=lambda row: row.query,
    page="admin/discovery/judgements.html",
    is_exported=False,
    context=lambda _rows: {"languages": tables.LANGUAGES},
)
