"""Light or dark: a cookie that the server reads, so that a page comes in its colours without a flash or a script."""

from __future__ import annotations

from flask import Flask, Response, request

from storefront.web.cookies import is_secure_only
from storefront.web.fragments import redirect_to, safe_next

COOKIE = "theme"
THEMES = frozenset({"light", "dark"})
YEAR_SECONDS = 365 * 24 * 3600


def theme() -> str:
    """Return "light" or "dark" as chosen, or "" to follow the system."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in THEMES else ""


def choose_theme() -> Response:
    """Remember the choice and go back to the page; "auto" forgets it. The script reads the cookie too."""
    response = redirect_to(safe_next(request.form.get("next"), "/"))
    chosen = request.form.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(COOKIE, chosen, max_age=YEAR_SECONDS, samesite="Lax", secure=is_secure_only())
    elif chosen == "auto":
        response.delete_cookie(COOKIE)
    return response


def init_app(app: Flask) -> None:
    """Give layouts `theme`, and take the choice."""
    app.jinja_env.globals["theme"] = theme
    app.add_url_rule("/theme", "theme", choose_theme, methods=["POST"])
