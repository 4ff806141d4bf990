"""What a product is, and what is told of it."""

from __future__ import annotations

from typing import Any

from flask import Response

from admin.access import requires, staff_here
from admin.catalog.choosing import list_brand_names, list_type_codes
from admin.catalog.fact_forms import FactsForm, facts_form
from admin.catalog.heads import Head
from admin.catalog.product_forms import PlacingForm, placing_form
from admin.catalog.views.blueprint import blueprint
from admin.catalog.views.frame import Tab, save, show
from storefront.accounts.permissions import Permission
from storefront.catalog import facts as catalog
from storefront.catalog.product_types import find_type_id
from storefront.kernel.clock import now


def _context(head: Head) -> dict[str, Any]:
    code = head.product.product_type
    return {"brands": list_brand_names(), "types": list_type_codes(), "type_id": find_type_id(code) if code else None}


TAB = Tab("facts", "admin/catalog/facts.html", {"placing": placing_form, "facts": facts_form}, _context)


@blueprint.get("/products/<int:product_id>/facts")
@requires(Permission.PRODUCTS_VIEW)
def product_facts(product_id: int) -> Response:
    """Show category, brand, type and role, and the facts of that type."""
    return show(TAB, product_id)


@blueprint.post("/products/<int:product_id>/placing")
@requires(Permission.PRODUCTS_EDIT)
def change_placing(product_id: int) -> Response:
    """Set category, brand, type and role."""

    def store(form: PlacingForm) -> None:
        catalog.change_placing(
            product_id=product_id, version=form.version.data or 0, placing=form.read(), by=staff_here().actor, at=now()
        )

    return save(TAB, "placing", product_id, store)


@blueprint.post("/products/<int:product_id>/facts")
@requires(Permission.PRODUCTS_EDIT)
def change_facts(product_id: int) -> Response:
    """Set the facts."""

    def store(form: FactsForm) -> None:
        told, told_zh = form.read()
        catalog.change_facts(
            product_id=product_id,
            version=form.version.data or 0,
            facts=told,
            facts_zh=told_zh,
            by=staff_here().actor,
            at=now(),
        )

    return save(TAB, "facts", product_id, store)
