"""Whose data it is about."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import EmailField, Form
from wtforms.validators import InputRequired, Length


class PersonForm(Form):
    """A customer's e-mail."""

    email = EmailField(
        _("The customer's e-mail"), [InputRequired(_("Please fill this in.")), Length(max=254)], id="person-email"
    )
