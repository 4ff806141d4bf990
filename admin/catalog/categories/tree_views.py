"""The tree itself: where categories stand, and who sees them."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.catalog.categories.blueprint import blueprint
from admin.catalog.categories.branches import MOST_FOUND, Tree, address, read_tree
from admin.catalog.categories.rules import read_open
from storefront.accounts.permissions import Permission
from storefront.catalog import categories
from storefront.catalog.arranging import Place, Step
from storefront.catalog.categories import LONGEST_NAME
from storefront.catalog.errors import AlreadySo, TreeMoved
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.kernel.text import is_id, squeeze
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.locale import localized

STEPS = frozenset(Step)


@blueprint.get("/categories")
@requires(Permission.PRODUCTS_EDIT)
def tree() -> Response:
    """Show the tree with how many products are where; where one branch was opened or closed, that branch."""
    asked = request.args.get("branch", type=int)
    return _tree(request.args.get("at", type=int)) if asked is None else _branch(asked)


@blueprint.post("/categories/<int:category_id>/position")
@requires(Permission.PRODUCTS_EDIT)
def move(category_id: int) -> Response:
    """Move a category: one step, or to where it was dragged or sent."""
    try:
        with transaction():
            place = _place(category_id)
            has_moved = place is not None and categories.move_category(
                category_id=category_id, place=place, seen=_seen(), by=staff_here().actor, at=now()
            )
    except (TreeMoved, Invalid) as refusal:
        return _tree(category_id, refusal)
    _say(category_id, has_moved)
    return _shown_at(category_id)


@blueprint.post("/categories/<int:category_id>/publication")
@requires(Permission.PRODUCTS_EDIT)
def publish(category_id: int) -> Response:
    """Let shoppers see a category with what is below it, or no longer."""
    is_published = request.form.get("published") == "yes"
    try:
        with transaction():
            row = categories.publish_category(
                category_id=category_id, is_published=is_published, by=staff_here().actor, at=now()
            )
    except AlreadySo as refusal:
        return _tree(category_id, refusal)
    name = localized(row.name, row.translations)
    if is_published:
        flash(_("“%(name)s” is published.", name=name), "success")
    else:
        flash(_("“%(name)s” is hidden, with all that is below it.", name=name), "success")
    return _shown_at(category_id)


def _place(category_id: int) -> Place | None:
    """Return where the category is to go; None for a step that leads nowhere. Raises Invalid for what says nothing."""
    typed = request.form
    if typed.get("step") in STEPS:
        return categories.arrangement().step(category_id, Step(typed["step"]))
    parent, before = typed.get("parent", "-"), typed.get("before", "")
    if not all(text == "" or is_id(text) for text in (parent, before)):
        raise Invalid
    return Place(int(parent) if parent else None, int(before) if before else None)


def _seen() -> str:
    """Return the mark of the tree that the page showed; a page of one category shows no tree and takes any."""
    return request.form.get("seen", "") or categories.arrangement().mark


def _say(category_id: int, has_moved: bool) -> None:
    branches = read_tree(category_id)
    branch = branches.find(category_id)
    if branch is None or not has_moved:
        flash(_("It stays where it is: there is no place further that way."), "info")
        return
    above = branches.find(branch.parent_id) if branch.parent_id else None
    family = above.children if above else branches.roots
    number = [each.id for each in family].index(category_id) + 1
    facts = {"name": branch.name, "number": number}
    if above:
        words = _("“%(name)s” now stands at number %(number)d in “%(parent)s”.", parent=above.name, **facts)
    else:
        words = _("“%(name)s” now stands at number %(number)d at the top.", **facts)
    flash(words, "success")


def _shown_at(category_id: int) -> Response:
    """Go on to the tree as it was open, and to the category in it."""
    return redirect_to(address(_opened(), category_id))


def _branch(category_id: int) -> Response:
    """Show one branch of the tree that the page has; of one that was moved meanwhile, all."""
    shown = read_tree(asked=_opened())
    branch = shown.find(category_id)
    if branch is None or request.args.get("seen") != shown.mark:
        flash(_("Somebody else changed the category tree meanwhile. Here it is as it is now."), "info")
        return redirect_to(shown.url())
    answer = render_page(
        "admin/catalog/categories/tree.html",
        fragment="admin/catalog/categories/_branch.html",
        tree=shown,
        branch=branch,
    )
    answer.headers["HX-Replace-Url"] = shown.url()
    return answer


def _tree(at: int | None, refused: ShopError | None = None) -> Response:
    return render_page(
        "admin/catalog/categories/tree.html",
        **_told(read_tree(at, _opened())),
        refusal=message_of(refused) if refused else "",
        status=refused.status if refused else 200,
    )


def _opened() -> frozenset[int] | None:
    """Return the branches that stand open on the page; None where nobody has opened or closed any."""
    return read_open(request.values.getlist("open"))


def _told(shown: Tree) -> dict[str, Any]:
    """Return what the page tells: the tree, and what was looked for in it."""
    wanted = squeeze(request.args.get("q", ""))[:LONGEST_NAME]
    found = shown.named(wanted)
    return {"tree": shown, "wanted": wanted, "found": found[:MOST_FOUND], "more": len(found[MOST_FOUND:])}
