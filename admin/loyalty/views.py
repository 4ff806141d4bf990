"""Tiers, what is owed in points, and one customer's points."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.loyalty import queries
from admin.loyalty.forms import AdjustForm, TierForm, form_of, version_of
from admin.loyalty.liability import COLUMNS, as_csv, get_liability, recent_liability
from admin.loyalty.words import month_words
from admin.merging import merge, seen_values
from storefront.accounts.permissions import Permission
from storefront.audit import services as audit
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.jobs.queue import enqueue_after_commit
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.kernel.paging import page_number
from storefront.loyalty import queries as loyalty
from storefront.loyalty import services, standings
from storefront.loyalty.errors import TierChanged
from storefront.loyalty.jobs import evaluate_tiers_soon
from storefront.loyalty.models import Tier
from storefront.loyalty.rules import read_signed_points
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal

blueprint = Blueprint("loyalty", __name__, template_folder="templates")


@blueprint.get("/loyalty")
@requires(Permission.LOYALTY_VIEW)
def overview() -> Response:
    """Show the tiers and what is owed in points."""
    return render_page(
        "admin/loyalty/loyalty.html",
        tiers=queries.list_tiers(),
        report=recent_liability(),
        columns=COLUMNS,
        month_words=month_words,
    )


@blueprint.get("/loyalty/liability.csv")
@requires(Permission.LOYALTY_VIEW)
def liability() -> Response:
    """Return the report of this very moment for a spreadsheet."""
    at = now()
    headers = {"Content-Disposition": f'attachment; filename="points-{at:%Y-%m-%d}.csv"'}
    return Response(as_csv(get_liability(at)), mimetype="text/csv", headers=headers)


@blueprint.get("/loyalty/tiers/new")
@requires(Permission.LOYALTY_EDIT)
def new_tier() -> Response:
    """Show an empty tier."""
    return _tier_page(TierForm(currency=g.shop.currency, data={"rate": 100}))


@blueprint.post("/loyalty/tiers")
@requires(Permission.LOYALTY_EDIT)
def add_tier() -> Response:
    """Begin a tier."""
    form = TierForm(request.form, currency=g.shop.currency)
    try:
        if form.validate():
            with transaction():
                tier = standings.add_tier(draft=form.read(), at=now())
                _record("tier.add", tier, None)
            return _saved()
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _tier_page(form, status=422)


@blueprint.get("/loyalty/tiers/<int:tier_id>")
@requires(Permission.LOYALTY_VIEW)
def tier(tier_id: int) -> Response:
    """Show a tier."""
    found = standings.get_tier(tier_id)
    return _tier_page(form_of(found, g.shop.currency), tier=found)


@blueprint.post("/loyalty/tiers/<int:tier_id>")
@requires(Permission.LOYALTY_EDIT)
def change_tier(tier_id: int) -> Response:
    """Change a tier; its key stays. Who was slower is told what changed meanwhile."""
    found = standings.get_tier(tier_id)
    form = TierForm(request.form, currency=g.shop.currency)
    form.key.data, form.key.raw_data = found.key, [found.key]
    try:
        if form.validate():
            with transaction():
                before = standings.get_tier(tier_id)
                if form.version.data != version_of(before):
                    raise TierChanged
                was = _facts(before)
                after = standings.change_tier(tier_id=tier_id, draft=form.read(), seen=before.updated_at, at=now())
                _record("tier.change", after, was)
            return _saved()
    except TierChanged as refusal:
        return _tier_page(form, tier=standings.get_tier(tier_id), refusal=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _tier_page(form, tier=found, status=422)


@blueprint.post("/loyalty/tiers/<int:tier_id>/removal")
@requires(Permission.LOYALTY_EDIT)
def remove_tier(tier_id: int) -> Response:
    """End a tier; its members go to the one below."""
    by, at = staff_here().actor, now()
    with transaction():
        key = standings.get_tier(tier_id).key
        moved = standings.delete_tier(tier_id=tier_id, by=by, at=at)
        changes = {"members": (moved, 0)} if moved else {}
        audit.record(actor=by, action="tier.remove", about=("tier", key), changes=changes, at=at)
        enqueue_after_commit(evaluate_tiers_soon)
    flash(_("The tier is gone; its members stand in the one below."), "success")
    return redirect_to("/admin/loyalty")


@blueprint.get("/loyalty/customers")
@requires(Permission.ORDERS_VIEW)
def find_customer() -> Response:
    """Find a customer by e-mail or phone."""
    email = request.args.get("email", "").strip()
    try:
        found = queries.find_person(email) if email else None
    except Invalid:
        found = None
    if found is not None:
        return redirect_to(f"/admin/loyalty/customers/{found.id}")
    return render_page("admin/loyalty/find.html", email=email[:254], status=404 if email else 200)


@blueprint.get("/loyalty/customers/<int:customer_id>")
@requires(Permission.ORDERS_VIEW)
def customer(customer_id: int) -> Response:
    """Show a customer's points."""
    return _customer_page(customer_id, AdjustForm())


@blueprint.post("/loyalty/customers/<int:customer_id>/adjustments")
@requires(Permission.POINTS_ADJUST)
def adjust(customer_id: int) -> Response:
    """Give points to a customer, or take some."""
    person, form, by, at = queries.get_person(customer_id), AdjustForm(request.form), staff_here().actor, now()
    try:
        if form.validate():
            points = read_signed_points(form.points.data or "")
            with transaction():
                before = loyalty.balance_of(person.id).available
                reason = form.reason.data or ""
                seen = read_signed_points(form.seen.data or "")
                after = services.adjust(customer_id=person.id, points=points, reason=reason, by=by, at=at, seen=seen)
                changes = {"available": (before, after.available), "points": (0, points), "reason": ("", reason)}
                audit.record(
                    actor=by, action="points.adjust", about=("customer", str(person.id)), changes=changes, at=at
                )
            flash(_("The points are changed."), "success")
            return redirect_to(f"/admin/loyalty/customers/{person.id}")
    except Invalid as refusal:
        show_refusal(form, refusal, default="points")
    return _customer_page(customer_id, form, status=422)


def _customer_page(customer_id: int, form: AdjustForm, *, status: int = 200) -> Response:
    person = queries.get_person(customer_id)
    page = loyalty.page_of_history(person.id, page_number(request.args.get("page")))
    balance = loyalty.balance_of(person.id)
    form.seen.data = str(balance.available)
    return render_page(
        "admin/loyalty/customer.html",
        person=person,
        tier=loyalty.find_tier(person.tier),
        balance=balance,
        waiting=loyalty.list_waiting(person.id),
        lots=loyalty.lots_of(person.id),
        steps=queries.list_steps(person.id),
        page=page,
        people=people(page.items),
        form=form,
        status=status,
    )


def _tier_page(form: TierForm, *, tier: Tier | None = None, status: int = 200, **more: Any) -> Response:
    """Show a tier's form; after a conflict beside what is stored now, and ready to be saved over it."""
    refusal: ShopError | None = more.get("refusal")
    stored = form_of(tier, g.shop.currency) if tier else None
    entries = list_entries_about("tier", tier.key) if tier else []
    return render_page(
        "admin/loyalty/tier.html",
        form=form,
        tier=tier,
        version=version_of(tier) if tier else "",
        seen=seen_values(stored) if stored else {},
        told=merge(form, stored, request.form) if refusal and stored else [],
        refusal=message_of(refusal) if refusal else "",
        entries=entries,
        people=people(entries),
        status=status,
    )


def _saved() -> Response:
    flash(_("Saved. Customers move to the tier that their spending leads to within a minute."), "success")
    return redirect_to("/admin/loyalty")


def _record(action: str, tier: Tier, was: dict[str, object] | None) -> None:
    """Write down what changed, and let everybody's tier follow."""
    facts = _facts(tier)
    changes = {name: ((was or {}).get(name), value) for name, value in facts.items()}
    audit.record(actor=staff_here().actor, action=action, about=("tier", tier.key), changes=changes, at=now())
    enqueue_after_commit(evaluate_tiers_soon)


def _facts(tier: Tier) -> dict[str, object]:
    return {
        "name": tier.name,
        "name_zh": (tier.translations.get("zh") or {}).get("name", ""),
        "spend_minor": tier.spend_minor,
        "earn_basis_points": tier.earn_basis_points,
    }
