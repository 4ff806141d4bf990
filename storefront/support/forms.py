"""What somebody writes to the shop."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import EmailField, Form, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from storefront.support.services import LONGEST_SUBJECT, LONGEST_TEXT
from storefront.support.states import TOPICS


def _needed() -> InputRequired:
    return InputRequired(_("Please fill this in."))


def _at_most(count: int) -> Length:
    return Length(max=count, message=_("This is too long."))


class AskForm(Form):
    """A question by somebody who has signed in."""

    topic = SelectField(_("What is it about?"), id="ticket-topic")
    order_number = StringField(_("Order number"), [_at_most(32)], id="ticket-order")
    subject = StringField(_("Subject"), [_needed(), _at_most(LONGEST_SUBJECT)], id="ticket-subject")
    text = TextAreaField(_("Your message"), [_needed(), _at_most(LONGEST_TEXT)], id="ticket-text")

    def __init__(self, *args: object, **values: object) -> None:
        super().__init__(*args, **values)
        self.topic.choices = [(key, gettext(words)) for key, words in TOPICS.items()]


class GuestAskForm(AskForm):
    """A question by somebody who has not."""

    name = StringField(_("Your name"), [_at_most(120)], id="ticket-name")
    email = EmailField(_("E-mail"), [_needed(), _at_most(254)], id="ticket-email")


class ReplyForm(Form):
    """Something more."""

    text = TextAreaField(_("Your message"), [_needed(), _at_most(LONGEST_TEXT)], id="ticket-text")
