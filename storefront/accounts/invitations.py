"""The link in the letter that opens an account: signed, so that nothing need be stored until it is followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer

from storefront.kernel.errors import N_, ShopError

VALID_SECONDS = 24 * 3600
SALT = "open-account"


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whose account it will be."""

    email: str
    name: str


class InvitationOver(ShopError):
    """The link is forged, torn or too old."""

    message = N_("This link no longer works: links are good for one day. Ask for a new one on the registration page.")


def write_token(invited: Invitation, secrets: Sequence[str]) -> str:
    """Return the token that stands in the link."""
    return str(_serializer(secrets).dumps(asdict(invited)))


def read_token(token: str, secrets: Sequence[str]) -> Invitation:
    """Return whom a link invites; raises InvitationOver."""
    try:
        return Invitation(**_serializer(secrets).loads(token, max_age=VALID_SECONDS))
    except (BadSignature, TypeError):
        raise InvitationOver from None


def _serializer(secrets: Sequence[str]) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secrets, salt=SALT)
