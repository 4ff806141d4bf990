"""The part of a product's page that is for one reader alone: their own price."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from storefront.accounts.sessions import current_customer
from storefront.cart.quoting import shopper_of
from storefront.catalog.product_facts import ProductFacts, VariantFacts, get_product
from storefront.catalog.rules import choose_variant
from storefront.kernel.clock import now
from storefront.kernel.errors import NotFound
from storefront.kernel.money import Money
from storefront.pricing import queries
from storefront.pricing.catalogue import personal_price
from storefront.web.fragments import render_page
from storefront.web.locale import current_locale

blueprint = Blueprint("pricing", __name__, template_folder="templates")


@blueprint.get("/products/<slug>/your-price")
def your_price(slug: str) -> Response:
    """Show what the signed-in customer is asked for the variant that `sku` names."""
    product = get_product(slug, current_locale())
    variant = choose_variant(product.variants, request.args.get("sku"))
    if variant is None:
        raise NotFound
    customer = current_customer()
    options = queries.options_for((variant.id,), now()).get(variant.id, ())
    personal = personal_price(
        Money(variant.base_minor, g.shop.currency),
        options,
        shopper=shopper_of(customer),
        usual=Money(variant.catalogue_minor, g.shop.currency),
    )
    response = render_page(
        "pricing/your_price.html",
        fragment="pricing/_your_price.html",
        product=product,
        variant=variant,
        customer=customer,
        personal=personal.lowered_by(lambda price: _after_offers(product, variant, price)) if personal else None,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _after_offers(product: ProductFacts, variant: VariantFacts, price: Money) -> Money:
    return Money(variant.after_offers(product, price.minor), price.currency)
