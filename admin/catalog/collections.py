"""Collections: goods put together by hand or by rules, for promotions to be about."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.catalog import gathering
from admin.catalog.listing import COLLECTIONS
from admin.catalog.queries import find_products
from admin.catalog.ruled.forms import form_of, seen_of
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.catalog import collections
from storefront.catalog.errors import StaleCollection
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.kernel.paging import page_number
from storefront.kernel.text import squeeze
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

blueprint = Blueprint("collections", __name__, template_folder="templates")
PAGE_SIZE = 50
MOST_FOUND = 20
STEPS = {"up": -1, "down": 1}


@blueprint.get("/collections")
@requires(Permission.PRODUCTS_EDIT)
def all_collections() -> Response:
    """List the collections, with a form for another one."""
    return _list()


@blueprint.post("/collections")
@requires(Permission.PRODUCTS_EDIT)
def add_collection() -> Response:
    """Make a collection."""
    name, name_zh = request.form.get("name", ""), request.form.get("name_zh", "")
    try:
        with transaction():
            number = collections.add_collection(name=name, name_zh=name_zh, by=staff_here().actor, at=now()).id
    except Invalid as refusal:
        return _list(refusal, name=name, name_zh=name_zh)
    flash(_("Saved. Now add products to the collection."), "success")
    return redirect_to(f"/admin/collections/{number}")


@blueprint.get("/collections/<int:collection_id>")
@requires(Permission.PRODUCTS_EDIT)
def collection(collection_id: int) -> Response:
    """Show a collection with its products; `q` looks for more of them."""
    return show_collection(collection_id)


@blueprint.post("/collections/<int:collection_id>/name")
@requires(Permission.PRODUCTS_EDIT)
def rename_collection(collection_id: int) -> Response:
    """Call a collection something else, in both languages."""
    names = {"name": request.form.get("name", ""), "name_zh": request.form.get("name_zh", "")}
    try:
        with transaction():
            collections.rename_collection(collection_id=collection_id, **names, by=staff_here().actor, at=now())
    except Invalid as refusal:
        return show_collection(collection_id, refused=refusal, status=422, **names)
    return _saved(collection_id, _("Saved."))


@blueprint.post("/collections/<int:collection_id>/products")
@requires(Permission.PRODUCTS_EDIT)
def add_products(collection_id: int) -> Response:
    """Put products into the collection: one that was found, or those with these SKUs, all of them or none."""
    text = request.form.get("skus", "")[: gathering.LONGEST]
    ids, unknown = gathering.products_by_sku(text)
    if chosen := request.form.get("product", type=int):
        ids = gathering.known_products([chosen])
    if unknown or not ids:
        errors = [_("There is no article “%(sku)s”.", sku=sku[:64]) for sku in unknown]
        return show_collection(collection_id, skus=text, errors=errors or [_("Enter at least one SKU.")], status=422)
    with transaction():
        count = collections.add_products(collection_id=collection_id, product_ids=ids, by=staff_here().actor, at=now())
    words = ngettext("Added %(num)s product.", "Added %(num)s products.", count)
    return _saved(collection_id, words, request.form.get("q", ""))


@blueprint.post("/collections/<int:collection_id>/products/<int:product_id>/removal")
@requires(Permission.PRODUCTS_EDIT)
def remove_product(collection_id: int, product_id: int) -> Response:
    """Take a product out of the collection."""
    with transaction():
        collections.remove_product(collection_id=collection_id, product_id=product_id, by=staff_here().actor, at=now())
    return _saved(collection_id, _("The product is no longer in the collection."))


@blueprint.post("/collections/<int:collection_id>/order")
@requires(Permission.PRODUCTS_EDIT)
def order_products(collection_id: int) -> Response:
    """Put products into the order in which they were dragged, or move one a step."""
    typed, by, at = request.form, staff_here().actor, now()
    page = f"/admin/collections/{collection_id}?page={page_number(typed.get('page'))}#products"
    try:
        with transaction():
            if product_id := typed.get("product", type=int):
                step = STEPS.get(typed.get("step", ""), 0)
                collections.step_product(collection_id=collection_id, product_id=product_id, step=step, by=by, at=at)
            else:
                ids = [int(text) for text in typed.get("order", "").split(",") if text.isdecimal() and len(text) < 10]
                collections.sort_collection(collection_id=collection_id, product_ids=ids, by=by, at=at)
    except StaleCollection as refusal:
        return show_collection(collection_id, refused=refusal, status=409)
    return redirect_to(page)


@blueprint.post("/collections/<int:collection_id>/deletion")
@requires(Permission.PRODUCTS_EDIT)
def delete_collection(collection_id: int) -> Response:
    """Delete the collection, unless a promotion is about it."""
    users = gathering.promotions_about(collection_id)
    if users:
        words = _("Promotions are about this collection: %(names)s. Change them first.", names=", ".join(users))
        return show_collection(collection_id, refused=ShopError(words), status=409)
    with transaction():
        collections.delete_collection(collection_id=collection_id, by=staff_here().actor, at=now())
    flash(_("The collection is deleted. Its products stay in the shop."), "success")
    return redirect_to("/admin/collections")


def _list(refused: Invalid | None = None, *, name: str = "", name_zh: str = "") -> Response:
    return show_list(COLLECTIONS, status=422 if refused else 200, name=name, name_zh=name_zh, errors=_errors(refused))


def show_collection(
    collection_id: int,
    *,
    refused: ShopError | None = None,
    status: int = 200,
    fragment: str | None = None,
    **typed: Any,
) -> Response:
    """Show a collection as it is now, with what was typed over it."""
    row = collections.get_collection(collection_id)
    entries = list_entries_about("collection", str(collection_id))
    wanted = squeeze(request.values.get("q", ""))[:200]
    number = page_number(request.args.get("page"))
    blank: dict[str, Any] = {"name": row.name, "name_zh": collections.chinese_name(row), "skus": "", "errors": ()}
    told = {"rules": None, "gathered": None, "goods": (), "wrong": ""}
    if row.rules is not None and typed.get("rules") is None:
        told["rules"] = form_of(row)
    return render_page(
        "admin/catalog/collection.html",
        fragment=fragment,
        collection=row,
        seen=seen_of(row),
        here=f"/admin/collections/{collection_id}",
        page=gathering.page_of_products(row, number=number, size=PAGE_SIZE),
        page_url=lambda other: f"/admin/collections/{collection_id}?page={other}",
        wanted=wanted,
        found=find_products(wanted, MOST_FOUND) if wanted else (),
        members=gathering.member_ids(collection_id),
        refusal=message_of(refused) if refused and not isinstance(refused, Invalid) else "",
        told=(),
        name_errors=_errors(refused if isinstance(refused, Invalid) else None),
        entries=entries,
        people=people(entries),
        status=status,
        **{**blank, **told, **typed},
    )


def _errors(refused: Invalid | None) -> dict[str, str]:
    return {refused.field: message_of(refused)} if refused else {}


def _saved(collection_id: int, words: str, wanted: str = "") -> Response:
    flash(words, "success")
    query = f"?{urlencode({'q': wanted})}#add-title" if wanted else ""
    return redirect_to(f"/admin/collections/{collection_id}{query}")
