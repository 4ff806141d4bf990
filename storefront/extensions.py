"""Extensions: made here, bound to the application in `app.py`."""

from __future__ import annotations

from flask_babel import Babel
from flask_compress import Compress
from flask_login import LoginManager
from flask_migrate import Migrate
from htmx_flask import Htmx

from storefront.database.base import db

migrate = Migrate()
login_manager = LoginManager()
htmx = Htmx()
babel = Babel()
compress = Compress()

__all__ = ["babel", "compress", "db", "htmx", "login_manager", "migrate"]
