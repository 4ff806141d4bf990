"""The slots of a page in their order beside the page itself, and a month of them."""

from __future__ import annotations

from flask import Response, abort, flash, g, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import names_of, people
from admin.content import queries
from admin.content.calendar import month_of
from admin.content.choices import audiences, category_pages
from admin.content.looking import read_eyes
from admin.content.views.blueprint import URL, blueprint, page_url
from admin.content.words import DEVICES, KINDS, STANDINGS, VISITORS, WITH, WORKED_ON
from admin.days import day_of
from admin.months import Month
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.content import services as content
from storefront.content.errors import SlotsMoved
from storefront.content.plans import SlotPlan
from storefront.content.queries import HOME
from storefront.content.titles import title_of
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

STEPS = {"up": -1, "down": 1}


@blueprint.get("/home-slots")
@requires(Permission.SLOTS_VIEW)
def slots() -> Response:
    """List a page's slots as the page has them, and show the page through somebody's eyes."""
    return _slots(_asked_page())


@blueprint.post("/home-slots")
@requires(Permission.SLOTS_EDIT)
def add_slot() -> Response:
    """Add a slot at the end of a page."""
    page = request.form.get("page", HOME)
    try:
        plan = SlotPlan(page, request.form.get("name", ""), request.form.get("kind", ""))
    except Invalid as refusal:
        return _slots(page if title_of(page) else HOME, refusal=message_of(refusal), status=422)
    if not title_of(page):
        abort(404)
    with transaction():
        slot = content.add_slot(plan=plan, by=staff_here().actor, at=now())
    flash(_("The slot is there. Fill it, or let it show its fallback."), "success")
    return redirect_to(f"{page_url(page)}#slot-{slot.id}")


@blueprint.post("/home-slots/order")
@requires(Permission.SLOTS_EDIT)
def order() -> Response:
    """Put the slots of a page into the order in which they were dragged."""
    page = request.form.get("page", HOME)
    typed = request.form.get("order", "").split(",")[:200]
    try:
        with transaction():
            content.order_slots(
                page=page,
                slot_ids=[int(number) for number in typed if number.isdecimal() and len(number) < 10],
                by=staff_here().actor,
                at=now(),
            )
    except SlotsMoved as refusal:
        flash(message_of(refusal), "error")
    return redirect_to(page_url(page))


@blueprint.post("/home-slots/<int:slot_id>/position")
@requires(Permission.SLOTS_EDIT)
def move(slot_id: int) -> Response:
    """Move a slot one place up or down."""
    step = STEPS.get(request.form.get("step", ""))
    if step is None:
        raise Invalid
    with transaction():
        page = content.move_slot(slot_id=slot_id, step=step, by=staff_here().actor, at=now()).page
    return redirect_to(f"{page_url(page)}#slot-{slot_id}")


@blueprint.post("/home-slots/<int:slot_id>/visibility")
@requires(Permission.SLOTS_EDIT)
def switch(slot_id: int) -> Response:
    """Show or hide a slot."""
    is_active = request.form.get("shown") == "yes"
    with transaction():
        page = content.switch_slot(slot_id=slot_id, is_active=is_active, by=staff_here().actor, at=now()).page
    flash(_("The slot is shown.") if is_active else _("The slot is hidden."), "success")
    return redirect_to(f"{page_url(page)}#slot-{slot_id}")


@blueprint.get("/home-slots/<int:slot_id>/removal")
@requires(Permission.SLOTS_EDIT)
def ask_removal(slot_id: int) -> Response:
    """Say what goes with a slot, and ask."""
    slot = queries.get_slot(slot_id)
    changes = list_entries_about("slot", slot.known_as)
    return render_page(
        "admin/content/removal.html",
        slot=slot,
        plain=next(plain for row, plain in queries.plain_slots(slot.page) if row.id == slot_id),
        entries=changes,
        people=people(changes),
    )


@blueprint.post("/home-slots/<int:slot_id>/removal")
@requires(Permission.SLOTS_EDIT)
def remove(slot_id: int) -> Response:
    """Remove a slot with all that is in it."""
    with transaction():
        page = content.remove_slot(slot_id=slot_id, by=staff_here().actor, at=now())
    flash(_("The slot is gone, with all that was in it."), "success")
    return redirect_to(page_url(page))


@blueprint.get("/home-slots/calendar")
@requires(Permission.SLOTS_VIEW)
def month() -> Response:
    """Show a month of a page."""
    page, at, zone = _asked_page(), now(), g.shop.timezone
    eyes = read_eyes(page, request.args, zone)
    shown = Month.read(request.args.get("month", ""), day_of(at, zone), zone)
    return render_page(
        "admin/content/calendar.html",
        page=page,
        eyes=eyes,
        month=shown,
        today=day_of(at, zone),
        slots=month_of(page, shown, eyes.preview.visitor),
        visitors=VISITORS,
        devices=DEVICES,
    )


def _asked_page() -> str:
    page = request.args.get("page", HOME)
    if not title_of(page):
        abort(404)
    return page


def _slots(page: str, *, refusal: str = "", status: int = 200) -> Response:
    at, zone = now(), g.shop.timezone
    eyes = read_eyes(page, request.args, zone)
    waiting = queries.waiting_entries()
    tiers, groups = audiences()
    return render_page(
        "admin/content/slots.html",
        page=page,
        url=URL,
        eyes=eyes,
        at=eyes.at or at,
        slots=queries.list_slots(page, eyes.looking(at), day_of(at, zone)),
        pages=queries.list_pages_with_slots(),
        categories=category_pages(),
        tiers=tiers,
        groups=groups,
        kinds={key: words for key, words in KINDS.items() if page == HOME or key != "categories"},
        standings=STANDINGS,
        worked_on=WORKED_ON,
        with_words=WITH,
        waiting=waiting,
        people=names_of(row.made_by for row in waiting),
        typed=request.form,
        refusal=refusal,
        zone=zone,
        status=status,
    )
