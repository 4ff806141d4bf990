"""Closed sets of tickets."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from storefront.kernel.errors import N_
from storefront.kernel.states import Transitions


class Topic(StrEnum):
    """What a ticket is about."""

    ORDER = "order"
    RETURN = "return"
    PRODUCT = "product"
    PAYMENT = "payment"
    ACCOUNT = "account"
    OTHER = "other"


class TicketState(StrEnum):
    """Whom a ticket waits for."""

    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"


class TicketAction(StrEnum):
    """What moves a ticket."""

    ASK = "ask"
    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"


S, A = TicketState, TicketAction
TICKETS: Transitions[TicketState, TicketAction] = Transitions(
    {
        **{(state, A.ASK): S.WAITING for state in S},
        **{(state, A.ANSWER): S.ANSWERED for state in S},
        **{(state, A.CLOSE): S.CLOSED for state in (S.WAITING, S.ANSWERED)},
        (S.CLOSED, A.REOPEN): S.WAITING,
    }
)
TOPICS: Mapping[str, str] = {
    Topic.ORDER: N_("An order or its delivery"),
    Topic.RETURN: N_("A return"),
    Topic.PRODUCT: N_("A product"),
    Topic.PAYMENT: N_("A payment or an invoice"),
    Topic.ACCOUNT: N_("My account"),
    Topic.OTHER: N_("Something else"),
}
STATES: Mapping[str, str] = {
    S.WAITING: N_("Waiting for us"),
    S.ANSWERED: N_("Answered"),
    S.CLOSED: N_("Closed"),
}
SHOPPER_STATES: Mapping[str, str] = {
    S.WAITING: N_("We are looking into it"),
    S.ANSWERED: N_("We have answered"),
    S.CLOSED: N_("Closed"),
}
LOOKS: Mapping[str, str] = {S.WAITING: "warning", S.ANSWERED: "positive", S.CLOSED: "soft"}
