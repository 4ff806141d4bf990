"""What stands beside a product by hand: looked for as one types, put in order, and marked where it cannot be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _
from sqlalchemy import select

from admin.access import requires, staff_here
from admin.catalog.heads import get_head
from admin.catalog.queries import find_products
from admin.catalog.views.frame import head_context
from storefront.accounts.permissions import Permission
from storefront.catalog import related
from storefront.catalog.errors import StaleLinks
from storefront.catalog.models import Product
from storefront.catalog.related import Kind
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.shelves import list_sellable
from storefront.kernel.clock import now
from storefront.kernel.errors import N_, Invalid, ShopError
from storefront.kernel.text import squeeze
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

blueprint = Blueprint("related", __name__, template_folder="templates")
MOST_FOUND = 12
TITLES: Mapping[Kind, tuple[str, str]] = {
    Kind.WITH: (N_("Goes with it"), N_("First on the shelf of what is often bought together.")),
    Kind.INSTEAD: (N_("Instead of it"), N_("First on the shelf of similar products.")),
}
STEPS = {"up": -1, "down": 1}


@dataclass(frozen=True, slots=True)
class Beside:
    """One list of chosen products: the rows in their order, and which of them shelves skip now."""

    kind: Kind
    title: str
    hint: str
    rows: tuple[Any, ...]
    sellable: frozenset[int]

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(row.id for row in self.rows)


@blueprint.get("/products/<int:product_id>/related")
@requires(Permission.PRODUCTS_EDIT)
def beside(product_id: int) -> Response:
    """Show what stands beside a product; `q` looks for more."""
    return _page(product_id)


@blueprint.post("/products/<int:product_id>/related")
@requires(Permission.PRODUCTS_EDIT)
def choose(product_id: int) -> Response:
    """Let another product stand beside it."""
    other_id = request.form.get("product", type=int) or 0
    try:
        with transaction():
            related.choose(product_id=product_id, kind=_kind(), other_id=other_id, by=staff_here().actor, at=now())
    except Invalid as refusal:
        return _page(product_id, refusal)
    return _saved(product_id)


@blueprint.post("/products/<int:product_id>/related/removal")
@requires(Permission.PRODUCTS_EDIT)
def drop(product_id: int) -> Response:
    """Let a product no longer stand beside it."""
    other_id = request.form.get("product", type=int) or 0
    with transaction():
        related.drop(product_id=product_id, kind=_kind(), other_id=other_id, by=staff_here().actor, at=now())
    return _saved(product_id)


@blueprint.post("/products/<int:product_id>/related/order")
@requires(Permission.PRODUCTS_EDIT)
def order(product_id: int) -> Response:
    """Put the chosen products into the order in which they were dragged, or move one a step."""
    typed = request.form
    same: dict[str, Any] = {"product_id": product_id, "kind": _kind(), "by": staff_here().actor, "at": now()}
    try:
        with transaction():
            if other_id := typed.get("product", type=int):
                related.step(other_id=other_id, places=STEPS.get(typed.get("step", ""), 0), **same)
            else:
                ids = [int(text) for text in typed.get("order", "").split(",") if text.isdecimal() and len(text) < 10]
                related.put_in_order(other_ids=ids, **same)
    except StaleLinks as refusal:
        return _page(product_id, refusal)
    return _saved(product_id)


def _kind() -> Kind:
    try:
        return Kind(request.values.get("kind", Kind.WITH))
    except ValueError:
        raise Invalid from None


def _saved(product_id: int) -> Response:
    flash(_("Saved."), "success")
    return redirect_to(f"/admin/products/{product_id}/related#{_kind()}")


def _page(product_id: int, refused: ShopError | None = None) -> Response:
    columns = Product.id, Product.name, Product.translations, Product.picture, Product.is_published
    head = get_head(product_id)
    wanted, asked = squeeze(request.values.get("q", ""))[:200], _kind()
    chosen = {kind: related.list_chosen(product_id, kind) for kind in Kind}
    ids = {number for numbers in chosen.values() for number in numbers}
    rows = {row.id: row for row in db.session.execute(select(*columns).where(Product.id.in_(ids)))}
    sellable = frozenset(int(number) for number in list_sellable(sorted(ids)))
    lists = [Beside(kind, *TITLES[kind], tuple(rows[number] for number in chosen[kind]), sellable) for kind in Kind]
    return render_page(
        "admin/catalog/related.html",
        fragment="admin/catalog/_related_found.html",
        **head_context(head),
        tab="related",
        product=head.product,
        lists=lists,
        asked=asked,
        each=next(each for each in lists if each.kind is asked),
        wanted=wanted,
        matches=[row for row in find_products(wanted, MOST_FOUND + 1) if row.id != product_id] if wanted else [],
        refusal=message_of(refused) if refused else "",
        told=(),
        status=refused.status if refused else 200,
    )
