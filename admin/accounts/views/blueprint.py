"""The room's blueprint: the door, who works here, and what concerns oneself."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("accounts", "admin.accounts", template_folder="templates")
