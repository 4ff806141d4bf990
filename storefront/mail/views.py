"""No pages of its own: the blueprint lets templates of letters be found."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("mail", __name__, template_folder="templates")
