"""Making a product."""

from __future__ import annotations

from flask import Response, flash, g, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.catalog.choosing import list_brand_names, list_type_codes
from admin.catalog.product_forms import NewProductForm
from admin.catalog.views.blueprint import blueprint
from admin.catalog.views.frame import page_url
from storefront.accounts.permissions import Permission
from storefront.catalog import creating
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal


@blueprint.get("/products/new")
@requires(Permission.PRODUCTS_EDIT)
def new_product() -> Response:
    """Show an empty product."""
    return _form(NewProductForm())


@blueprint.post("/products")
@requires(Permission.PRODUCTS_EDIT)
def add_product() -> Response:
    """Make a draft, and go on to its variants; with its one SKU, to what is told of it."""
    form = NewProductForm(request.form)
    try:
        if form.validate():
            with transaction():
                product = creating.create_product(plan=form.read(), by=staff_here().actor, at=now())
            flash(_("The draft is there. Shoppers see it once it is published."), "success")
            return redirect_to(page_url(product.id, "pictures" if form.sku.data else "matrix"))
    except Invalid as refusal:
        show_refusal(form, refusal, default="name")
    return _form(form, status=422)


def _form(form: NewProductForm, *, status: int = 200) -> Response:
    return render_page(
        "admin/catalog/new.html",
        form=form,
        brands=list_brand_names(),
        types=list_type_codes(),
        currency=g.shop.currency,
        status=status,
    )
