"""The list of products and the first page of one: words, prices, taxes, delivery and stock."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.catalog import queries
from admin.catalog.forms import (
    Grid,
    WordsForm,
    amount_text,
    class_cells,
    price_cells,
    read_classes,
    read_counts,
    read_prices,
    stock_cells,
    words_form,
)
from admin.catalog.heads import get_head
from admin.catalog.listing import PRODUCTS
from admin.catalog.stocktaking import store_counts
from admin.catalog.views.blueprint import blueprint
from admin.catalog.views.frame import head_context
from admin.merging import merge, seen_values, take_over
from admin.pricing.taxes.queries import class_choices
from admin.shipping.queries import list_classes
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.catalog import services as catalog
from storefront.catalog.errors import StaleProduct
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.pricing.queries import list_changes
from storefront.shipping import methods
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal


@blueprint.get("/products")
@requires(Permission.PRODUCTS_VIEW)
def products() -> Response:
    """List products."""
    return show_list(PRODUCTS)


@blueprint.get("/products/<int:product_id>")
@requires(Permission.PRODUCTS_VIEW)
def product(product_id: int) -> Response:
    """Show a product with its three forms."""
    return _page(product_id)


@blueprint.post("/products/<int:product_id>/words")
@requires(Permission.PRODUCTS_EDIT)
def change_words(product_id: int) -> Response:
    """Set name, description and publication."""
    form = WordsForm(request.form)
    if not form.validate():
        return _page(product_id, words=form, status=422)
    try:
        with transaction():
            catalog.change_words(
                product_id=product_id, version=form.version.data, words=form.read(), by=staff_here().actor, at=now()
            )
    except StaleProduct as refusal:
        told = merge(form, words_form(queries.get_product_facts(product_id)), request.form)
        return _page(product_id, words=form, told=told, refusal=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
        return _page(product_id, words=form, status=422)
    return _saved(product_id)


@blueprint.post("/products/<int:product_id>/prices")
@requires(Permission.PRICES_EDIT)
def change_prices(product_id: int) -> Response:
    """Set the prices of all variants, or of none."""
    facts = queries.get_product_facts(product_id)
    grid, prices = read_prices(request.form, facts, g.shop.currency)
    if grid.errors:
        return _page(product_id, prices=grid, status=422)
    try:
        with transaction():
            catalog.change_prices(
                product_id=product_id, version=grid.version, prices=prices, by=staff_here().actor, at=now()
            )
    except StaleProduct as refusal:
        cells = price_cells(queries.get_product_facts(product_id), g.shop.currency)
        told = take_over(grid.typed, cells, request.form)
        return _page(product_id, prices=grid, told=told, refusal=refusal, status=409)
    return _saved(product_id)


@blueprint.post("/products/<int:product_id>/tax-classes")
@requires(Permission.PRODUCTS_EDIT)
def change_tax_classes(product_id: int) -> Response:
    """Set what the product and its variants are taxed as."""
    facts = queries.get_product_facts(product_id)
    grid, classes = read_classes(request.form, facts, frozenset(code for code, _name in class_choices()))
    if grid.errors:
        return _page(product_id, classes=grid, status=422)
    try:
        with transaction():
            catalog.change_tax_classes(
                product_id=product_id, version=grid.version, classes=classes, by=staff_here().actor, at=now()
            )
    except StaleProduct as refusal:
        cells = class_cells(queries.get_product_facts(product_id))
        told = take_over(grid.typed, cells, request.form)
        return _page(product_id, classes=grid, told=told, refusal=refusal, status=409)
    return _saved(product_id)


@blueprint.post("/products/<int:product_id>/freight-class")
@requires(Permission.SHIPPING_EDIT)
def change_freight_class(product_id: int) -> Response:
    """Set what the product is reckoned as for delivery."""
    facts, typed = queries.get_product_facts(product_id), request.form.get("freight_class", "").strip()
    try:
        with transaction():
            skus = [variant.sku for variant in facts.variants[:1]]
            methods.classify(skus=skus, freight_class=typed, by=staff_here().actor, at=now())
    except Invalid as refusal:
        return _page(product_id, freight={"typed": typed, "error": message_of(refusal)}, status=422)
    return _saved(product_id)


@blueprint.post("/products/<int:product_id>/stock")
@requires(Permission.STOCK_EDIT)
def count_stock(product_id: int) -> Response:
    """Store what was counted on the shelves."""
    grid, counts = read_counts(request.form, queries.get_product_facts(product_id))
    if grid.errors:
        return _page(product_id, stock=grid, status=422)
    try:
        with transaction():
            store_counts(
                facts=queries.get_product_facts(product_id),
                counts=counts,
                reason=grid.typed["reason"],
                by=staff_here().actor,
                at=now(),
            )
    except ShopError as refusal:
        cells = stock_cells(queries.get_product_facts(product_id))
        told = take_over(grid.typed, cells, request.form)
        return _page(product_id, stock=grid, told=told, refusal=refusal, status=409)
    return _saved(product_id)


def _page(product_id: int, *, refusal: ShopError | None = None, status: int = 200, **shown: Any) -> Response:
    """Show the product as it is now, with what was typed over it; a refused version is offered anew."""
    facts = queries.get_product_facts(product_id)
    stored = words_form(facts)
    words = shown.pop("words", None) or stored
    entries = list_entries_about("product", str(product_id))
    history = list_changes([variant.id for variant in facts.variants])
    context = head_context(get_head(product_id), entries)
    context |= {"tab": "", "prices": Grid(), "stock": Grid(), "classes": Grid(), "told": (), "freight": None, **shown}
    return render_page(
        "admin/catalog/product.html",
        facts=facts,
        words=words,
        seen=seen_values(stored),
        refusal=message_of(refusal) if refusal else "",
        history=history,
        amount=lambda minor: amount_text(minor, g.shop.currency),
        tax_choices=class_choices(),
        freight_classes=[name for name, *_counts in list_classes()],
        status=status,
        **{**context, "people": people([*entries, *history])},
    )


def _saved(product_id: int) -> Response:
    flash(_("Saved."), "success")
    return redirect_to(f"/admin/products/{product_id}")
