"""Where the category tree lives in the back office."""

from __future__ import annotations

from flask import Blueprint

URL = "/admin/categories"
blueprint = Blueprint("categories", "admin.catalog", template_folder="templates")
