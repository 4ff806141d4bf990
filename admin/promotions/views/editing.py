"""The list of promotions, the builder, and the steps of a promotion's life."""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.merging import SEEN
from admin.promotions import queries
from admin.promotions.builder import change_rows, form_for, heading_of, meaning_of
from admin.promotions.checking import blocks, check_stored, warns
from admin.promotions.choices import find_goods
from admin.promotions.listing import PROMOTIONS
from admin.promotions.merging import merge, seen_values
from admin.promotions.patterns import PATTERNS
from admin.promotions.reading import read_plan
from admin.promotions.showing import empty_form, form_of
from admin.promotions.standing import LOOKS, STANDINGS, standing_of
from admin.promotions.typed import Typed
from admin.promotions.views.blueprint import blueprint
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.approvals.errors import NeedsApproval
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, NotFound, ShopError
from storefront.kernel.text import squeeze
from storefront.promotions import editing
from storefront.promotions.errors import PromotionNotReady, StalePromotion
from storefront.promotions.reading import find_promotion
from storefront.simulation.expecting import expected_cost
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page, wants_fragment

URL = "/admin/promotions"
PARTS = {"draft": "admin/promotions/_fields.html", "summary": "admin/promotions/_meaning.html"}


@blueprint.get("/promotions")
@requires(Permission.PROMOTIONS_VIEW)
def promotions() -> Response:
    """List promotions."""
    return show_list(PROMOTIONS)


@blueprint.get("/promotions/new")
@requires(Permission.PROMOTIONS_EDIT)
def new_promotion() -> Response:
    """Show the gallery of kinds, or the empty form of one."""
    kind = request.args.get("kind", "")
    if kind not in PATTERNS:
        return render_page("admin/promotions/gallery.html", patterns=PATTERNS)
    return _page(empty_form(kind))


@blueprint.post("/promotions/draft")
@requires(Permission.PROMOTIONS_EDIT)
def redraw() -> Response:
    """Show the form again with a row more or less; nothing is stored."""
    typed = Typed.of(request.form)
    change_rows(typed, request.form.get("do", ""))
    return _page(typed, promotion_id=_promotion_id(), fragment=PARTS["draft"], is_typed=True)


@blueprint.post("/promotions/summary")
@requires(Permission.PROMOTIONS_EDIT)
def summarize() -> Response:
    """Say in words what is typed, and what the check finds; nothing is stored."""
    meaning = meaning_of(Typed.of(request.form), _promotion_id())
    return render_page(PARTS["summary"], fragment=PARTS["summary"], meaning=meaning, typed=Typed())


@blueprint.get("/promotions/goods")
@requires(Permission.PROMOTIONS_EDIT)
def find() -> Response:
    """Find products to be picked for the scope whose fields begin with `prefix`."""
    prefix = request.args.get("prefix", "")[:60]
    text = squeeze(request.args.get(f"find-{prefix}", ""))[:100]
    found = find_goods(text)
    fragment = "admin/promotions/_found.html"
    return render_page(fragment, fragment=fragment, prefix=prefix, text=text, found=found, picked=())


@blueprint.post("/promotions")
@requires(Permission.PROMOTIONS_EDIT)
def add() -> Response:
    """Store a new promotion as a draft; the same form twice is one promotion."""
    typed = Typed.of(request.form)
    plan = read_plan(typed, g.shop.currency, g.shop.timezone)
    try:
        if plan is not None:
            with transaction():
                row = editing.add_promotion(
                    plan=plan, token=request.form.get("token", "")[:40], by=staff_here().actor, at=now()
                )
            flash(_("The draft is saved. Start it when it is ready."), "success")
            return redirect_to(f"{URL}/{row.id}")
    except Invalid as refusal:
        _show_refusal(typed, refusal)
    return _page(typed, status=422)


@blueprint.get("/promotions/<int:promotion_id>")
@requires(Permission.PROMOTIONS_VIEW)
def promotion(promotion_id: int) -> Response:
    """Show a promotion."""
    return _page(_stored(promotion_id), promotion_id=promotion_id)


@blueprint.post("/promotions/<int:promotion_id>")
@requires(Permission.PROMOTIONS_EDIT)
def change(promotion_id: int) -> Response:
    """Change a promotion; who was slower is told what changed meanwhile."""
    typed, row = Typed.of(request.form), queries.get_promotion(promotion_id)
    plan = read_plan(typed, g.shop.currency, g.shop.timezone)
    try:
        if plan is not None:
            if row.is_active and blocks(plan, promotion_id):
                return _page(typed, promotion_id=promotion_id, refusal=PromotionNotReady(), is_typed=True, status=409)
            with transaction():
                editing.change_promotion(
                    promotion_id=promotion_id, version=_version(), plan=plan, by=staff_here().actor, at=now()
                )
            flash(_("Saved."), "success")
            return redirect_to(f"{URL}/{promotion_id}")
    except StalePromotion as refusal:
        told = merge(typed, _stored(promotion_id), request.form)
        return _page(typed, promotion_id=promotion_id, refusal=refusal, told=told, status=409)
    except Invalid as refusal:
        _show_refusal(typed, refusal)
    except ShopError as refusal:
        return _page(typed, promotion_id=promotion_id, refusal=refusal, is_typed=True, status=409)
    return _page(typed, promotion_id=promotion_id, is_typed=True, status=422)


@blueprint.post("/promotions/<int:promotion_id>/activation")
@requires(Permission.PROMOTIONS_EDIT)
def activate(promotion_id: int) -> Response:
    """Let a promotion run, once the check has no objection and its warnings are confirmed."""
    row = queries.get_promotion(promotion_id)
    findings, expected = check_stored(row), expected_cost(row, at=now())
    if any(each.blocks for each in findings) or (warns(findings) and "confirmed" not in request.form):
        return _page(_stored(promotion_id), promotion_id=promotion_id, refusal=PromotionNotReady(), status=409)
    start = partial(editing.activate_promotion, expected=expected)
    return _step(start, promotion_id, _("It is active: it runs within its time."))


@blueprint.post("/promotions/<int:promotion_id>/pause")
@requires(Permission.PROMOTIONS_EDIT)
def pause(promotion_id: int) -> Response:
    """Stop a promotion for now."""
    return _step(editing.pause_promotion, promotion_id, _("It is paused. No cart gets it until it is started again."))


@blueprint.post("/promotions/<int:promotion_id>/archiving")
@requires(Permission.PROMOTIONS_EDIT)
def archive(promotion_id: int) -> Response:
    """Put a promotion away."""
    return _step(editing.archive_promotion, promotion_id, _("It is in the archive; its figures stay."))


@blueprint.post("/promotions/<int:promotion_id>/restoration")
@requires(Permission.PROMOTIONS_EDIT)
def unarchive(promotion_id: int) -> Response:
    """Take a promotion out of the archive."""
    return _step(editing.unarchive_promotion, promotion_id, _("It is out of the archive, and paused."))


@blueprint.post("/promotions/<int:promotion_id>/copies")
@requires(Permission.PROMOTIONS_EDIT)
def duplicate(promotion_id: int) -> Response:
    """Make a draft that gives the same."""
    name = _("Copy of %(name)s", name=queries.get_promotion(promotion_id).name)
    with transaction():
        copy = editing.duplicate_promotion(promotion_id=promotion_id, name=name, by=staff_here().actor, at=now())
    flash(_("This is the copy, a draft. Its codes were not copied, since each code is unique."), "success")
    return redirect_to(f"{URL}/{copy.id}")


@blueprint.post("/promotions/<int:promotion_id>/removal")
@requires(Permission.PROMOTIONS_EDIT)
def delete(promotion_id: int) -> Response:
    """Delete a promotion that was never used."""
    try:
        with transaction():
            editing.delete_promotion(promotion_id=promotion_id, version=_version(), by=staff_here().actor, at=now())
    except NotFound:
        raise
    except ShopError as refusal:
        return _page(_stored(promotion_id), promotion_id=promotion_id, refusal=refusal, status=409)
    flash(_("The promotion is deleted."), "success")
    return redirect_to(URL)


def _step(service: Any, promotion_id: int, words: str) -> Response:
    try:
        with transaction():
            service(promotion_id=promotion_id, version=_version(), by=staff_here().actor, at=now())
    except (NotFound, NeedsApproval):
        raise
    except ShopError as refusal:
        return _page(_stored(promotion_id), promotion_id=promotion_id, refusal=refusal, status=409)
    flash(words, "success")
    return redirect_to(f"{URL}/{promotion_id}")


def _page(
    typed: Typed, *, promotion_id: int = 0, fragment: str | None = None, status: int = 200, **shown: Any
) -> Response:
    """Show the builder with what was typed, and around it what is stored.

    What `is_typed` is still about the version that its page showed; anything else is about the one stored now.
    """
    is_typed = bool(promotion_id) and shown.get("is_typed", False)
    refusal: ShopError | None = shown.get("refusal")
    row = queries.get_promotion(promotion_id) if promotion_id else None
    form = form_for(typed)
    if form is None:
        return render_page(
            "admin/promotions/unreadable.html" if row else "admin/promotions/gallery.html", row=row, patterns=PATTERNS
        )
    entries = list_entries_about("promotion", str(promotion_id)) if row else []
    standing = standing_of(row, now()) if row else None
    return render_page(
        "admin/promotions/promotion.html",
        fragment=fragment,
        status=status,
        row=row,
        form=form,
        typed=typed,
        heading=heading_of(typed, form.pattern),
        meaning=None if fragment and wants_fragment() else meaning_of(typed, promotion_id),
        token=request.form.get("token", "")[:40] or secrets.token_urlsafe(12),
        version=_version() if is_typed else row.version if row else 0,
        seen=_seen() if is_typed else seen_values(_stored(promotion_id)) if row else {},
        refusal=message_of(refusal) if refusal else "",
        told=shown.get("told", ()),
        standing=standing,
        standings=STANDINGS,
        looks=LOOKS,
        is_bound=editing.is_bound(promotion_id) if row else False,
        entries=entries,
        people=people(entries),
    )


def _stored(promotion_id: int) -> Typed:
    row = queries.get_promotion(promotion_id)
    value = find_promotion(row, g.shop.currency)
    if value is None or value.benefit.kind not in PATTERNS:
        return Typed()
    return form_of(row, value, editing.public_codes(promotion_id), g.shop.timezone)


def _seen() -> dict[str, str]:
    return {name: text for name, text in request.form.items() if name.startswith(SEEN)}


def _show_refusal(typed: Typed, refusal: Invalid) -> None:
    field = refusal.field
    code = refusal.facts.get("code")
    if field == "codes":
        rows = typed.rows("codes")
        number = next((row for row in rows if typed.get(f"codes-{row}-code").upper() == code), rows[0] if rows else 0)
        field = f"codes-{number}-code"
    typed.refuse(field or "name", message_of(refusal))


def _promotion_id() -> int:
    text = request.form.get("id", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
