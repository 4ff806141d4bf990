"""What staff type at the door."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import EmailField, Form, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length


class DoorForm(Form):
    """E-mail and password, and where to go then."""

    email = EmailField(_("E-mail"), [InputRequired(_("Please fill this in.")), Length(max=254)])
    password = PasswordField(_("Password"), [InputRequired(_("Please fill this in.")), Length(max=400)])
    next = HiddenField(validators=[Length(max=500)])


class FactorForm(Form):
    """A code of somebody's app, or one of their recovery codes."""

    code = StringField(_("Code"), [InputRequired(_("Please fill this in.")), Length(max=40)])


class WelcomeForm(Form):
    """How colleagues shall know somebody, and the password they choose."""

    name = StringField(_("Your name"), [Length(max=120)])
    password = PasswordField(_("Password"), [InputRequired(_("Please fill this in.")), Length(max=400)])


class OwnPasswordForm(Form):
    """One's present password, and the next one."""

    current = PasswordField(_("Current password"), [InputRequired(_("Please fill this in.")), Length(max=400)])
    password = PasswordField(_("New password"), [InputRequired(_("Please fill this in.")), Length(max=400)])
