"""What pages say of parcels."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _

from storefront.fulfilment.words import STATES


def parcel_words(state: str) -> str:
    """Return what a parcel's state is called in the reader's language."""
    return str(_(STATES.get(state, state)))


def init_app(app: Flask) -> None:
    """Give templates the words."""
    app.jinja_env.filters["parcel_words"] = parcel_words
