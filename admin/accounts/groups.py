"""Customer groups: who is in which."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from admin.access import requires, staff_here
from admin.accounts.listing import GROUPS
from admin.audit.queries import people
from admin.tables.showing import show_list
from storefront.accounts import groups
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.kernel.paging import page_number
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

blueprint = Blueprint("groups", __name__, template_folder="templates")
PAGE_SIZE = 50
LONGEST = 20_000


@blueprint.get("/customer-groups")
@requires(Permission.CUSTOMERS_GROUPS)
def customer_groups() -> Response:
    """List the groups, with a form for another one."""
    return _list()


@blueprint.post("/customer-groups")
@requires(Permission.CUSTOMERS_GROUPS)
def add_group() -> Response:
    """Make a group."""
    name = request.form.get("name", "")
    try:
        with transaction():
            key = groups.add_group(name=name, by=staff_here().actor, at=now()).key
    except Invalid as refusal:
        return _list(name=name, error=message_of(refusal), status=422)
    flash(_("Saved. Now add customers to the group."), "success")
    return redirect_to(f"/admin/customer-groups/{key}")


@blueprint.get("/customer-groups/<key>")
@requires(Permission.CUSTOMERS_GROUPS)
def customer_group(key: str) -> Response:
    """Show a group and its customers."""
    return _page(key)


@blueprint.post("/customer-groups/<key>/name")
@requires(Permission.CUSTOMERS_GROUPS)
def rename_group(key: str) -> Response:
    """Call a group something else."""
    name = request.form.get("name", "")
    try:
        with transaction():
            groups.rename_group(key=key, name=name, by=staff_here().actor, at=now())
    except Invalid as refusal:
        return _page(key, name=name, name_error=message_of(refusal), status=422)
    return _saved(key, _("Saved."))


@blueprint.post("/customer-groups/<key>/members")
@requires(Permission.CUSTOMERS_GROUPS)
def add_members(key: str) -> Response:
    """Put the customers with these e-mail addresses into the group; an address that nobody has stays in the field."""
    emails = request.form.get("emails", "")[:LONGEST].replace(",", "\n").replace(";", "\n").split()
    added, left, errors = 0, [], []
    for email in dict.fromkeys(emails):
        try:
            with transaction():
                groups.add_member(key=key, email=email, by=staff_here().actor, at=now())
            added += 1
        except Invalid as refusal:
            left.append(email)
            errors.append(f"{email[:80]}: {message_of(refusal)}")
    words = ngettext("%(num)s customer is in the group.", "%(num)s customers are in the group.", added)
    if errors or not emails:
        errors = errors or [_("Enter at least one e-mail address.")]
        return _page(key, emails="\n".join(left), errors=errors, added=words if added else "", status=422)
    return _saved(key, words)


@blueprint.post("/customer-groups/<key>/members/<int:customer_id>/removal")
@requires(Permission.CUSTOMERS_GROUPS)
def remove_member(key: str, customer_id: int) -> Response:
    """Take a customer out of the group."""
    with transaction():
        email = groups.remove_member(key=key, customer_id=customer_id, by=staff_here().actor, at=now()).known_as
    return _saved(key, _("%(email)s is no longer in the group.", email=email))


def _list(*, name: str = "", error: str = "", status: int = 200) -> Response:
    return show_list(GROUPS, status=status, name=name, error=error)


def _page(key: str, *, name: str | None = None, status: int = 200, **typed: Any) -> Response:
    row = groups.get_group(key)
    entries = list_entries_about("customer_group", key)
    number = page_number(request.args.get("page"))
    return render_page(
        "admin/accounts/group.html",
        group=row,
        name=row.name if name is None else name,
        page=groups.page_of_members(key, number=number, size=PAGE_SIZE),
        page_url=lambda wanted: f"/admin/customer-groups/{key}?page={wanted}",
        entries=entries,
        people=people(entries),
        status=status,
        **{"name_error": "", "emails": "", "errors": (), "added": "", **typed},
    )


def _saved(key: str, words: str) -> Response:
    flash(words, "success")
    return redirect_to(f"/admin/customer-groups/{key}")
