"""The ledger of changes."""

from __future__ import annotations

from flask import Blueprint, Response, request

from admin.access import requires
from admin.audit.queries import page_of_changes, people
from admin.audit.tables import ACTIONS, OBJECTS, changes_table
from admin.tables import read_state
from storefront.accounts.permissions import Permission
from storefront.web.fragments import render_page

blueprint = Blueprint("audit", __name__, template_folder="templates")


@blueprint.get("/audit")
@requires(Permission.AUDIT_VIEW)
def changes() -> Response:
    """List changes, the newest first."""
    state = read_state(changes_table(), request.args)
    page = page_of_changes(state)
    return render_page(
        "admin/audit/changes.html",
        fragment="admin/audit/_changes.html",
        state=state,
        page=page,
        people=people(page.items),
        actions=ACTIONS,
        kinds=dict(OBJECTS),
    )
