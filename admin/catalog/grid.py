"""Prices and stock of many variants as a grid: typed, changed by a rule, looked at, stored row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, flash, g, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from admin.access import requires_any, staff_here
from admin.catalog.listing import PRODUCTS
from admin.merging import SEEN
from admin.tables.state import read_state
from storefront.accounts.permissions import Permission
from storefront.catalog.adjusting import ENDINGS, Adjustment, How, read_adjustment
from storefront.catalog.errors import NothingLeft
from storefront.catalog.models import Product
from storefront.database.transaction import transaction
from storefront.imports import facts, gridding
from storefront.imports.fields import STOCK, Part, field_of
from storefront.imports.gridding import Typed, Wrong
from storefront.imports.rights import rights_of
from storefront.imports.telling import words_of
from storefront.imports.values import money_of, money_text
from storefront.inventory.shelving import LONGEST_REASON
from storefront.kernel.clock import now
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.paging import page_number
from storefront.kernel.text import is_id
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

blueprint = Blueprint("grid", __name__, template_folder="templates")
MAY = requires_any(Permission.PRICES_EDIT, Permission.STOCK_EDIT)
PAGE_SIZE = 50
MOST_CHOSEN = 500
KEPT = ("query", "row", "all")
HOWS = {How.PERCENT: N_("by percent"), How.AMOUNT: N_("by an amount"), How.SET: N_("to an amount")}


@blueprint.get("/products/grid")
@MAY
def grid() -> Response:
    """Show the grid of the products that were chosen, or that a list shows."""
    return _page({}, {})


@blueprint.post("/products/grid")
@MAY
def store() -> Response:
    """Store the rows that are right, and show the others again with what is wrong; or change cells by a rule."""
    rows = {row.sku: row for row in _typed()}
    if request.form.get("then") == "adjust":
        return _adjusted(rows)
    reason = request.form.get("reason", "").strip()
    if problem := _reason_problem(rows, reason):
        return _page(rows, {}, problem=problem, status=422)
    with transaction():
        stored, wrong = gridding.store_rows(rows=list(rows.values()), reason=reason, by=staff_here(), at=now())
    if stored:
        flash(ngettext("%(num)s row is saved.", "%(num)s rows are saved.", len(stored)), "success")
    if not wrong:
        return redirect_to(_url(request.form, page_number(request.form.get("page"))))
    return _page({sku: rows[sku] for sku in wrong}, wrong, status=422)


def _typed() -> list[Typed]:
    """Return the rows as they came back: cells are named by field and SKU."""
    found = []
    keys = gridding.columns(facts.look_around())
    for sku in dict.fromkeys(request.form.getlist("sku")[:PAGE_SIZE]):
        typed = {key: request.form[f"{key}|{sku}"].strip()[:40] for key in keys if f"{key}|{sku}" in request.form}
        seen = {key: request.form.get(f"{SEEN}{key}|{sku}", "")[:40] for key in typed}
        found.append(Typed(sku[:64], seen, typed))
    return found


def _reason_problem(rows: Mapping[str, Typed], reason: str) -> str:
    moved = any(
        key.startswith(STOCK) and text != row.seen.get(key) for row in rows.values() for key, text in row.typed.items()
    )
    if moved and not reason:
        return str(_("Say why the stock changes; the ledger keeps it."))
    return str(_("This is too long.")) if len(reason) > LONGEST_REASON else ""


def _adjusted(rows: Mapping[str, Typed]) -> Response:
    """Show the grid with a rule applied to one column of the ticked rows, or of all; nothing is stored.

    Where a rule would leave nothing of an amount, the cell keeps it and says so.
    """
    key, chosen = request.form.get("column", ""), set(request.form.getlist("chosen")) or set(rows)
    try:
        if key not in gridding.PRICES:
            raise Invalid
        rule = read_adjustment(
            how=request.form.get("how", ""),
            by=request.form.get("by", ""),
            ending=request.form.get("ending", ""),
            currency=g.shop.currency,
        )
    except Invalid as refusal:
        return _page(rows, {}, rule_problem=message_of(refusal), status=422)
    changed, refused = dict(rows), {}
    for sku in chosen & rows.keys():
        try:
            changed[sku] = _by_rule(rows[sku], key, rule)
        except NothingLeft as refusal:
            refused[sku] = [Wrong(key, message_of(refusal))]
    count = sum(row.typed != rows[sku].typed for sku, row in changed.items())
    words = ngettext(
        "%(num)s cell would change. Nothing is saved yet.", "%(num)s cells would change. Nothing is saved yet.", count
    )
    if refused:
        kept = ngettext("%(num)s cell stays as it is.", "%(num)s cells stay as they are.", len(refused))
        words = _("%(first)s %(then)s", first=words, then=kept)
    return _page(changed, refused, told=words)


def _by_rule(row: Typed, key: str, rule: Adjustment) -> Typed:
    try:
        amount = money_of(row.typed.get(key, ""), rule.currency)
        if amount is None:
            return row
        return Typed(row.sku, row.seen, {**row.typed, key: money_text(rule.of(amount).minor, rule.currency)})
    except ValueError:
        return row


def _page(typed: Mapping[str, Typed], wrong: Mapping[str, list[Wrong]], *, status: int = 200, **told: str) -> Response:
    g.place = PRODUCTS.table().url
    args = request.form if request.method == "POST" else request.args
    around, rights = facts.look_around(), rights_of(staff_here().permissions)
    page = gridding.page_of_variants(_products(args), number=page_number(args.get("page")), size=PAGE_SIZE)
    current = facts.current_of([sku for _id, sku, *_names in page.items], around)
    keys = gridding.columns(around)
    return render_page(
        "admin/catalog/grid.html",
        status=status,
        page=page,
        page_url=lambda number: _url(args, number),
        keys=[(key, _head(key, around.warehouses), _may(key, rights)) for key in keys],
        rows=[
            {
                "sku": sku,
                "product": product,
                "variant": name,
                "cells": [_cell(key, sku, current[sku].values.get(key, ""), typed, wrong) for key in keys],
                "wrong": [each.sentence for each in wrong.get(sku, ()) if each.field not in keys],
            }
            for _id, sku, product, name in page.items
            if sku in current
        ],
        kept=[(name, value) for name in KEPT for value in args.getlist(name)[:MOST_CHOSEN]],
        hows=HOWS,
        endings=ENDINGS,
        columns_of_rules=[(key, words_of(key)) for key in gridding.PRICES],
        may_price=Part.PRICES in rights,
        may_count=Part.STOCK in rights,
        asked=args,
        wrong_count=0 if "told" in told else len(wrong),
        **{"problem": "", "rule_problem": "", "told": "", **told},
    )


def _cell(
    key: str, sku: str, stored: str, typed: Mapping[str, Typed], wrong: Mapping[str, list[Wrong]]
) -> dict[str, Any]:
    """Return what a cell shows: what was typed over what is stored now."""
    row = typed.get(sku)
    text = row.typed.get(key, stored) if row is not None and row.typed.get(key) != row.seen.get(key) else stored
    said = " ".join(each.sentence for each in wrong.get(sku, ()) if each.field == key)
    return {"key": key, "name": f"{key}|{sku}", "stored": stored, "text": text, "wrong": said}


def _head(key: str, warehouses: Mapping[str, str]) -> str:
    code = key.removeprefix(STOCK)
    return f"{_('Stock')} {warehouses[code]}" if key.startswith(STOCK) else words_of(key)


def _may(key: str, rights: frozenset[Part]) -> bool:
    what = field_of(key)
    return what is not None and what.part in rights


def _products(args: Any) -> Any:
    """Return the ids of the products that are meant, as a statement: the ticked ones, else those of the list."""
    chosen = [int(key) for key in args.getlist("row")[:MOST_CHOSEN] if is_id(key)]
    if chosen and args.get("all") != "yes":
        return select(Product.id).where(Product.id.in_(chosen))
    state = read_state(PRODUCTS.table(), dict(parse_qsl(args.get("query", "")[:4_000])))
    source = PRODUCTS.source(state)
    return source.rows.with_only_columns(source.id) if state.is_narrowed else None


def _url(args: Any, number: int) -> str:
    pairs = [(name, value) for name in KEPT for value in args.getlist(name)[:MOST_CHOSEN]]
    return f"/admin/products/grid?{urlencode([*pairs, ('page', number)])}"
