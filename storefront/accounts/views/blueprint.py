"""The room's blueprint."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("accounts", "storefront.accounts", template_folder="templates")
