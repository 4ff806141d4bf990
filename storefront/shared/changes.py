"""News of changes, from the process that wrote to all that keep something which was made from the old."""

from __future__ import annotations

import logging
import mmap
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, has_app_context
from redis.exceptions import RedisError
from sqlalchemy import event

from storefront.database.base import db
from storefront.database.transaction import is_open
from storefront.database.written import UNKNOWN, written
from storefront.kernel.kept import Kept
from storefront.shared.store import connect, shared

log = logging.getLogger(__name__)

AGED = 60.0
"""What is kept for longer than so many seconds has a way of its own to learn that it is old."""
STAMP = 8
COMMIT, WATCHED, EDIT = b"c", b"w", b"e"
"""Something was written; to a table that is watched; something that a room says others keep, which may be anything."""
_PLACES = {COMMIT: (0,), WATCHED: (0, 2), EDIT: (0, 1, 2)}
"""Which stamps are another after each."""
AGAIN_AFTER = 2.0
"""Seconds until a lost channel is looked for again."""


class News:
    """What this process tells and hears."""

    def __init__(self, folder: Path, url: str) -> None:
        self._map = _shared_memory(folder / "changes")
        self._seen = self._map[:]
        self._heard = 0
        self._answered = 0
        self._edits = 0
        self._writes = 0
        self._url = url
        self._name = b""
        self._is_listening = False
        self.commits = 0
        """How often somebody else has committed, as far as this process knows."""
        self.on_commit: list[Callable[[], object]] = []
        self.on_watched: list[Callable[[], object]] = []
        self.watched: frozenset[str] = frozenset()
        """Tables."""

    def tell(self, kind: bytes) -> None:
        """Tell everybody else."""
        self.look()
        for place in _PLACES[kind]:
            self._map[place * STAMP : (place + 1) * STAMP] = os.urandom(STAMP)
        self._seen = self._map[:]
        if self._url:
            shared().ask(lambda redis: redis.publish(_channel(self._url), kind + self._name))

    def look(self) -> None:
        """Heed what others told since the last look; done before each answer, in about a microsecond."""
        if self._url and not self._is_listening:
            self._listen()
        stamps, heard, edits, writes = self._map[:], self._heard, self._edits, self._writes
        if stamps == self._seen and heard == self._answered:
            return
        is_edited = edits or _stamp(stamps, 1) != _stamp(self._seen, 1)
        is_watched = writes or _stamp(stamps, 2) != _stamp(self._seen, 2)
        self._seen, self._answered = stamps, heard
        self._edits, self._writes = self._edits - edits, self._writes - writes
        self.commits += 1
        for act in (*self.on_commit, *(self.on_watched if is_watched else ())):
            act()
        if is_edited:
            Kept.age_all(AGED)

    def _listen(self) -> None:
        self._is_listening = True
        self._name = os.urandom(STAMP)  # not before: processes are forked that each need their own
        threading.Thread(target=self._hear, daemon=True, name="changes").start()

    def _hear(self) -> None:
        pause = threading.Event()
        while True:
            try:
                with connect(self._url, patience=15.0).pubsub() as channel:  # type: ignore[no-untyped-call]
                    channel.subscribe(_channel(self._url))
                    self._note(EDIT)  # who knows what was told before
                    while True:
                        told: dict[str, Any] | None = channel.get_message(ignore_subscribe_messages=True, timeout=10.0)
                        if told is None:
                            channel.ping()
                        elif told["type"] == "message" and told["data"][1:] != self._name:
                            self._note(told["data"][:1])
            except (RedisError, OSError, ValueError):
                pause.wait(AGAIN_AFTER)

    def _note(self, kind: bytes) -> None:
        self._edits += kind == EDIT
        self._writes += kind != COMMIT
        self._heard += 1


def _stamp(stamps: bytes, place: int) -> bytes:
    return stamps[place * STAMP : (place + 1) * STAMP]


def _shared_memory(path: Path) -> Any:
    """Return bytes that every process on this machine sees; where no file can be had, bytes that only this one does."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            file.truncate(len(_PLACES) * STAMP)
            return mmap.mmap(file.fileno(), len(_PLACES) * STAMP)
    except OSError:
        log.warning("No shared memory at %s: changes by other processes are seen after two seconds", path)
        return bytearray(len(_PLACES) * STAMP)


def _channel(url: str) -> str:
    """Return the channel of the shop with this Redis database; channels know no databases."""
    return f"shop:changes:{urlsplit(url).path.strip('/') or 0}"


def init_app(
    app: Flask,
    folder: Path,
    url: str,
    *,
    on_commit: Callable[[], object],
    watched: frozenset[str],
    on_watched: Callable[[], object],
) -> None:
    """Tell others of this application's commits and edits; call `on_commit` after a commit of its own, and before the
    answer that follows one of theirs, and `on_watched` too where it wrote to one of the tables that are `watched`.
    """
    news = app.extensions["changes"] = News(folder, url)
    news.on_commit.append(on_commit)
    news.on_watched.append(on_watched)
    news.watched = watched
    app.before_request(news.look)
    Kept.on_forget = _edited
    if not event.contains(db.session, "after_commit", _committed):
        event.listen(db.session, "after_commit", _committed)


def _edited() -> None:
    """A room says that what others keep is old: told at once, or by the commit that makes it true."""
    if has_app_context():
        _pending.edited = True
        if not is_open():
            _tell()


def _committed(_session: object) -> None:
    if is_open():
        _tell()


def _tell() -> None:
    edited, _pending.edited = getattr(_pending, "edited", False), False
    news: News = current_app.extensions["changes"]
    is_watched = edited or not written.take().isdisjoint({*news.watched, UNKNOWN})
    for act in (*news.on_commit, *(news.on_watched if is_watched else ())):
        act()
    news.tell(EDIT if edited else WATCHED if is_watched else COMMIT)


_pending = threading.local()
