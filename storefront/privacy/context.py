"""Whoever signs in while the account is about to be deleted is told."""

from __future__ import annotations

from typing import Any

from flask import Flask, flash
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import user_logged_in

from storefront.accounts.identity import CurrentCustomer
from storefront.privacy import queries
from storefront.privacy.states import RequestKind, RequestState


def _tell(_app: Flask, *, user: Any, **_more: Any) -> None:
    if not isinstance(user, CurrentCustomer):
        return
    found = queries.find_under_way(user.id, RequestKind.DELETION)
    if found is not None and found.state == RequestState.WAITING:
        day = format_date(found.due_at)
        flash(_("Your account will be deleted on %(day)s. You can call that off under “Your data”.", day=day), "info")


def init_app(app: Flask) -> None:
    """Listen to sign-ins."""
    user_logged_in.connect(_tell, app)
