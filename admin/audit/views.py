"""The ledger of changes."""

from __future__ import annotations

from flask import Blueprint, Response

from admin.access import requires
from admin.audit.listing import CHANGES
from admin.audit.wording import in_words
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission

blueprint = Blueprint("audit", __name__, template_folder="templates")
blueprint.add_app_template_global(in_words, "in_words")


@blueprint.get("/audit")
@requires(Permission.AUDIT_VIEW)
def changes() -> Response:
    """List changes, the newest first."""
    return show_list(CHANGES)
