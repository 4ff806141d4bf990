"""Warehouses, goods that come in and move, and the ledger of stock."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.merging import merge, seen_values
from admin.tables import read_state
from admin.tables.showing import show_list
from admin.warehouses import queries
from admin.warehouses.forms import NewWarehouseForm, ReceiptForm, TransferForm, WarehouseForm, form_of
from admin.warehouses.listing import MOVEMENTS, WAREHOUSES
from admin.warehouses.stocking import Typed, store_receipt, store_transfer
from admin.warehouses.tables import movements_table
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.inventory import warehouses
from storefront.inventory.errors import StaleWarehouse, WarehouseInUse
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal

blueprint = Blueprint("warehouses", __name__, template_folder="templates")


@blueprint.get("/warehouses")
@requires(Permission.STOCK_EDIT)
def warehouse_list() -> Response:
    """List warehouses."""
    return show_list(WAREHOUSES)


@blueprint.get("/warehouses/new")
@requires(Permission.STOCK_EDIT)
def new_warehouse() -> Response:
    """Show an empty form."""
    return _page(NewWarehouseForm())


@blueprint.post("/warehouses")
@requires(Permission.STOCK_EDIT)
def open_warehouse() -> Response:
    """Add a warehouse."""
    form = NewWarehouseForm(request.form)
    try:
        if form.validate():
            with transaction():
                by, facts = staff_here().actor, form.read()
                warehouses.open_warehouse(code=form.code.data or "", facts=facts, by=by, at=now())
            return _saved()
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _page(form, status=422)


@blueprint.get("/warehouses/<code>")
@requires(Permission.STOCK_EDIT)
def warehouse(code: str) -> Response:
    """Show a warehouse."""
    return _page(form_of(queries.get_warehouse(code)), code)


@blueprint.post("/warehouses/<code>")
@requires(Permission.STOCK_EDIT)
def change_warehouse(code: str) -> Response:
    """Change a warehouse; who was slower is told what changed meanwhile."""
    queries.get_warehouse(code)
    form = WarehouseForm(request.form)
    try:
        if form.validate():
            with transaction():
                by, seen = staff_here().actor, form.version.data or ""
                warehouses.change_warehouse(code=code, facts=form.read(), seen=seen, by=by, at=now())
            return _saved()
    except (StaleWarehouse, WarehouseInUse) as refusal:
        return _page(form, code, refusal=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _page(form, code, status=422)


@blueprint.get("/stock-receipts")
@requires(Permission.STOCK_EDIT)
def new_receipt() -> Response:
    """Show the form for goods that came in."""
    values = {"sku": request.args.get("sku", "")[:64], "target": request.args.get("warehouse", "")}
    form = ReceiptForm(warehouses=queries.names_of_warehouses(), data=values)
    return render_page("admin/warehouses/receipt.html", form=form)


@blueprint.post("/stock-receipts")
@requires(Permission.STOCK_EDIT)
def receive() -> Response:
    """Put goods on their shelf."""
    form = ReceiptForm(request.form, warehouses=queries.names_of_warehouses())
    try:
        if form.validate():
            typed = Typed(form.sku.data or "", form.units(), form.words(), form.target.data or "")
            with transaction():
                thing, after = store_receipt(typed=typed, by=staff_here().actor, at=now())
            words = ngettext("One piece received. There is one now.", "Received. There are %(num)s pieces now.", after)
            flash(words, "success")
            return redirect_to(_ledger_url(thing))
    except Invalid as refusal:
        show_refusal(form, refusal)
    return render_page("admin/warehouses/receipt.html", form=form, status=422)


@blueprint.get("/stock-transfers")
@requires(Permission.STOCK_EDIT)
def new_transfer() -> Response:
    """Show the form for goods that move."""
    values = {"sku": request.args.get("sku", "")[:64], "source": request.args.get("warehouse", "")}
    form = TransferForm(warehouses=queries.names_of_warehouses(), data=values)
    return render_page("admin/warehouses/transfer.html", form=form)


@blueprint.post("/stock-transfers")
@requires(Permission.STOCK_EDIT)
def transfer() -> Response:
    """Move goods from one warehouse to another."""
    form = TransferForm(request.form, warehouses=queries.names_of_warehouses())
    try:
        if form.validate():
            target, source = form.target.data or "", form.source.data or ""
            typed = Typed(form.sku.data or "", form.units(), form.words(), target, source)
            with transaction():
                thing = store_transfer(typed=typed, by=staff_here().actor, at=now())
            flash(_("Transferred."), "success")
            return redirect_to(_ledger_url(thing))
    except Invalid as refusal:
        show_refusal(form, refusal)
    return render_page("admin/warehouses/transfer.html", form=form, status=422)


@blueprint.get("/stock-movements")
@requires(Permission.STOCK_EDIT)
def movements() -> Response:
    """Show what happened to stock: of everything, or of one SKU."""
    return show_list(MOVEMENTS)


def _page(form: WarehouseForm, code: str = "", *, refusal: ShopError | None = None, status: int = 200) -> Response:
    """Show a warehouse's form; after a conflict beside what is stored now, and ready to be saved over it."""
    stored = form_of(queries.get_warehouse(code)) if code else None
    told: list[Any] = merge(form, stored, request.form) if stored and isinstance(refusal, StaleWarehouse) else []
    entries = list_entries_about("warehouse", code) if code else []
    return render_page(
        "admin/warehouses/warehouse.html",
        form=form,
        code=code,
        version=stored.version.data if stored else "",
        seen=seen_values(stored) if stored else {},
        refusal=message_of(refusal) if refusal else "",
        told=told,
        entries=entries,
        people=people(entries),
        status=status,
    )


def _ledger_url(thing: queries.Thing) -> str:
    state = read_state(movements_table(()), {"q": thing.sku})
    return state.url()


def _saved() -> Response:
    flash(_("Saved."), "success")
    return redirect_to("/admin/warehouses")
