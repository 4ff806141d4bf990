"""Payments, refunds and transfers, the log of providers' messages, and what does not agree."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, request, stream_with_context
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.orders import queries as orders
from admin.payments import disputes, queries
from admin.payments.forms import RefundForm, TransferForm, suggested_refund
from admin.payments.listing import DISPUTES, MESSAGES, PAYMENTS, WORDS
from admin.tables import read_state
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.approvals.errors import NeedsApproval
from storefront.audit import services as audit
from storefront.database.transaction import transaction
from storefront.jobs.queue import enqueue_after_commit
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.orders.models import Order
from storefront.payments import jobs, services, talking
from storefront.payments import queries as payments
from storefront.payments.services import messages, refunds
from storefront.web.filters import money_text
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal

blueprint = Blueprint("payments", __name__, template_folder="templates")


@blueprint.get("/payments")
@requires(Permission.PAYMENTS_VIEW)
def payment_list() -> Response:
    """List attempts to pay."""
    return show_list(PAYMENTS)


@blueprint.get("/payments.csv")
@requires(Permission.PAYMENTS_VIEW)
def transactions_sheet() -> Response:
    """Return the transactions behind the list for a spreadsheet."""
    state = read_state(PAYMENTS.table(), request.args)
    headers = {"Content-Disposition": f'attachment; filename="transactions-{now():%Y-%m-%d}.csv"'}
    return Response(stream_with_context(queries.sheet_of(state)), mimetype="text/csv", headers=headers)


@blueprint.get("/payments/differences")
@requires(Permission.PAYMENTS_VIEW)
def difference_list() -> Response:
    """Show what does not agree, or waits for a person."""
    return render_page(
        "admin/payments/differences.html",
        found=queries.differences(),
        unanswered=disputes.count_unanswered(),
        words=WORDS,
    )


@blueprint.get("/payments/disputes")
@requires(Permission.PAYMENTS_VIEW)
def dispute_list() -> Response:
    """List payments that are contested."""
    return show_list(DISPUTES)


@blueprint.post("/payments/reconciliations")
@requires(Permission.PAYMENTS_EDIT)
def reconcile() -> Response:
    """Let the providers be asked now about what they have not told the end of."""
    with transaction():
        _note("payments.reconcile", "payment", "all", {})
        enqueue_after_commit(jobs.ask_about_all)
    flash(_("The providers are being asked. Look again in a moment."), "success")
    return redirect_to("/admin/payments/differences")


@blueprint.post("/payments/<int:payment_id>/settlement")
@requires(Permission.PAYMENTS_EDIT)
def settle_payment(payment_id: int) -> Response:
    """Say that a difference was looked at and settled."""
    payment = queries.get_payment(payment_id)
    was = payment.issue
    with transaction():
        services.note_issue(reference=payment.reference, issue="")
        _note("payment.settle", "payment", str(payment_id), {"issue": (was, "")})
    return redirect_to("/admin/payments/differences")


@blueprint.get("/payments/messages")
@requires(Permission.PAYMENTS_VIEW)
def message_list() -> Response:
    """List what providers sent."""
    return show_list(MESSAGES)


@blueprint.get("/payments/messages/<int:message_id>")
@requires(Permission.PAYMENTS_VIEW)
def message(message_id: int) -> Response:
    """Show a message as it arrived."""
    return render_page("admin/payments/message.html", message=payments.get_message(message_id), words=WORDS)


@blueprint.post("/payments/messages/<int:message_id>/reading")
@requires(Permission.PAYMENTS_EDIT)
def read_again(message_id: int) -> Response:
    """Read a message once more."""
    with transaction():
        messages.read_again(message_id=message_id, at=now())
        _note("payment_message.read", "payment", f"message {message_id}", {})
    talking.read_message(message_id)
    return redirect_to(f"/admin/payments/messages/{message_id}")


@blueprint.post("/payments/messages/<int:message_id>/settlement")
@requires(Permission.PAYMENTS_EDIT)
def settle_message(message_id: int) -> Response:
    """Say that a message was looked at and needs nothing."""
    with transaction():
        messages.settle_message(message_id=message_id, at=now())
        _note("payment_message.settle", "payment", f"message {message_id}", {})
    return redirect_to("/admin/payments/differences")


@blueprint.get("/orders/<number>/money")
@requires(Permission.PAYMENTS_VIEW)
def order_money(number: str) -> Response:
    """Show an order's money, and what may be done about it."""
    return _money_page(orders.get_order(number))


@blueprint.post("/orders/<number>/refunds")
@requires(Permission.ORDERS_REFUND)
def refund(number: str) -> Response:
    """Send money back; the same form twice is one refund."""
    order, by = orders.get_order(number), staff_here().actor
    form = RefundForm(request.form, currency=order.currency)
    if not form.validate():
        return _money_page(order, refund_form=form, status=422)
    try:
        with transaction():
            reference = f"staff-{form.token.data}"[:60]
            services.ask_refund(order=order, amount=form.money, reference=reference, by=by, at=now())
            facts = {"refund": (None, str(form.money.decimal)), "reason": (None, form.reason.data)}
            _note("order.refund", "order", order.number, facts)
    except NeedsApproval:
        raise
    except ShopError as refusal:
        show_refusal(form, refusal, default="amount")
        return _money_page(orders.get_order(number), refund_form=form, status=refusal.status)
    amount = money_text(form.money)
    if queries.money_of(order).is_by_hand:
        flash(_("%(amount)s is to be paid back by hand.", amount=amount), "success")
    else:
        flash(_("%(amount)s is on its way back.", amount=amount), "success")
    return redirect_to(f"/admin/orders/{order.number}/money")


@blueprint.post("/orders/<number>/transfers")
@requires(Permission.PAYMENTS_EDIT)
def transfer(number: str) -> Response:
    """Book money that arrived at the bank."""
    order, by = orders.get_order(number), staff_here().actor
    form = TransferForm(request.form, currency=order.currency)
    if not form.validate():
        return _money_page(order, transfer_form=form, status=422)
    line = str(form.bank_reference.data)
    try:
        with transaction():
            services.book_transfer(order=order, amount=form.money, bank_reference=line, by=by, at=now())
            facts = {"amount": (None, str(form.money.decimal)), "reference": (None, line)}
            _note("order.transfer", "order", order.number, facts)
    except ShopError as refusal:
        show_refusal(form, refusal, default="bank_reference")
        return _money_page(orders.get_order(number), transfer_form=form, status=refusal.status)
    flash(_("%(amount)s is in the books.", amount=money_text(form.money)), "success")
    return redirect_to(f"/admin/orders/{order.number}/money")


@blueprint.post("/orders/<number>/capture")
@requires(Permission.PAYMENTS_EDIT)
def capture(number: str) -> Response:
    """Take the money that a provider holds for us."""
    order = orders.get_order(number)
    talking.capture(queries.money_of(order).to_capture)
    with transaction():
        _note("order.capture", "order", order.number, {})
    flash(_("The money is captured."), "success")
    return redirect_to(f"/admin/orders/{order.number}/money")


@blueprint.post("/orders/<number>/test-disputes")
@requires(Permission.PAYMENTS_EDIT)
def practise_dispute(number: str) -> Response:
    """Let the bank behind a test payment take its money back, or say how that ends."""
    order = orders.get_order(number)
    talking.practise_dispute(queries.money_of(order).to_practise, request.form.get("state", ""))
    with transaction():
        _note("order.test_dispute", "order", order.number, {})
    return redirect_to(f"/admin/orders/{order.number}/money")


@blueprint.post("/refunds/<int:refund_id>/settlement")
@requires(Permission.PAYMENTS_EDIT)
def settle_refund(refund_id: int) -> Response:
    """Say that a person has paid a refund back, or that it will never be."""
    number, succeeded = queries.number_of_refund(refund_id), request.form.get("settled") == "paid"
    with transaction():
        by = staff_here().actor
        settled = refunds.settle_by_hand(refund_id=refund_id, succeeded=succeeded, by=by, at=now())
        _note("refund.settle", "order", number, {"refund": (None, settled.state)})
    return redirect_to(f"/admin/orders/{number}/money")


@blueprint.post("/refunds/<int:refund_id>/tries")
@requires(Permission.PAYMENTS_EDIT)
def try_refund_again(refund_id: int) -> Response:
    """Ask the provider once more."""
    number = queries.number_of_refund(refund_id)
    with transaction():
        refunds.try_again(refund_id=refund_id, by=staff_here().actor, at=now())
        _note("refund.retry", "order", number, {})
    return redirect_to(f"/admin/orders/{number}/money")


def _money_page(
    order: Order,
    *,
    refund_form: RefundForm | None = None,
    transfer_form: TransferForm | None = None,
    status: int = 200,
) -> Response:
    money = queries.money_of(order)
    return render_page(
        "admin/payments/money.html",
        status=status,
        order=order,
        money=money,
        disputes=disputes.disputes_of(order.id),
        transactions=orders.list_transactions(order.id),
        refund_form=refund_form or suggested_refund(money),
        transfer_form=transfer_form or TransferForm(currency=order.currency),
        words=WORDS,
    )


def _note(action: str, kind: str, key: str, changes: Mapping[str, tuple[object, object]]) -> None:
    audit.record(actor=staff_here().actor, action=action, about=(kind, key), changes=changes, at=now())
