"""The room's blueprint."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("experiments", "admin.experiments", template_folder="templates")
URL = "/admin/experiments"
