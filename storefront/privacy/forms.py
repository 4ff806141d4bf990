"""The proof that it is the owner who asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import Form, PasswordField
from wtforms.validators import DataRequired, Length


class ProofForm(Form):
    """The password once more: a browser that was left open must not give everything away."""

    password = PasswordField(
        _("Your current password"), [DataRequired(_("Please fill this in.")), Length(max=400)], id="proof-password"
    )
