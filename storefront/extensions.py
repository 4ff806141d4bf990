"""Extensions: made here, bound to the application in `app.py`."""

from __future__ import annotations

from flask_babel import Babel
from flask_compress import Compress
from flask_login import LoginManager
from htmx_flask import Htmx

from storefront.database.base import db

login_manager = LoginManager()
htmx = Htmx()
babel = Babel()
compress = Compress()

__all__ = ["babel", "compress", "db", "htmx", "login_manager"]
