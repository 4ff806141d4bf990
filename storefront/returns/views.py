"""Asking, the page of a request, its label, and taking it back."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("returns", __name__, template_folder="templates")
