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
from storefront.web.signing import signing_keys

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
    found = _last(address_key(email), topic)
    return found if found is not None and not found.moved_to else None


def move(*, before: str, email: str, at: datetime) -> None:
    """Let what somebody wants follow them to another address, and links in letters to the one before as well.

    A no that was said with the new address stands: it is obeyed for ever.
    """
    old, new = address_key(before), address_key(email)
    if old == new:
        return
    for topic in Topic:
        said, there = find_choice(email=before, topic=topic), find_choice(email=email, topic=topic)
        if said is not None and not (there is not None and not there.is_wanted):
            _write(new, topic, said.is_wanted, Source.MOVED, at, version=said.version)
        _write(old, topic, False, Source.MOVED, at, moved_to=new)


def choose(*, email: str, wanted: dict[Topic, bool], source: Source, at: datetime) -> None:
    """Write down what somebody wants; what they have said before is not written twice."""
    for topic, is_wanted in wanted.items():
        found = find_choice(email=email, topic=topic)
        if found is None or found.is_wanted != is_wanted:
            _write(address_key(email), topic, is_wanted, source, at)


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
    """End letters of the link's topic, also to the address that took its place; following it twice is the same."""
    key, topic = read_link(token)
    for each in _with_successors(key, topic):
        _write(each, topic, False, Source.LINK, at)
    return topic


def has_moved(*, token: str) -> bool:
    """Say whether another address has taken the place of the one that a link went to."""
    key, topic = read_link(token)
    return len(_with_successors(key, topic)) > 1


def _with_successors(key: str, topic: Topic) -> list[str]:
    """Return an address and those that took its place, one after the other, by their digests.

    What was said with an address after it had moved is its new owner's: the link is theirs then, too.
    """
    found = [key]
    while (last := _last_move(found[-1], topic)) and last not in found:
        found.append(last)
    return found


def _last_move(key: str, topic: Topic) -> str:
    rows = db.session.execute(
        select(MailChoice.moved_to, MailChoice.is_wanted)
        .where(MailChoice.address_key == key, MailChoice.topic == topic)
        .order_by(MailChoice.id.desc())
    )
    for moved_to, is_wanted in rows:
        if moved_to or is_wanted:
            return str(moved_to)
    return ""


def _last(key: str, topic: Topic) -> MailChoice | None:
    return db.session.scalar(
        select(MailChoice)
        .where(MailChoice.address_key == key, MailChoice.topic == topic)
        .order_by(MailChoice.id.desc())
        .limit(1)
    )


def _write(
    key: str, topic: Topic, is_wanted: bool, source: Source, at: datetime, *, version: str = "", moved_to: str = ""
) -> None:
    agreed = (version or CONSENT_VERSION) if is_wanted else ""
    told = {"version": agreed, "source": source, "moved_to": moved_to, "at": at}
    db.session.add(MailChoice(address_key=key, topic=topic, is_wanted=is_wanted, **told))
    db.session.flush()


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(), salt=SALT)
