"""What an invoice needs to know of its buyer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import Form, StringField
from wtforms.validators import Length


class BuyerForm(Form):
    """A company and its tax number; neither is needed."""

    company = StringField(_("Company"), [Length(max=160, message=_("This is too long."))])
    buyer_tax_id = StringField(_("Tax number"), [Length(max=40, message=_("This is too long."))])
