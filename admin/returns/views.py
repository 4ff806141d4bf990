"""The list of returns, the page of one with what can be done about it, and the report of what comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.returns import queries
from admin.returns.charts import bars_of
from admin.returns.forms import AmountForm, read_receptions, read_warehouse
from admin.returns.listing import RETURNS
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.approvals.errors import NeedsApproval
from storefront.audit import services as audit
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import N_, Invalid, ShopError
from storefront.kernel.money import Money
from storefront.orders import queries as orders
from storefront.returns import queries as returns
from storefront.returns import services
from storefront.returns.errors import UnknownReturn
from storefront.returns.models import Return
from storefront.returns.offering import offer_of, suggested_refund
from storefront.returns.showing import pays_postage
from storefront.returns.states import Condition, ReturnAction
from storefront.returns.words import LOOKS
from storefront.shop.queries import get_settings
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.measures import sized
from storefront.web.refusals import show_refusal

blueprint = Blueprint("returns", __name__, template_folder="templates")
PERIODS = (30, 90, 365)


@blueprint.get("/returns")
@requires(Permission.RETURNS_VIEW)
def return_list() -> Response:
    """List requests."""
    return _list_page()


@blueprint.get("/returns/arrivals")
@requires(Permission.RETURNS_EDIT)
def scan() -> Response:
    """Open the request whose label was scanned."""
    code = request.args.get("code", "").strip()[:64]
    found = returns.find_return(code)
    if found is None:
        return _list_page(UnknownReturn(code=code))
    return redirect_to(f"/admin/returns/{found.number}")


@blueprint.get("/returns/report")
@requires(Permission.RETURNS_VIEW)
def report() -> Response:
    """Show what comes back too often, and why."""
    typed = request.args.get("days", "")
    days = int(typed) if typed in {str(each) for each in PERIODS} else PERIODS[1]
    since = now() - timedelta(days=days)
    rates, reasons = queries.list_rates(since), queries.count_reasons(since)
    return render_page(
        "admin/returns/report.html",
        rates=rates,
        bars=bars_of(reasons),
        days=days,
        periods=PERIODS,
        limit=get_settings().return_alert_percent,
    )


@blueprint.get("/returns/<number>")
@requires(Permission.RETURNS_VIEW)
def page(number: str) -> Response:
    """Show a request, and what can be done about it."""
    return _page(returns.get_return(number))


@blueprint.post("/returns/<number>/approval")
@requires(Permission.RETURNS_EDIT)
def approve(number: str) -> Response:
    """Let the goods come back."""
    answer = request.form.get("answer", "")
    return _changed(number, "approve", lambda found, said: services.approve(found=found, answer=answer, **said))


@blueprint.post("/returns/<number>/rejection")
@requires(Permission.RETURNS_EDIT)
def reject(number: str) -> Response:
    """Say no, and why."""
    answer = request.form.get("answer", "")
    return _changed(number, "reject", lambda found, said: services.reject(found=found, answer=answer, **said))


@blueprint.post("/returns/<number>/reception")
@requires(Permission.RETURNS_EDIT)
def receive(number: str) -> Response:
    """Write down what arrived, and put on the shelf what can be sold again."""

    def change(found: Return, said: dict[str, Any]) -> Return:
        receptions = read_receptions(request.form, returns.lines_of(found.id))
        warehouse_id = read_warehouse(request.form)
        return services.receive(found=found, receptions=receptions, warehouse_id=warehouse_id, **said)

    return _changed(number, "receive", change)


@blueprint.post("/returns/<number>/replacement")
@requires(Permission.RETURNS_EDIT)
def replace(number: str) -> Response:
    """Let other goods go out."""
    return _changed(number, "replace", lambda found, said: services.replace(found=found, **said))


@blueprint.post("/returns/<number>/refund")
@requires(Permission.ORDERS_REFUND)
def refund(number: str) -> Response:
    """Send money back."""
    found = returns.get_return(number)
    form = AmountForm(request.form, currency=orders.get_whole(found.order_id).currency)
    if not form.validate():
        return _page(found, form=form, status=422)
    try:
        with transaction():
            by, at, reason = staff_here().actor, now(), form.reason.data or ""
            found = services.refund(found=returns.get_return(number), amount=form.money, reason=reason, by=by, at=at)
            facts: dict[str, tuple[object, object]] = {
                "suggested": (None, found.suggested_minor),
                "paid back": (None, found.actual_minor),
                "reason": ("", reason),
            }
            audit.record(actor=by, action="return.refund", about=("return", found.number), changes=facts, at=at)
    except Invalid as refusal:
        show_refusal(form, refusal, default="amount")
        return _page(returns.get_return(number), form=form, status=refusal.status)
    flash(_("The money is on its way back."), "success")
    return redirect_to(f"/admin/returns/{found.number}")


@blueprint.post("/returns/<number>/closure")
@requires(Permission.RETURNS_EDIT)
def close(number: str) -> Response:
    """Put a request away."""
    return _changed(number, "close", lambda found, said: services.close(found=found, **said))


_DONE = {
    "approve": N_("The request is approved; the customer is told."),
    "reject": N_("The request is rejected; the customer is told."),
    "receive": N_("What arrived is written down."),
    "replace": N_("The replacement is on order and can be packed."),
    "close": N_("The return is closed."),
}


def _changed(number: str, step: str, change: Callable[[Return, dict[str, Any]], Return]) -> Response:
    by, at = staff_here().actor, now()
    try:
        with transaction():
            found = returns.get_return(number)
            was = found.state
            found = change(found, {"by": by, "at": at})
            changes = {"state": (was, found.state)}
            audit.record(actor=by, action=f"return.{step}", about=("return", found.number), changes=changes, at=at)
    except NeedsApproval:
        raise
    except ShopError as refusal:
        if refusal.status == 404:
            raise
        return _page(returns.get_return(number), refusal=refusal, status=refusal.status)
    flash(_(_DONE[step]), "success")
    return redirect_to(f"/admin/returns/{found.number}")


def _list_page(refusal: ShopError | None = None) -> Response:
    return show_list(RETURNS, status=refusal.status if refusal else 200, refusal=message_of(refusal) if refusal else "")


def _page(
    found: Return, *, form: AmountForm | None = None, refusal: ShopError | None = None, status: int = 200
) -> Response:
    order, lines, events = orders.get_whole(found.order_id), returns.lines_of(found.id), returns.list_events(found.id)
    actions, staff = services.actions_of(found), staff_here()
    entries = list_entries_about("return", found.number)
    may_refund = ReturnAction.REFUND in actions and staff.may(Permission.ORDERS_REFUND)
    most, rules_say = services.refundable(found), suggested_refund(found, order)
    suggested = Money(min(max(rules_say.minor, found.refunded_minor), most.minor), order.currency)
    return render_page(
        "admin/returns/return.html",
        status=status,
        found=found,
        order=order,
        lines=lines,
        names={line.order_line_id: sized(line.name, line.variant_name) for line in lines},
        photos=returns.list_photos(found.id),
        offer=offer_of(found, order),
        payer=pays_postage(found, lines),
        events=events,
        people=people([*events, *entries]),
        entries=entries,
        looks=LOOKS,
        actions=actions if staff.may(Permission.RETURNS_EDIT) else frozenset(),
        refund_form=(form or AmountForm(currency=order.currency, data={"amount": f"{suggested.decimal:f}"}))
        if may_refund
        else None,
        most=most,
        rules_say=rules_say,
        conditions=list(Condition),
        warehouses=queries.warehouses_for(lines) if ReturnAction.RECEIVE in actions else {},
        typed=request.form,
        refusal=message_of(refusal) if refusal else "",
        refused_field=getattr(refusal, "field", ""),
    )
