"""The proof that it is the owner who asks, and where a guest is written to."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import EmailField, Form, PasswordField
from wtforms.validators import InputRequired, Length


class ProofForm(Form):
    """The password once more: a browser that was left open must not give everything away. Who has none is not asked."""

    password = PasswordField(_("Your current password"), [Length(max=400)], id="proof-password")


class GuestForm(Form):
    """The address with which somebody ordered."""

    email = EmailField(
        _("E-mail"),
        [InputRequired(_("Please fill this in.")), Length(max=254, message=_("This is too long."))],
        id="guest-email",
    )
