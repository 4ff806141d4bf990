"""The price lists and the page of one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, request
from flask_babel import gettext as _
from flask_babel import ngettext

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.catalog.forms import amount_text
from admin.merging import merge, seen_values
from admin.pricing import queries
from admin.pricing.entry_listing import PRICE_ENTRIES
from admin.pricing.forms import ListForm, form_of
from admin.pricing.listing import PRICE_LISTS
from admin.pricing.pasting import LONGEST, LineError, lines_of, read_lines, read_price
from admin.tables import read_state
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.pricing import services as pricing
from storefront.pricing.errors import StalePriceList
from storefront.pricing.plans import EntryPlan
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal

blueprint = Blueprint("pricing", __name__, template_folder="templates")


@blueprint.get("/price-lists")
@requires(Permission.PRICES_EDIT)
def price_lists() -> Response:
    """List the price lists."""
    return show_list(PRICE_LISTS)


@blueprint.get("/price-entries")
@requires(Permission.PRICES_EDIT)
def price_entries() -> Response:
    """List the prices of all lists."""
    return show_list(PRICE_ENTRIES)


@blueprint.get("/price-lists/new")
@requires(Permission.PRICES_EDIT)
def new_list() -> Response:
    """Show an empty list."""
    return _new_page(_form(data={"is_active": True}))


@blueprint.post("/price-lists")
@requires(Permission.PRICES_EDIT)
def add_list() -> Response:
    """Make a list."""
    form = _form(request.form)
    try:
        if form.validate():
            with transaction():
                made = pricing.add_list(plan=form.read(), by=staff_here().actor, at=now())
                number = made.id
            flash(_("Saved. Now add prices to the list."), "success")
            return redirect_to(f"/admin/price-lists/{number}")
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _new_page(form, status=422)


@blueprint.get("/price-lists/<int:list_id>")
@requires(Permission.PRICES_EDIT)
def price_list(list_id: int) -> Response:
    """Show a list with its prices."""
    return _page(list_id)


@blueprint.post("/price-lists/<int:list_id>")
@requires(Permission.PRICES_EDIT)
def change_list(list_id: int) -> Response:
    """Change everything about a list but its prices; who was slower is told what changed meanwhile."""
    queries.get_list(list_id)
    form = _form(request.form)
    try:
        if form.validate():
            with transaction():
                pricing.change_list(
                    list_id=list_id, version=form.version.data, plan=form.read(), by=staff_here().actor, at=now()
                )
            return _saved(list_id, _("Saved."))
    except StalePriceList as refusal:
        return _page(list_id, form=form, refusal=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _page(list_id, form=form, status=422)


@blueprint.post("/price-lists/<int:list_id>/lines")
@requires(Permission.PRICES_EDIT)
def paste_lines(list_id: int) -> Response:
    """Store the prices of pasted lines, all of them or none."""
    queries.get_list(list_id)
    text = request.form.get("lines", "")[:LONGEST].replace("\r\n", "\n")
    variants = queries.variants_by_sku({line.sku for line in lines_of(text)})
    plans, errors = read_lines(text, variants=variants, currency=g.shop.currency)
    if errors or not plans:
        return _page(list_id, lines=text, line_errors=errors or [_nothing()], status=422)
    return _store_entries(list_id, plans, lines=text)


@blueprint.post("/price-lists/<int:list_id>/prices")
@requires(Permission.PRICES_EDIT)
def change_entries(list_id: int) -> Response:
    """Store the prices that were typed over those shown."""
    queries.get_list(list_id)
    typed = {key: value.strip() for key, value in request.form.items() if key.startswith("price-")}
    errors: dict[str, str] = {}
    plans: list[EntryPlan] = []
    for entry in queries.list_entries(list_id, [int(key[6:]) for key in typed if key[6:].isdecimal()]):
        key = f"price-{entry.id}"
        try:
            plans.append(EntryPlan(entry.variant_id, entry.min_quantity, read_price(typed[key], g.shop.currency)))
        except Invalid as refusal:
            errors[key] = message_of(refusal)
    if errors:
        return _page(list_id, typed=typed, errors=errors, status=422)
    return _store_entries(list_id, plans, typed=typed)


@blueprint.post("/price-lists/<int:list_id>/entries/<int:entry_id>/removal")
@requires(Permission.PRICES_EDIT)
def remove_entry(list_id: int, entry_id: int) -> Response:
    """Take one price out of the list."""
    try:
        with transaction():
            pricing.remove_entries(
                list_id=list_id, version=_version(), entry_ids=[entry_id], by=staff_here().actor, at=now()
            )
    except StalePriceList as refusal:
        return _page(list_id, refusal=refusal, status=409)
    return _saved(list_id, _("The price is removed from the list."))


def _store_entries(list_id: int, plans: list[EntryPlan], **typed: Any) -> Response:
    try:
        with transaction():
            count = pricing.set_entries(
                list_id=list_id, version=_version(), entries=plans, by=staff_here().actor, at=now()
            )
    except StalePriceList as refusal:
        return _page(list_id, refusal=refusal, status=409, **typed)
    except Invalid as refusal:
        return _page(list_id, refusal=refusal, status=422, **typed)
    return _saved(list_id, ngettext("Saved %(num)s price.", "Saved %(num)s prices.", count))


def _form(*args: Any, **kwargs: Any) -> ListForm:
    return ListForm(*args, tiers=queries.tier_choices(), groups=queries.group_choices(), **kwargs)


def _new_page(form: ListForm, *, status: int = 200) -> Response:
    return render_page(
        "admin/pricing/list.html",
        row=None,
        form=form,
        seen={},
        version=0,
        refusal="",
        told=(),
        zone=g.shop.timezone,
        status=status,
    )


def _page(
    list_id: int, *, form: ListForm | None = None, refusal: ShopError | None = None, status: int = 200, **typed: Any
) -> Response:
    """Show the list as it is stored, with what was typed over it; a refused version is offered anew."""
    row = queries.get_list(list_id)
    stored = form_of(row, tiers=queries.tier_choices(), groups=queries.group_choices())
    is_stale = isinstance(refusal, StalePriceList)
    told = merge(form, stored, request.form) if is_stale and form is not None else []
    entries = list_entries_about("price_list", str(list_id))
    state = read_state(queries.entries_table(list_id), request.args)
    blank = {"lines": "", "line_errors": (), "typed": {}, "errors": {}}
    return render_page(
        "admin/pricing/list.html",
        fragment="admin/pricing/_entries.html",
        row=row,
        form=form or stored,
        version=row.version,
        seen=seen_values(stored),
        refusal=message_of(refusal) if refusal else "",
        told=told,
        zone=g.shop.timezone,
        standing=queries.STANDINGS[queries.standing_of(row, now())],
        state=state,
        page=queries.page_of_entries(list_id, state),
        warnings=queries.warnings_of(row),
        amount=lambda minor: amount_text(minor, g.shop.currency),
        entries=entries,
        people=people(entries),
        status=status,
        **{**blank, **typed},
    )


def _saved(list_id: int, words: str) -> Response:
    flash(words, "success")
    return redirect_to(f"/admin/price-lists/{list_id}")


def _version() -> int:
    return request.form.get("version", -1, type=int)


def _nothing() -> LineError:
    return LineError(1, _("Write SKU, quantity and price, with commas between them."))
