"""The page of one category: what it says, where it goes, and how it goes away."""

from __future__ import annotations

from flask import Response, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.catalog.categories.blueprint import URL, blueprint
from admin.catalog.categories.branches import Branch, Tree, address, old_addresses, read_tree
from admin.catalog.categories.forms import CategoryForm, form_of
from admin.catalog.categories.mentions import list_mentions, list_own_slots
from admin.merging import merge, seen_values
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.catalog import categories
from storefront.catalog.categories import CategoryPlan
from storefront.catalog.errors import CategoryNotEmpty, StaleCategory
from storefront.content import services as content
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, NotFound, ShopError
from storefront.kernel.text import is_id
from storefront.media.photos import LARGEST_BYTES
from storefront.media.services import store_picture
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal


@blueprint.get("/categories/new")
@requires(Permission.PRODUCTS_EDIT)
def new_category() -> Response:
    """Show an empty form."""
    return _new(CategoryForm(), request.args.get("parent", ""))


@blueprint.post("/categories")
@requires(Permission.PRODUCTS_EDIT)
def add_category() -> Response:
    """Add a category as the last one of its family."""
    form, parent = CategoryForm(request.form), request.form.get("parent", "")
    tree = read_tree()
    if parent and parent not in dict(tree.options()):
        return _new(form, "", refusal=_("The category above is not there any more. Choose another one."), status=409)
    if not form.validate():
        return _new(form, parent, status=422)
    try:
        _take_picture(form)
        with transaction():
            row = categories.add_category(
                plan=form.read(), parent_id=int(parent) if parent else None, by=staff_here().actor, at=now()
            )
    except Invalid as refusal:
        show_refusal(form, refusal)
        return _new(form, parent, status=422)
    flash(_("“%(name)s” is there. Products can be moved into it from the list of products.", name=row.name), "success")
    return redirect_to(address(None, row.id))


@blueprint.get("/categories/<int:category_id>")
@requires(Permission.PRODUCTS_EDIT)
def category(category_id: int) -> Response:
    """Show a category."""
    return _page(category_id)


@blueprint.post("/categories/<int:category_id>/words")
@requires(Permission.PRODUCTS_EDIT)
def change_category(category_id: int) -> Response:
    """Set what a category says, its address and whether it is seen."""
    categories.get_category(category_id)
    form = CategoryForm(request.form)
    if not form.validate():
        return _page(category_id, form, status=422)
    try:
        _take_picture(form)
        with transaction():
            categories.change_category(
                category_id=category_id,
                version=form.version.data or 0,
                plan=form.read(),
                by=staff_here().actor,
                at=now(),
            )
    except StaleCategory as refusal:
        return _page(category_id, form, refusal=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
        return _page(category_id, form, status=422)
    flash(_("Saved."), "success")
    return redirect_to(f"{URL}/{category_id}")


@blueprint.get("/categories/<int:category_id>/deletion")
@requires(Permission.PRODUCTS_EDIT)
def ask_deletion(category_id: int) -> Response:
    """Say what is in a category and what names it, and ask where its goods are to go."""
    return _deletion(category_id)


@blueprint.post("/categories/<int:category_id>/deletion")
@requires(Permission.PRODUCTS_EDIT)
def delete_category(category_id: int) -> Response:
    """Move what is in a category into another one, and delete it."""
    row, to = categories.get_category(category_id), request.form.get("to", "")
    if list_mentions(category_id, row.slug) and request.form.get("seen") != "yes":
        words = _("Look at what names this category, and say that you have seen it.")
        return _deletion(category_id, refusal=words, status=409)
    name = row.name
    try:
        with transaction():
            for slot_id in list_own_slots(category_id):
                content.remove_slot(slot_id=slot_id, by=staff_here().actor, at=now())
            target = categories.delete_category(
                category_id=category_id,
                goes_to=int(to) if is_id(to) else None,
                by=staff_here().actor,
                at=now(),
            )
    except (CategoryNotEmpty, Invalid, NotFound) as refusal:
        if read_tree().find(category_id) is None:
            raise
        return _deletion(category_id, refusal=_why(refusal), status=refusal.status if refusal.status != 404 else 409)
    flash(_("“%(name)s” is deleted.", name=name), "success")
    return redirect_to(address(read_tree(target).opened | {target} if target else None, target))


def _why(refusal: ShopError) -> str:
    is_gone = isinstance(refusal, NotFound)
    return _("The category that the goods are to go to is not there any more.") if is_gone else message_of(refusal)


def _take_picture(form: CategoryForm) -> None:
    """Keep an uploaded picture, or let go of the one that was there; raises Invalid."""
    file = request.files.get("picture_file")
    if request.form.get("picture_gone") == "yes":
        form.picture.data = ""
    if file and file.filename:
        form.picture.data = store_picture(data=file.stream.read(LARGEST_BYTES + 1))


def _new(form: CategoryForm, parent: str, *, refusal: str = "", status: int = 200) -> Response:
    tree = read_tree()
    return render_page(
        "admin/catalog/categories/new.html",
        form=form,
        parent=parent,
        options=tree.options(),
        refusal=refusal,
        told=(),
        seen={},
        status=status,
    )


def _page(
    category_id: int, form: CategoryForm | None = None, *, refusal: ShopError | None = None, status: int = 200
) -> Response:
    """Show the category as it is now, with what was typed over it; a refused version is offered anew."""
    row = categories.get_category(category_id)
    stored = form_of(CategoryPlan.of(row), row.version)
    told = merge(form, stored, request.form) if form is not None and refusal is not None else []
    tree, branch = _branch(category_id)
    entries = list_entries_about("category", str(category_id))
    return render_page(
        "admin/catalog/categories/category.html",
        category=row,
        branch=branch,
        above=tree.find(branch.parent_id) if branch.parent_id else None,
        form=form or stored,
        version=row.version,
        seen=seen_values(stored),
        options=tree.options(without=category_id),
        mark=tree.mark,
        addresses=old_addresses(category_id),
        refusal=message_of(refusal) if refusal else "",
        told=told,
        entries=entries,
        people=people(entries),
        status=status,
    )


def _deletion(category_id: int, *, refusal: str = "", status: int = 200) -> Response:
    row = categories.get_category(category_id)
    tree, branch = _branch(category_id)
    typed = request.form.get("to", "")
    return render_page(
        "admin/catalog/categories/deletion.html",
        category=row,
        branch=branch,
        options=tree.options(without=category_id),
        to=typed or (str(branch.parent_id) if branch.parent_id else ""),
        mentions=list_mentions(category_id, row.slug),
        addresses=old_addresses(category_id),
        refusal=refusal,
        told=(),
        status=status,
    )


def _branch(category_id: int) -> tuple[Tree, Branch]:
    tree = read_tree()
    branch = tree.find(category_id)
    if branch is None:
        raise NotFound
    return tree, branch
