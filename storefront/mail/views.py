"""Which letters and messages somebody gets: the page of their account, and the link that needs no sign-in."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from storefront.accounts import queries as accounts
from storefront.accounts import texting
from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.views.guard import customers_only
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.mail import choices
from storefront.mail.states import TOPIC_WORDS, Source, Topic
from storefront.sms.services import can_send
from storefront.sms.states import ABOUT_ORDERS, Texts
from storefront.web.csrf import crosses_sites
from storefront.web.fragments import redirect_to, render_page

blueprint = Blueprint("mail", __name__, template_folder="templates")


@blueprint.get("/account/letters")
@customers_only
def letters(customer: CurrentCustomer) -> Response:
    """Show what somebody wants to be written about."""
    shown = [
        (
            topic,
            words,
            choices.wants(email=customer.email, topic=topic),
            choices.find_choice(email=customer.email, topic=topic),
        )
        for topic, words in TOPIC_WORDS.items()
    ]
    row = accounts.get_customer(customer.id)
    return render_page(
        "mail/letters.html", customer=customer, topics=shown, texts=row.texts, offers_texts=_offers_texts(customer)
    )


@blueprint.post("/account/letters")
@customers_only
def choose_letters(customer: CurrentCustomer) -> Response:
    """Write down what is ticked and what is not."""
    ticked, texts = set(request.form.getlist("topic")), request.form.get("texts")
    with transaction():
        if customer.email:
            wanted = {topic: topic.value in ticked for topic in Topic}
            choices.choose(email=customer.email, wanted=wanted, source=Source.ACCOUNT, at=now())
        if texts in set(Texts):
            texting.choose(customer_id=customer.id, texts=Texts(texts))
    flash(_("Saved."), "success")
    return redirect_to("/account/letters")


def _offers_texts(customer: CurrentCustomer) -> bool:
    """Say whether this customer could be told about orders on the phone."""
    is_carried = any(can_send(kind, locale=customer.locale) for kind in ABOUT_ORDERS)
    return is_carried and bool(customer.verified_phone or not customer.email)


@blueprint.get("/unsubscribe/<token>")
def ask_unsubscribe(token: str) -> Response:
    """Ask once more: programs that look at links must not end anything."""
    _key, topic = choices.read_link(token)
    return render_page("mail/unsubscribe.html", token=token, name=TOPIC_WORDS[topic][0], is_done=False)


@blueprint.post("/unsubscribe/<token>")
@crosses_sites
def unsubscribe(token: str) -> Response:
    """End letters of a topic, from the page or by a mail program's own button (RFC 8058)."""
    with transaction():
        topic = choices.unsubscribe(token=token, at=now())
    name, has_moved = TOPIC_WORDS[topic][0], choices.has_moved(token=token)
    return render_page("mail/unsubscribe.html", token=token, is_done=True, name=name, has_moved=has_moved)
