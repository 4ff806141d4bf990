"""Who wants which letters: a yes is kept with its words, a no is obeyed for ever, a link says no at once."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from storefront.config import Config
from storefront.database.base import db
from storefront.kernel.errors import N_, NotFound
from storefront.mail.models import MailChoice
from storefront.mail.states import CONSENT_VERSION, UNLESS_REFUSED, Source, Topic

SALT = "unsubscribe"


class NotOurLink(NotFound):
    """The link to unsubscribe is torn or forged."""

    message = N_("This link is not whole. Open it from the letter once more, or change your letters in your account.")


def address_key(email: str) -> str:
    """Return what an address is known by in the book of choices."""
    return sha256(f"mail-choice:{email.strip().lower()}".encode()).hexdigest()


def wants(*, email: str, topic: Topic) -> bool:
    """Say whether letters of a topic may go to an address."""
    found = find_choice(email=email, topic=topic)
    return found.is_wanted if found else topic in UNLESS_REFUSED


def find_choice(*, email: str, topic: Topic) -> MailChoice | None:
    """Return what was said last about a topic."""
    return db.session.scalar(
        select(MailChoice)
        .where(MailChoice.address_key == address_key(email), MailChoice.topic == topic)
        .order_by(MailChoice.id.desc())
        .limit(1)
    )


def choose(*, email: str, wanted: dict[Topic, bool], source: Source, at: datetime) -> None:
    """Write down what somebody wants; what they have said before is not written twice."""
    for topic, is_wanted in wanted.items():
        found = find_choice(email=email, topic=topic)
        if found is None or found.is_wanted != is_wanted:
            _write(address_key(email), topic, is_wanted=is_wanted, source=source, at=at)


def unsubscribe_url(*, email: str, topic: Topic) -> str:
    """Return the link that ends letters of a topic to an address; it holds a digest, no address."""
    config: Config = current_app.config["SHOP"]
    return f"{config.public_url}/unsubscribe/{_signer().dumps([address_key(email), topic.value])}"


def read_link(token: str) -> tuple[str, Topic]:
    """Return whose letters of which topic a link ends; raises NotOurLink."""
    try:
        key, topic = _signer().loads(token)
        return str(key), Topic(topic)
    except (BadSignature, TypeError, ValueError):
        raise NotOurLink from None


def unsubscribe(*, token: str, at: datetime) -> Topic:
    """End letters of the link's topic; following it twice is the same."""
    key, topic = read_link(token)
    _write(key, topic, is_wanted=False, source=Source.LINK, at=at)
    return topic


def _write(key: str, topic: Topic, *, is_wanted: bool, source: Source, at: datetime) -> None:
    version = CONSENT_VERSION if is_wanted else ""
    db.session.add(MailChoice(address_key=key, topic=topic, is_wanted=is_wanted, version=version, source=source, at=at))
    db.session.flush()


def _signer() -> URLSafeSerializer:
    if not current_app.secret_key:
        raise RuntimeError("links to unsubscribe need the application's secret")
    return URLSafeSerializer(current_app.secret_key, salt=SALT)
