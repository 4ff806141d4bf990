"""What staff type about carriers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Form, StringField
from wtforms.validators import InputRequired

from storefront.fulfilment.carriers.known import CarrierFacts
from storefront.kernel.text import squeeze


class CarrierForm(Form):
    """One carrier."""

    name = StringField(_("Name of the carrier"), [InputRequired(_("A carrier needs a name."))])
    url = StringField(_("Where parcels are followed"))
    kuaidi100 = StringField(_("Its code at kuaidi100"))
    is_active = BooleanField(_("Can be chosen for new parcels"), default=True)

    def read(self, code: str) -> CarrierFacts:
        """Return what was typed about the carrier with this code."""
        name, url, kuaidi100 = (squeeze(field.data or "") for field in (self.name, self.url, self.kuaidi100))
        return CarrierFacts(code, name, url, kuaidi100.lower(), bool(self.is_active.data))


class NewCarrierForm(CarrierForm):
    """A carrier that is not there yet; its code is for ever."""

    code = StringField(_("Code"), [InputRequired(_("A carrier needs a code."))])

    def wanted_code(self) -> str:
        """Return the code as it is stored."""
        return squeeze(self.code.data or "").lower()
