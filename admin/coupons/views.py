"""The list of coupons and the page of one: its terms, its batches, gifts, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, flash, g, request, stream_with_context
from flask_babel import gettext as _
from flask_babel import ngettext

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.coupons import queries
from admin.coupons.forms import BatchForm, CouponForm, GiftForm, form_of
from admin.coupons.listing import COUPONS
from admin.merging import merge, seen_values
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.kernel.sheets import MARK, sheet_line
from storefront.promotions import coupons
from storefront.promotions.errors import NotClaimable, StaleTemplate
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal

blueprint = Blueprint("coupons", __name__, template_folder="templates")


@blueprint.get("/coupons")
@requires(Permission.PROMOTIONS_VIEW)
def coupons_list() -> Response:
    """List coupons."""
    return show_list(COUPONS)


@blueprint.get("/coupons/new")
@requires(Permission.PROMOTIONS_EDIT)
def new_coupon() -> Response:
    """Show an empty form, for a promotion if one is named."""
    return _page(None, form=CouponForm(data={"promotion_id": request.args.get("promotion", type=int)}))


@blueprint.post("/coupons")
@requires(Permission.PROMOTIONS_EDIT)
def add_coupon() -> Response:
    """Let a promotion's coupons come to people."""
    form = CouponForm(request.form)
    try:
        if form.validate():
            with transaction():
                template = coupons.add_template(plan=form.read(), by=staff_here().actor, at=now())
                number = template.id
            return _saved(number)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _page(None, form=form, status=422)


@blueprint.get("/coupons/<int:template_id>")
@requires(Permission.PROMOTIONS_VIEW)
def coupon(template_id: int) -> Response:
    """Show a coupon."""
    return _page(template_id)


@blueprint.post("/coupons/<int:template_id>")
@requires(Permission.PROMOTIONS_EDIT)
def change_coupon(template_id: int) -> Response:
    """Change a coupon's terms; who was slower is told what changed meanwhile."""
    form = CouponForm(request.form)
    try:
        if form.validate():
            with transaction():
                coupons.change_template(
                    template_id=template_id,
                    version=form.version.data or 0,
                    plan=form.read(),
                    by=staff_here().actor,
                    at=now(),
                )
            return _saved(template_id)
    except StaleTemplate as refusal:
        return _page(template_id, form=form, refusal=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _page(template_id, form=form, status=422)


@blueprint.post("/coupons/<int:template_id>/batches")
@requires(Permission.PROMOTIONS_EDIT)
def make_batch(template_id: int) -> Response:
    """Make a batch of codes."""
    form = BatchForm(request.form)
    try:
        if form.validate():
            with transaction():
                coupons.make_batch(template_id=template_id, plan=form.read(), by=staff_here().actor, at=now())
            flash(ngettext("%(num)s code was made.", "%(num)s codes were made.", form.size.data), "success")
            return redirect_to(f"/admin/coupons/{template_id}#batches")
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _page(template_id, batch=form, status=422)


@blueprint.post("/coupons/<int:template_id>/batches/<int:batch_id>/withdrawal")
@requires(Permission.PROMOTIONS_EDIT)
def withdraw(template_id: int, batch_id: int) -> Response:
    """Take back the codes of a batch that nobody has used."""
    queries.get_batch(template_id, batch_id)
    with transaction():
        count = coupons.withdraw_batch(batch_id=batch_id, by=staff_here().actor, at=now())
    flash(ngettext("%(num)s code was withdrawn.", "%(num)s codes were withdrawn.", count), "success")
    return redirect_to(f"/admin/coupons/{template_id}#batches")


@blueprint.post("/coupons/<int:template_id>/batches/<int:batch_id>/export")
@requires(Permission.PROMOTIONS_EDIT)
def export(template_id: int, batch_id: int) -> Response:
    """Send the codes of a batch as a file, while they are read; who took them is written down."""
    batch = queries.get_batch(template_id, batch_id)
    with transaction():
        coupons.note_export(batch_id=batch_id, by=staff_here().actor, at=now())
    answer = Response(stream_with_context(_lines(batch_id)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="codes-{batch.id}.csv"'
    return answer


@blueprint.post("/coupons/<int:template_id>/gifts")
@requires(Permission.PROMOTIONS_EDIT)
def give(template_id: int) -> Response:
    """Give a customer one of these coupons."""
    form = GiftForm(request.form)
    try:
        if form.validate():
            with transaction():
                coupons.give(template_id=template_id, email=form.email.data or "", by=staff_here().actor, at=now())
            flash(_("The coupon is in the account of %(email)s.", email=form.email.data), "success")
            return redirect_to(f"/admin/coupons/{template_id}#gift")
    except (Invalid, NotClaimable) as refusal:
        show_refusal(form, refusal, default="email")
    return _page(template_id, gift=form, status=422)


def _page(template_id: int | None, *, status: int = 200, **shown: Any) -> Response:
    """Show a coupon as it is now, with what was typed over it; a refused version is offered anew."""
    refusal: ShopError | None = shown.get("refusal")
    template = queries.get_template(template_id) if template_id else None
    stored = form_of(template) if template else CouponForm()
    form = shown.get("form") or stored
    form.promotion_id.choices = _choices(template.promotion_id if template else None)
    entries = list_entries_about("coupon", str(template_id)) if template_id else []
    return render_page(
        "admin/coupons/coupon.html",
        template=template,
        promotion=queries.get_promotion(template.promotion_id) if template else None,
        form=form,
        version=stored.version.data,
        seen=seen_values(stored) if template else {},
        refusal=message_of(refusal) if refusal else "",
        told=merge(form, stored, request.form) if refusal else [],
        batch=shown.get("batch") or BatchForm(),
        gift=shown.get("gift") or GiftForm(),
        batches=queries.list_batches(template_id) if template_id else [],
        report=queries.report_of(template_id) if template_id else None,
        zone=g.shop.timezone,
        most=coupons.LARGEST_BATCH,
        entries=entries,
        people=people(entries),
        status=status,
    )


def _choices(chosen: int | None) -> list[tuple[int, str]]:
    """The promotions to choose from, the present one included even when it is put away."""
    found = list(queries.list_promotions())
    if chosen is not None and chosen not in dict(found):
        found.append((chosen, queries.get_promotion(chosen).name))
    return found


def _lines(batch_id: int) -> Iterator[str]:
    yield MARK + sheet_line([_("Code"), _("State"), _("Valid until")])
    for rows in queries.codes_of_batch(batch_id):
        lines = []
        for row in rows:
            state = _("Used") if row.used_count else _("Unused") if row.is_active else _("Taken back")
            lines.append(sheet_line([row.code, state, row.ends_at and row.ends_at.isoformat(timespec="minutes")]))
        yield "".join(lines)


def _saved(template_id: int) -> Response:
    flash(_("Saved."), "success")
    return redirect_to(f"/admin/coupons/{template_id}")
