"""The list of letters and short messages, one letter, and a trial of it to oneself."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.mail.listing import SENT
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.audit import services as audit
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.mail import previewing, services
from storefront.mail import queries as mail
from storefront.sms import queries as sms
from storefront.sms.previewing import list_messages
from storefront.web.fragments import redirect_to, render_page
from storefront.web.locale import LOCALES, current_locale

blueprint = Blueprint("mail", __name__, template_folder="templates")
LATELY, MOST_GIVEN_UP = timedelta(days=30), 50
"""How far back, and how many, letters and messages that never left are shown."""
FRAME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; sandbox"
"""A letter may bring its own styles and nothing else, and is shown within the back office alone."""


@blueprint.get("/letters")
@requires(Permission.LETTERS_VIEW)
def letters() -> Response:
    """List every letter by the room that writes it."""
    shown = [(key, previewing.preview(key, locale=current_locale())[0]) for key in previewing.list_letters()]
    messages, since = list_messages(), now() - LATELY
    return render_page(
        "admin/mail/letters.html",
        letters=shown,
        messages=messages,
        carrier=current_app.config["SHOP"].sms.sender,
        locales=LOCALES,
        given_up=[*mail.list_given_up(since, most=MOST_GIVEN_UP), *sms.list_given_up(since, most=MOST_GIVEN_UP)],
    )


@blueprint.get("/letters/sent")
@requires(Permission.ORDERS_VIEW)
def sent() -> Response:
    """List the letters that were written, and what became of each."""
    return show_list(SENT)


@blueprint.get("/letters/<key>")
@requires(Permission.LETTERS_VIEW)
def letter(key: str) -> Response:
    """Show a letter as HTML, on a phone and as text."""
    locale = _locale()
    subject, text, _html = previewing.preview(key, locale=locale)
    shown: dict[str, Any] = {"subject": subject, "text": text, "locale": locale, "locales": LOCALES}
    return render_page("admin/mail/letter.html", key=key, **shown)


@blueprint.get("/letters/<key>/body")
@requires(Permission.LETTERS_VIEW)
def body(key: str) -> Response:
    """Answer with the letter itself, for the frames of its page."""
    response = make_response(previewing.preview(key, locale=_locale())[2])
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    return response


@blueprint.post("/letters/<key>/trial")
@requires(Permission.LETTERS_VIEW)
def send_trial(key: str) -> Response:
    """Send the letter with its samples to whoever asks."""
    staff, locale = staff_here(), _locale()
    with transaction():
        reference = f"trial-{secrets.token_hex(6)}"
        trial = previewing.sample_letter(key, locale=locale, recipient=staff.email, reference=reference)
        services.put_in(letter=trial, at=now())
        audit.record(actor=staff.actor, action="letter.try", about=("letter", key[:64]), changes={}, at=now())
    flash(_("The trial is on its way to %(email)s.", email=staff.email), "success")
    return redirect_to(f"/admin/letters/{key}?locale={locale}")


def _locale() -> str:
    wanted = request.values.get("locale", "")
    return wanted if wanted in LOCALES else current_locale()
