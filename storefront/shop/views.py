"""The language switch."""

from __future__ import annotations

from flask import Blueprint, Response, request

from storefront.web.cookies import is_secure_only
from storefront.web.fragments import redirect_to, safe_next
from storefront.web.locale import COOKIE, LOCALES

blueprint = Blueprint("shop", __name__, template_folder="templates")
YEAR_SECONDS = 365 * 24 * 3600


@blueprint.post("/language")
def choose_language() -> Response:
    """Remember the reader's language and go back to the page."""
    response = redirect_to(safe_next(request.form.get("next"), "/"))
    chosen = request.form.get("lang", "")
    if chosen in LOCALES:
        response.set_cookie(
            COOKIE, chosen, max_age=YEAR_SECONDS, httponly=True, samesite="Lax", secure=is_secure_only()
        )
    return response
