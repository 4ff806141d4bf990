"""When shoppers see a product."""

from __future__ import annotations

from flask import Response, g

from admin.access import requires, staff_here
from admin.catalog.product_forms import PublicationForm, publication_form
from admin.catalog.views.blueprint import blueprint
from admin.catalog.views.frame import Tab, save, show
from storefront.accounts.permissions import Permission
from storefront.catalog import publishing
from storefront.kernel.clock import now

TAB = Tab(
    "publication",
    "admin/catalog/publication.html",
    {"form": publication_form},
    lambda _head: {"zone": g.shop.timezone},
)


@blueprint.get("/products/<int:product_id>/publication")
@requires(Permission.PRODUCTS_VIEW)
def publication(product_id: int) -> Response:
    """Show between which moments shoppers see the product."""
    return show(TAB, product_id)


@blueprint.post("/products/<int:product_id>/publication")
@requires(Permission.PRODUCTS_EDIT)
def change_publication(product_id: int) -> Response:
    """Set between which moments shoppers see the product."""

    def store(form: PublicationForm) -> None:
        publishing.change_publication(
            product_id=product_id,
            version=form.version.data or 0,
            publication=form.read(),
            by=staff_here().actor,
            at=now(),
        )

    return save(TAB, "form", product_id, store)
