"""The list of changes."""

from __future__ import annotations

from admin.audit import queries
from admin.audit.tables import ACTIONS, NO_OBJECT, OBJECTS, PAGES, changes_table
from admin.audit.wording import in_words
from admin.tables import Empty, Listing
from storefront.accounts.permissions import Permission
from storefront.kernel.errors import N_

CHANGES = Listing(
    name="audit",
    title=N_("Changes"),
    caption=N_("Changes by staff, the newest first"),
    permission=Permission.AUDIT_VIEW,
    table=changes_table,
    source=queries.changes_of,
    cells="admin/audit/_cells.html",
    empty=Empty(
        icon="shield-check",
        title=N_("No changes here"),
        text=N_("What staff change is written down with before and after."),
        nothing_matches=N_("No changes match"),
        show_all=N_("Show all changes"),
    ),
    known_as=lambda row: f"{row.object_kind} {row.object_key}",
    context=lambda rows: {
        "people": (names := queries.people(rows)),
        "told": {entry.id: entry for entry in in_words(rows, names)},
        "actions": ACTIONS,
        "kinds": dict(OBJECTS),
        "pages": PAGES,
        "no_object": NO_OBJECT,
    },
)
