"""What pages say of parcels."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _

from storefront.fulfilment.carriers.known import ENGLISH
from storefront.fulfilment.words import STATES
from storefront.web.locale import current_locale


def parcel_words(state: str) -> str:
    """Return what a parcel's state is called in the reader's language."""
    return str(_(STATES.get(state, state)))


def carrier_words(name: str) -> str:
    """Return a carrier's name in the reader's language, where it has one there."""
    return str(_(name)) if current_locale() == "zh" else str(_(ENGLISH.get(name, name)))


def init_app(app: Flask) -> None:
    """Give templates the words."""
    app.jinja_env.filters.update(parcel_words=parcel_words, carrier_words=carrier_words)
