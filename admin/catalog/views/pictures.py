"""The gallery of a product."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from admin.access import requires, staff_here
from admin.catalog.fact_forms import texts_form
from admin.catalog.heads import Head, get_head
from admin.catalog.product_forms import Args
from admin.catalog.uploading import LARGEST_UPLOAD, MOST_FILES, keep_pictures
from admin.catalog.views.blueprint import blueprint
from admin.catalog.views.frame import Tab, page_url, save, saved, show
from storefront.accounts.permissions import Permission
from storefront.catalog import gallery
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.media.photos import LARGEST_BYTES
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to
from storefront.web.uploads import takes_up_to

KEY = "pictures"
STEPS = {"up": -1, "down": 1}


def _texts(head: Head, args: Args | None) -> Any:
    rows = gallery.list_pictures(head.id)
    return texts_form(rows, head.version, {row.id: gallery.alt_of(row) for row in rows}, args)


def _context(head: Head) -> dict[str, Any]:
    limits = {"files": MOST_FILES, "pictures": gallery.MOST_PICTURES, "megabytes": LARGEST_BYTES // 1024 // 1024}
    return {"pictures": gallery.list_pictures(head.id), "limits": limits}


TAB = Tab(KEY, "admin/catalog/pictures.html", {"texts": _texts}, _context)


@blueprint.get("/products/<int:product_id>/pictures")
@requires(Permission.PRODUCTS_VIEW)
def pictures(product_id: int) -> Response:
    """Show the gallery."""
    return show(TAB, product_id)


@blueprint.post("/products/<int:product_id>/pictures")
@requires(Permission.PRODUCTS_EDIT)
@takes_up_to(LARGEST_UPLOAD)
def add_pictures(product_id: int) -> Response:
    """Take in what was uploaded: what is good is kept, what is not is named with the reason."""
    get_head(product_id)
    kept, refused = keep_pictures(request.files.getlist("pictures"))
    try:
        with transaction():
            added = gallery.add_pictures(product_id=product_id, pictures=kept, by=staff_here().actor, at=now())
    except Invalid as refusal:
        return show(TAB, product_id, wrong=[message_of(refusal)], status=422)
    said = [ngettext("%(num)s picture was added.", "%(num)s pictures were added.", added)] if added else []
    if len(kept) > added:
        said.append(_("What was in the gallery already was left out."))
    if refused:
        return show(TAB, product_id, wrong=refused, kept=" ".join(said), status=422)
    return saved(product_id, KEY, " ".join(said))


@blueprint.post("/products/<int:product_id>/pictures/order")
@requires(Permission.PRODUCTS_EDIT)
def order_pictures(product_id: int) -> Response:
    """Put the gallery in the order in which its pictures were dragged."""
    order = [int(part) for part in request.form.get("order", "").split(",") if part.isascii() and part.isdigit()]
    with transaction():
        gallery.order_pictures(product_id=product_id, order=order, by=staff_here().actor, at=now())
    return redirect_to(page_url(product_id, KEY))


@blueprint.post("/products/<int:product_id>/pictures/<int:media_id>/position")
@requires(Permission.PRODUCTS_EDIT)
def move_picture(product_id: int, media_id: int) -> Response:
    """Move a picture one place on, or to the front."""
    step = STEPS.get(request.form.get("step", ""), -gallery.MOST_PICTURES)
    with transaction():
        gallery.move_picture(product_id=product_id, media_id=media_id, step=step, by=staff_here().actor, at=now())
    return redirect_to(f"{page_url(product_id, KEY)}#picture-{media_id}")


@blueprint.post("/products/<int:product_id>/pictures/<int:media_id>/removal")
@requires(Permission.PRODUCTS_EDIT)
def remove_picture(product_id: int, media_id: int) -> Response:
    """Take a picture out of the gallery."""
    with transaction():
        gallery.remove_picture(product_id=product_id, media_id=media_id, by=staff_here().actor, at=now())
    flash(_("The picture is out of the gallery."), "success")
    return redirect_to(page_url(product_id, KEY))


@blueprint.post("/products/<int:product_id>/pictures/texts")
@requires(Permission.PRODUCTS_EDIT)
def change_texts(product_id: int) -> Response:
    """Set what each picture shows, for those who do not see it."""

    def store(form: Any) -> None:
        ids = [int(field.name.removeprefix("alt-")) for field in form if field.name.startswith("alt-")]
        texts = {
            number: gallery.AltText(form[f"alt-{number}"].data or "", form[f"alt_zh-{number}"].data or "")
            for number in ids
        }
        gallery.change_texts(
            product_id=product_id, version=form.version.data or 0, texts=texts, by=staff_here().actor, at=now()
        )

    return save(TAB, "texts", product_id, store)
