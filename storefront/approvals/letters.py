"""What staff are written about requests."""

from __future__ import annotations

from datetime import datetime

from storefront.accounts import queries as accounts
from storefront.accounts import staffing
from storefront.accounts.identity import CurrentStaff
from storefront.accounts.letters import shop_url
from storefront.approvals.kinds import STAFF, Kind
from storefront.approvals.models import ApprovalRequest
from storefront.approvals.refused import answer_of
from storefront.approvals.states import STATE_WORDS
from storefront.mail import services as mail
from storefront.mail.services import Letter
from storefront.web.locale import speaking


def tell_asked(*, request: ApprovalRequest, kind: Kind, maker: CurrentStaff, at: datetime) -> None:
    """Write to everybody who may decide a request, but not to who made it."""
    facts = {
        "what": kind.words,
        "about": request.object_key,
        "maker": maker.name or maker.email,
        "reason": request.reason,
        "url": shop_url(f"/admin/approvals/{request.id}"),
    }
    for person in staffing.list_who_may(kind.permission):
        if person.id != maker.id:
            reference = f"{request.id}-{person.id}"
            mail.put_in(letter=Letter("approvals/mail/asked", person.email, person.locale, reference, facts), at=at)


def tell_answered(*, request: ApprovalRequest, kind: Kind, at: datetime) -> None:
    """Write to who made a request what became of it."""
    number = request.asked_by.removeprefix(STAFF)
    maker = accounts.find_staff(int(number)) if number.isdecimal() else None
    if maker is None:
        return
    with speaking(maker.locale):
        answer = answer_of(request)
    facts = {
        "what": kind.words,
        "about": request.object_key,
        "outcome": STATE_WORDS[request.state],
        "answer": answer,
        "url": shop_url(f"/admin/approvals/{request.id}"),
    }
    letter = Letter("approvals/mail/answered", maker.email, maker.locale, str(request.id), facts)
    mail.put_in(letter=letter, at=at)
