"""The variants of a product, and the matrix of options that makes them."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _
from flask_babel import ngettext

from admin.access import requires, staff_here
from admin.catalog.fact_forms import variants_form
from admin.catalog.forms import amount_text
from admin.catalog.heads import Head, get_head
from admin.catalog.matrix_form import MatrixForm, read_additions, read_matrix, stored_form
from admin.catalog.product_forms import Args
from admin.catalog.queries import list_variants
from admin.catalog.views.blueprint import blueprint
from admin.catalog.views.frame import Tab, head_context, page_url, save, show
from storefront.accounts.permissions import Permission
from storefront.catalog import gallery, matrix
from storefront.catalog import variants as catalog
from storefront.catalog.errors import StaleProduct
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.kernel.text import slugify
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

LONGEST_BASE = 24
_WHOLE = re.compile(r"\d{1,8}", re.ASCII)


def _details(head: Head, args: Args | None) -> Any:
    rows = gallery.list_pictures(head.id)
    pictures = [(row.picture, _picture(number, row.alt)) for number, row in enumerate(rows, 1)]
    return variants_form(list_variants(head.id), head.version, pictures, args)


TAB = Tab(
    "variants",
    "admin/catalog/variants.html",
    {"details": _details},
    lambda head: {"variants": list_variants(head.id)},
)


@blueprint.get("/products/<int:product_id>/variants")
@requires(Permission.PRODUCTS_VIEW)
def variants(product_id: int) -> Response:
    """Show what is known of each variant."""
    return show(TAB, product_id)


@blueprint.post("/products/<int:product_id>/variants")
@requires(Permission.PRODUCTS_EDIT)
def change_variants(product_id: int) -> Response:
    """Set what is known of each variant, and whether it is on sale."""

    def store(form: Any) -> None:
        details = {
            int(field.name.removeprefix("weight-")): _read(form, field)
            for field in form
            if field.name.startswith("weight-")
        }
        catalog.change_variants(
            product_id=product_id, version=form.version.data or 0, details=details, by=staff_here().actor, at=now()
        )

    return save(TAB, "details", product_id, store)


@blueprint.get("/products/<int:product_id>/matrix")
@requires(Permission.PRODUCTS_EDIT)
def variant_matrix(product_id: int) -> Response:
    """Show the options, and what variants come of those that were typed."""
    head = get_head(product_id)
    stored, rows = _stored(head)
    if "name-1" not in request.args:
        return _matrix(head, stored)
    form = read_matrix(request.args, stored, rows, _base(head), lines=False)
    return _matrix(head, form, status=422 if form.is_wrong else 200)


@blueprint.post("/products/<int:product_id>/matrix")
@requires(Permission.PRODUCTS_EDIT)
def generate_variants(product_id: int) -> Response:
    """Make the variants that are missing, as they were looked at."""
    head = get_head(product_id)
    stored, rows = _stored(head)
    form = read_matrix(request.form, stored, rows, _base(head), lines=True)
    additions = read_additions(form)
    if form.is_wrong:
        return _matrix(head, form, status=422)
    try:
        with transaction():
            catalog.add_variants(
                product_id=product_id,
                version=request.form.get("version", -1, int),
                options=form.options,
                additions=additions,
                by=staff_here().actor,
                at=now(),
            )
    except StaleProduct as refusal:
        return _matrix(get_head(product_id), form, refusal=refusal, status=409)
    except Invalid as refusal:
        form.refuse(refusal)
        return _matrix(get_head(product_id), form, status=422)
    made = ngettext("%(num)s variant was made.", "%(num)s variants were made.", len(additions))
    flash(made if additions else _("Saved."), "success")
    return redirect_to(page_url(product_id, "variants"))


def _matrix(head: Head, form: MatrixForm, *, refusal: ShopError | None = None, status: int = 200) -> Response:
    return render_page(
        "admin/catalog/matrix.html",
        **head_context(head),
        tab="variants",
        form=form,
        numbers=list(range(1, matrix.MOST_OPTIONS + 1)),
        most=matrix.MOST_VARIANTS,
        refusal=message_of(refusal) if refusal else "",
        told=(),
        status=status,
    )


def _stored(head: Head) -> tuple[MatrixForm, Any]:
    rows = list_variants(head.id)
    options = matrix.options_in_use(matrix.read_options(head.product.options or []), rows)
    price = amount_text(rows[0].price_minor, g.shop.currency) if rows else ""
    return stored_form(options, _base(head), price), rows


def _picture(number: int, alt: str) -> str:
    if alt:
        return str(_("Picture %(number)s: %(alt)s", number=number, alt=alt[:40]))
    return str(_("Picture %(number)s", number=number))


def _base(head: Head) -> str:
    """Return what SKUs begin with unless somebody says otherwise: the beginning of the address."""
    return slugify(head.product.slug, longest=LONGEST_BASE).upper()


def _read(form: Any, field: Any) -> catalog.VariantDetails:
    number = field.name.removeprefix("weight-")
    weight = (field.data or "").strip()
    if not _WHOLE.fullmatch(weight):
        raise Invalid(_("Enter a whole number that is not negative."), field=field.name)
    return catalog.VariantDetails(
        barcode=(form[f"barcode-{number}"].data or "").strip(),
        weight_grams=int(weight),
        picture=form[f"picture-{number}"].data or "",
        is_active=bool(form[f"active-{number}"].data),
    )
