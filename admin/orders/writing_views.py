"""Letters of an order that go once more."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.orders import queries
from admin.orders.showing import letters_of, order_page
from storefront.accounts.emails import fold_email
from storefront.accounts.permissions import Permission
from storefront.audit import services as audit
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import N_, Invalid, ShopError
from storefront.mail.again import send_again
from storefront.mail.models import OutboxMail
from storefront.orders import correcting
from storefront.orders.models import Order
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to

blueprint = Blueprint("order_letters", __name__)


@blueprint.post("/orders/<number>/letters")
@requires(Permission.ORDERS_EDIT)
def send(number: str) -> Response:
    """Send one of an order's letters again, to the order's e-mail or to the one that was typed."""
    typed = request.form.get("to", "")
    try:
        with transaction():
            order = queries.get_order(number)
            letter, to = _chosen(letters_of(order)), fold_email(typed)
            send_again(letter=letter, recipient=to, at=now())
            _note(order, letter, to)
            if request.form.get("keep") == "yes":
                correcting.correct_email(order=order, email=to, by=staff_here().actor, at=now())
    except ShopError as refusal:
        shown = {"letter_to": typed, "letter_error": message_of(refusal), "letter_id": request.form.get("letter", "")}
        return order_page(queries.get_order(number), status=refusal.status, **shown)
    flash(_("The letter is on its way to %(email)s.", email=to), "success")
    return redirect_to(f"/admin/orders/{number}#letters")


def _chosen(letters: Sequence[OutboxMail]) -> OutboxMail:
    wanted = request.form.get("letter", "")
    found = next((letter for letter in letters if str(letter.id) == wanted), None)
    if found is None:
        raise Invalid(N_("Please choose which letter."), field="letter")
    return found


def _note(order: Order, letter: OutboxMail, to: str) -> None:
    changes: dict[str, audit.Change] = {"letter": (None, letter.subject), "to": (None, to)}
    actor = staff_here().actor
    audit.record(actor=actor, action="order.letter", about=("order", order.number), changes=changes, at=now())
