"""The address of a product, and what search engines show of it."""

from __future__ import annotations

from typing import Any

from flask import Response

from admin.access import requires, staff_here
from admin.catalog.heads import Head
from admin.catalog.product_forms import AppearanceForm, appearance_form
from admin.catalog.views.blueprint import blueprint
from admin.catalog.views.frame import Tab, save, show
from storefront.accounts.permissions import Permission
from storefront.catalog import addressing
from storefront.kernel.clock import now
from storefront.web.addresses import public_url


def _context(head: Head) -> dict[str, Any]:
    return {
        "former": addressing.list_former(head.id),
        "base": public_url("/products/"),
        "good": {"title": addressing.GOOD_TITLE, "description": addressing.GOOD_DESCRIPTION},
    }


TAB = Tab("appearance", "admin/catalog/appearance.html", {"form": appearance_form}, _context)


@blueprint.get("/products/<int:product_id>/appearance")
@requires(Permission.PRODUCTS_VIEW)
def appearance(product_id: int) -> Response:
    """Show the product's address, and how a search result of it looks."""
    return show(TAB, product_id)


@blueprint.post("/products/<int:product_id>/appearance")
@requires(Permission.PRODUCTS_EDIT)
def change_appearance(product_id: int) -> Response:
    """Set address, title and description."""

    def store(form: AppearanceForm) -> None:
        addressing.change_appearance(
            product_id=product_id,
            version=form.version.data or 0,
            appearance=form.read(),
            by=staff_here().actor,
            at=now(),
        )

    return save(TAB, "form", product_id, store)
