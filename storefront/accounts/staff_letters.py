"""What staff are written about their access."""

from __future__ import annotations

import secrets
from datetime import datetime

from storefront.accounts.letters import shop_url
from storefront.accounts.models import Staff
from storefront.kernel.errors import N_
from storefront.mail import services as mail
from storefront.mail.services import Letter

PASSWORD = N_("Your password for the back office was changed.")
FACTOR_ON = N_("A second factor was set up for your access to the back office.")
FACTOR_OFF = N_("The second factor of your access to the back office was removed.")
FACTOR_RESET = N_("A super admin has taken your second factor away. You will set up a new one if your role needs it.")
RECOVERY = N_("New recovery codes were made for your access to the back office. The old ones work no more.")


def send_invitation(*, email: str, name: str, token: str, locale: str, at: datetime) -> None:
    """Write to somebody with the link that lets them in; the outbox forgets it once it has left."""
    facts = {"name": name, "url": shop_url(f"/admin/invitations/{token}")}
    reference = secrets.token_hex(8)
    mail.put_in(letter=Letter("accounts/mail/staff", email, locale, reference, facts, holds_secret=True), at=at)


def tell_changed(*, staff: Staff, words: str, at: datetime) -> None:
    """Tell somebody that how they get in has changed."""
    facts = {"change": words}
    letter = Letter("accounts/mail/staff_changed", staff.email, staff.locale, secrets.token_hex(8), facts)
    mail.put_in(letter=letter, at=at)


def tell_locked(*, staff: Staff, minutes: int, at: datetime) -> None:
    """Tell somebody that their access is locked for a while; one letter an hour."""
    facts = {"minutes": minutes}
    reference = f"{staff.id}-{at:%Y%m%d%H}"
    mail.put_in(letter=Letter("accounts/mail/staff_locked", staff.email, staff.locale, reference, facts), at=at)
