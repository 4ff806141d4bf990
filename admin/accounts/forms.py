"""What staff type at the door."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import EmailField, Form, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length


class DoorForm(Form):
    """E-mail and password, and where to go then."""

    email = EmailField(_("E-mail"), [InputRequired(_("Please fill this in.")), Length(max=254)])
    password = PasswordField(_("Password"), [InputRequired(_("Please fill this in.")), Length(max=400)])
    next = HiddenField(validators=[Length(max=500)])
