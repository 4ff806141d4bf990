"""The life of an entry: written, looked at, shown, changed, paused, brought back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, flash, g, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import names_of, people
from admin.catalog.gathering import skus_of
from admin.content import queries
from admin.content.choices import entry_choices
from admin.content.forms import WHEN_AND_WHOM, EntryForm, Stored, form_of
from admin.content.health import worries_of
from admin.content.looking import Eyes, read_eyes
from admin.content.views.blueprint import URL, blueprint
from admin.content.words import KINDS, STAGES
from admin.days import day_of
from admin.merging import merge, seen_values
from admin.promotions.values import MOMENT
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.content import entries as content
from storefront.content.errors import StaleEntry
from storefront.content.models import Slot, SlotEntry
from storefront.content.states import ENTRY, EntryAction, EntryStatus, Stage
from storefront.database.transaction import transaction
from storefront.experiments.surfaces import find_surface
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, NotFound, ShopError
from storefront.media.photos import LARGEST_BYTES
from storefront.media.services import store_picture
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal
from storefront.web.uploads import takes_up_to

LARGEST_REQUEST = LARGEST_BYTES + 1024 * 1024
SWITCHES = (EntryAction.PAUSE, EntryAction.RESUME, EntryAction.ARCHIVE, EntryAction.RECALL)
ALMOST_A_MINUTE = timedelta(seconds=59)
"""Times are shown to the minute; what begins within one is there at the next."""
EMPTY: Mapping[str, Any] = {
    "name": "",
    "priority": 10,
    "starts_at": None,
    "ends_at": None,
    "audience": {},
    "content": {},
}


@blueprint.get("/home-slots/<int:slot_id>/entries/new")
@requires(Permission.SLOTS_EDIT)
def new_entry(slot_id: int) -> Response:
    """Show an empty entry."""
    slot = queries.get_slot(slot_id)
    return _page(slot, form_of(Stored(EMPTY, 0, ""), slot.kind, entry_choices(slot.kind)))


@blueprint.post("/home-slots/<int:slot_id>/entries")
@requires(Permission.SLOTS_EDIT)
@takes_up_to(LARGEST_REQUEST)
def add_entry(slot_id: int) -> Response:
    """Draft another entry, and send it to be looked at if asked."""
    slot = queries.get_slot(slot_id)
    form = EntryForm(request.form, kind=slot.kind, choices=entry_choices(slot.kind))
    try:
        _take_picture(form)
        if form.validate():
            with transaction():
                entry = content.add_entry(slot_id=slot_id, plan=form.read(), by=staff_here().actor, at=now())
                _go_on(entry)
            return _saved(slot_id, entry.id)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _page(slot, form, status=422)


@blueprint.get("/home-slots/<int:slot_id>/entries/<int:entry_id>")
@requires(Permission.SLOTS_VIEW)
def entry(slot_id: int, entry_id: int) -> Response:
    """Show an entry as it is worked on, beside the page that it is for."""
    slot, row = queries.get_slot(slot_id), queries.get_entry(slot_id, entry_id)
    return _page(slot, form_of(_stored(row), slot.kind, entry_choices(slot.kind)), entry_id)


@blueprint.post("/home-slots/<int:slot_id>/entries/<int:entry_id>")
@requires(Permission.SLOTS_EDIT)
@takes_up_to(LARGEST_REQUEST)
def change_entry(slot_id: int, entry_id: int) -> Response:
    """Write a change down, and send it to be looked at if asked; who was slower is told what changed meanwhile."""
    slot = queries.get_slot(slot_id)
    queries.get_entry(slot_id, entry_id)
    form = EntryForm(request.form, kind=slot.kind, choices=entry_choices(slot.kind))
    try:
        _take_picture(form)
        if form.validate():
            with transaction():
                changed = content.change_entry(
                    entry_id=entry_id,
                    version=form.version.data or 0,
                    plan=form.read(),
                    by=staff_here().actor,
                    at=now(),
                )
                _go_on(changed)
            return _saved(slot_id, entry_id)
    except StaleEntry as refusal:
        return _page(slot, form, entry_id, refusal=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _page(slot, form, entry_id, status=422)


@blueprint.post("/home-slots/<int:slot_id>/entries/<int:entry_id>/submission")
@requires(Permission.SLOTS_EDIT)
def submit(slot_id: int, entry_id: int) -> Response:
    """Send what is drafted to be looked at."""
    return _step(slot_id, entry_id, content.submit_entry, _("It waits to be looked at by somebody else."))


@blueprint.post("/home-slots/<int:slot_id>/entries/<int:entry_id>/draft/removal")
@requires(Permission.SLOTS_EDIT)
def drop(slot_id: int, entry_id: int) -> Response:
    """Give up what is worked on."""
    return _step(slot_id, entry_id, content.drop_draft, _("The draft is given up. It stays among the versions."))


@blueprint.post("/home-slots/<int:slot_id>/entries/<int:entry_id>/approval")
@requires(Permission.SLOTS_APPROVE)
def approve(slot_id: int, entry_id: int) -> Response:
    """Let through what somebody else wrote."""
    return _step(slot_id, entry_id, content.approve_entry, _("Approved. The shop shows it in its time."))


@blueprint.post("/home-slots/<int:slot_id>/entries/<int:entry_id>/rejection")
@requires(Permission.SLOTS_APPROVE)
def send_back(slot_id: int, entry_id: int) -> Response:
    """Give it back, and say why."""
    note = request.form.get("note", "")
    return _step(slot_id, entry_id, content.send_back_entry, _("Sent back with your note."), note=note)


@blueprint.post("/home-slots/<int:slot_id>/entries/<int:entry_id>/state")
@requires(Permission.SLOTS_EDIT)
def switch_entry(slot_id: int, entry_id: int) -> Response:
    """Pause an entry, go on with it, put it away or fetch it back."""
    asked = request.form.get("action", "")
    if asked not in set(SWITCHES):
        raise Invalid
    return _step(slot_id, entry_id, content.switch_entry, _("Saved."), action=EntryAction(asked))


@blueprint.post("/home-slots/<int:slot_id>/entries/<int:entry_id>/versions/<int:number>")
@requires(Permission.SLOTS_EDIT)
def restore(slot_id: int, entry_id: int, number: int) -> Response:
    """Draft anew what an older version said."""
    done = _("Version %(number)d is drafted anew.", number=number)
    return _step(slot_id, entry_id, content.restore_version, done, number=number)


def _step(slot_id: int, entry_id: int, service: Callable[..., SlotEntry], done: str, **more: Any) -> Response:
    """Take one step of an entry's life; what is refused is said on its page."""
    slot = queries.get_slot(slot_id)
    queries.get_entry(slot_id, entry_id)
    version = request.form.get("version", type=int) or 0
    try:
        with transaction():
            service(entry_id=entry_id, version=version, by=staff_here().actor, at=now(), **more)
    except NotFound:
        raise
    except ShopError as refusal:
        row = queries.get_entry(slot_id, entry_id)
        form = form_of(_stored(row), slot.kind, entry_choices(slot.kind))
        return _page(slot, form, entry_id, refusal=refusal, status=refusal.status)
    flash(done, "success")
    return redirect_to(f"{URL}/{slot_id}/entries/{entry_id}")


def _go_on(row: SlotEntry) -> None:
    """Do what the pressed button says beside saving: send it on, or let it through in a shop of one person."""
    wanted, worked = request.form.get("do", ""), content.find_open(row.id)
    if wanted not in {"submit", "publish"} or worked is None:
        return
    if worked.stage == Stage.DRAFT:
        content.submit_entry(entry_id=row.id, version=row.version, by=staff_here().actor, at=now())
    if wanted == "publish" and staff_here().may(Permission.SLOTS_APPROVE):
        content.approve_entry(entry_id=row.id, version=row.version, by=staff_here().actor, at=now())


def _saved(slot_id: int, entry_id: int) -> Response:
    said = {"submit": _("Saved, and sent to be looked at."), "publish": _("Saved. The shop shows it in its time.")}
    flash(said.get(request.form.get("do", ""), _("Saved as a draft.")), "success")
    return redirect_to(f"{URL}/{slot_id}/entries/{entry_id}")


def _take_picture(form: EntryForm) -> None:
    """Keep an uploaded picture, or let go of the one that was there; raises Invalid."""
    file = request.files.get("picture_file")
    if request.form.get("picture_gone") == "yes":
        form.picture.data = ""
    if file and file.filename and form.shows("picture"):
        form.picture.data = store_picture(data=file.stream.read(LARGEST_BYTES + 1))


def _stored(row: SlotEntry) -> Stored:
    _worked, plan = queries.worked_plan(row)
    return Stored(plan, row.version, "\n".join(skus_of(plan["content"].get("product_ids") or [])))


def _page(
    slot: Slot,
    form: EntryForm,
    entry_id: int | None = None,
    *,
    refusal: ShopError | None = None,
    status: int = 200,
) -> Response:
    """Show an entry's form; after a conflict beside what is stored now, and ready to be saved over it."""
    row = queries.get_entry(slot.id, entry_id) if entry_id else None
    stored = form_of(_stored(row), slot.kind, entry_choices(slot.kind)) if row else None
    is_typed = isinstance(refusal, StaleEntry) and "name" in request.form
    told = merge(form, stored, request.form) if is_typed and stored else []
    changes = list_entries_about("slot_entry", str(row.id)) if row else []
    worked, plan = queries.worked_plan(row) if row else (None, EMPTY)
    at, today = now(), day_of(now(), g.shop.timezone)
    slots = [(one, plain) for one, plain in queries.plain_slots(slot.page) if one.id == slot.id]
    return render_page(
        "admin/content/entry.html",
        slot=slot,
        kinds=KINDS,
        row=row,
        form=form,
        hidden=WHEN_AND_WHOM if row is not None and row.is_fallback else (),
        version=row.version if row else 0,
        seen=seen_values(stored) if stored else {},
        refusal=message_of(refusal) if refusal else "",
        told=told,
        zone=g.shop.timezone,
        at=at,
        worked=worked,
        may_judge=_may_judge(worked),
        standing=queries.standing_here(row, slots[0][1], at) if row else "",
        stages=STAGES,
        actions=_actions(row),
        worries=worries_of([(1, plan["content"])]).get(1, ()),
        figures=queries.figures_of(row.id, today) if row else None,
        surface=f"slot:home:{slot.key}" if find_surface(f"slot:home:{slot.key}") and slot.page == "home" else "",
        eyes=_eyes(slot, form),
        entries=changes,
        people={**people(changes), **names_of(_actors(row))},
        status=status,
    )


def _eyes(slot: Slot, form: EntryForm) -> Eyes:
    """Return how the page is to be seen: with this draft, and as it is when the entry begins if that is to come."""
    zone, args = g.shop.timezone, dict(request.args)
    starts = form.starts_at.data
    if starts and starts > now().astimezone(ZoneInfo(zone)).replace(tzinfo=None):
        args.setdefault("at", (starts + ALMOST_A_MINUTE).strftime(MOMENT))
    for name in ("tier", "group", "device"):
        args.setdefault(name, form[name].data or "")
    args.setdefault("visitor", form.visitor.data or "returning")
    return read_eyes(slot.page, args, zone, with_="drafts")


def _may_judge(worked: Any) -> bool:
    if worked is None or worked.stage != Stage.IN_REVIEW or not staff_here().may(Permission.SLOTS_APPROVE):
        return False
    return worked.made_by != staff_here().actor or not g.shop.slots_need_second_person


def _actions(row: SlotEntry | None) -> list[str]:
    if row is None or row.is_fallback:
        return []
    allowed = ENTRY.allowed(EntryStatus(row.status))
    return [action.value for action in SWITCHES if action in allowed]


def _actors(row: SlotEntry | None) -> list[str]:
    versions = row.versions if row else []
    return [actor for version in versions for actor in (version.made_by, version.decided_by) if actor]
