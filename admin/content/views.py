"""Screens of this room."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("content", __name__, template_folder="templates")
