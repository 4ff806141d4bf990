"""The proof that it is the owner who asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import Form, PasswordField
from wtforms.validators import Length


class ProofForm(Form):
    """The password once more: a browser that was left open must not give everything away. Who has none is not asked."""

    password = PasswordField(_("Your current password"), [Length(max=400)], id="proof-password")
