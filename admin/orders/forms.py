"""What staff type about orders."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Form, HiddenField, RadioField, StringField
from wtforms.validators import Length


class ChangeForm(Form):
    """What is wanted beside the address and the goods, and why."""

    method = RadioField(_("Delivery"), validate_choice=False)
    at_todays_prices = BooleanField(_("All goods at today's prices"))
    reason = StringField(_("Why"), [Length(max=500, message=_("This is too long."))])
    find = StringField(_("Find goods to add"), [Length(max=100)])
    seen = HiddenField()
