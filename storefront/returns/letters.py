"""What customers are written about their returns, one letter for each step."""

from __future__ import annotations

from flask import current_app

from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.mail import services as mail
from storefront.mail.services import Letter
from storefront.orders import queries as orders
from storefront.orders import texts
from storefront.returns import queries
from storefront.returns.events import ReturnMoved
from storefront.returns.showing import address_lines, pays_postage
from storefront.returns.states import ReturnState
from storefront.sms.states import SmsKind

_LETTERS = {
    ReturnState.REQUESTED: "returns/mail/requested",
    ReturnState.APPROVED: "returns/mail/approved",
    ReturnState.REJECTED: "returns/mail/rejected",
    ReturnState.WITHDRAWN: "returns/mail/withdrawn",
    ReturnState.RECEIVED: "returns/mail/received",
    ReturnState.REFUNDING: "returns/mail/refunding",
    ReturnState.REPLACED: "returns/mail/replaced",
}
"""That the money has gone back, payments write."""
_TEXTS = {ReturnState.APPROVED: SmsKind.RETURN_APPROVED, ReturnState.REJECTED: SmsKind.RETURN_REJECTED}


def tell(fact: ReturnMoved) -> None:
    """Tell a customer where their request stands now."""
    template = _LETTERS.get(ReturnState(fact.state))
    if template is None:
        return
    found = queries.get_by_id(fact.return_id)
    order, events = orders.get_whole(found.order_id), queries.list_events(found.id)
    root = current_app.config["SHOP"].public_url
    follow_up = orders.find_by_number(found.follow_up_number) if found.follow_up_number else None
    goes_out = orders.get_whole(follow_up.id).lines if follow_up else ()
    lines = queries.lines_of(found.id)
    facts = {
        "found": found,
        "order": order,
        "lines": lines,
        "goes_out": goes_out,
        "suggested": Money(found.suggested_minor, order.currency),
        "actual": Money(found.actual_minor, order.currency),
        "address": address_lines(),
        "pays_postage": pays_postage(found, lines),
        "due": Money(follow_up.total_minor, order.currency) if follow_up else Money.zero(order.currency),
        "return_url": f"{root}/orders/{order.number}/returns/{found.number}?key={order.access_token}",
        "follow_up_url": f"{root}/orders/{follow_up.number}?key={follow_up.access_token}" if follow_up else "",
    }
    letter = Letter(template, order.email, order.locale, found.number, facts, str(len(events)))
    mail.put_in(letter=letter, at=now())
    if kind := _TEXTS.get(ReturnState(fact.state)):
        texts.tell(order, kind, occasion=found.number, number=found.number)
