"""Whole pages that are the same for everybody, kept for as long as nothing they were made from has changed.

A view marked `@kept()` must hold nothing personal: what is meant for one reader comes by its own URL. A page is kept
per address (less what advertisers add to it), language, appearance, kind of answer and whatever rooms add by `vary_by`.
It is made anew as soon as one of the sources named by `made_from` returns another object than before, or what its view
gave to `keep_until` has come; sources are read at most every two seconds, so a page is never older than its parts. A
reader for whom messages wait gets a page of their own, as does whoever rooms name by `keep_nothing_for`.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache, wraps
from operator import is_
from typing import Any

import brotli
from flask import Response, current_app, g, request, session
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from storefront.kernel.kept import Kept
from storefront.kernel.recent import Recent
from storefront.telemetry.meters import count_kept
from storefront.web.addresses import own_path
from storefront.web.appearance import theme
from storefront.web.fragments import wants_fragment
from storefront.web.locale import current_locale

MOST_PAGES = 512
LONGEST_ADDRESS = 300
SMALLEST_PACKED = 1_000
PACKERS: dict[str, Callable[[bytes, int], bytes]] = {
    "br": lambda body, level: brotli.compress(body, quality=level),
    "gzip": gzip.compress,
}
"""How bodies are made small, the best first."""
UNPACKERS: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}
ONCE, KEPT = 1, 6
"""How hard to try: for a page that may never be asked for again, and for one that is."""

View = Callable[..., Response]
Source = Callable[[], object]
End = Callable[[], bool]


class State:
    """What pages are made from at one moment; whether it is still so is told by identity."""

    def __init__(self, sources: Sequence[object]) -> None:
        self._sources = sources

    def is_of(self, sources: Sequence[object]) -> bool:
        """Say whether each source is still the same object."""
        return len(sources) == len(self._sources) and all(map(is_, self._sources, sources))


class Page:
    """A page, what it was made from, and how it travels.

    It is held packed, for each encoding that was asked for; well from the second time on. A browser that says with
    `If-None-Match` that it has the page is sent nothing.
    """

    def __init__(self, state: State, response: Response, ends: Sequence[End] = ()) -> None:
        self._state, self._ends = state, ends
        self._body = response.get_data()
        self._tag = f'"{hashlib.sha256(self._body).hexdigest()[:24]}"'
        self._headers = [(name, value) for name, value in response.headers if name != "Content-Length"]
        self._headers.append(("ETag", f"W/{self._tag}"))
        self._is_small = len(self._body) < SMALLEST_PACKED
        self._packed: dict[str, tuple[bytes, int]] = {}

    def is_true(self, state: State) -> bool:
        """Whether what it was made from is as it was, and nothing else ended it."""
        return state is self._state and not any(has_come() for has_come in self._ends)

    def response(self, encoding: str, known: str) -> Response:
        """Return the page in an encoding of PACKERS, or as it is for ""; or that it is one of the `known`."""
        if self._tag in known:
            return Response(status=304, headers=self._headers)
        if self._is_small or encoding not in PACKERS:
            return Response(self._plain(), headers=self._headers)
        body, level = self._packed.get(encoding, (b"", 0))
        if level < KEPT:
            level = KEPT if self._packed else ONCE
            body = PACKERS[encoding](self._plain(), level)
            self._packed[encoding] = body, level
            self._body = b""
        return Response(body, headers=[*self._headers, ("Content-Encoding", encoding)])

    def _plain(self) -> bytes:
        plain = self._body  # first: another thread that packs it lets go of it afterwards
        for encoding in tuple(self._packed):
            return UNPACKERS[encoding](self._packed[encoding][0])
        return plain


def _empty() -> Recent[Page]:
    return Recent(MOST_PAGES)


_pages = Kept(_empty, seconds=600.0)
_sources: dict[str, Source] = {}
_sources_of: dict[str, dict[str, Source]] = {}
_states: dict[str, State] = {}
_variants: dict[str, Callable[[], Hashable]] = {}
_own: list[Callable[[], bool]] = []


def state_now(endpoint: str = "") -> State:
    """Return what every page is made from, and what only those of a view are: another object as soon as a source is."""
    own = _sources_of.get(endpoint, {})
    place = endpoint if own else ""
    sources, held = [source() for source in (*_sources.values(), *own.values())], _states.get(place)
    if held is None or not held.is_of(sources):
        held = _states[place] = State(sources)
    return held


def made_from(endpoint: str = "", **sources: Source) -> None:
    """Name what pages are made from, or those of one view: each source returns the same object until it changes,
    whoever asks and for whatever page.
    """
    (_sources_of.setdefault(endpoint, {}) if endpoint else _sources).update(sources)


def keep_until(has_come: End) -> None:
    """Say what ends the page of this request, beside a change of what every page is made from."""
    g.setdefault("_page_ends", []).append(has_come)


def vary_by(**variants: Callable[[], Hashable]) -> None:
    """Name what else of a request changes its page."""
    _variants.update(variants)


def keep_nothing_for(who: Callable[[], bool]) -> None:
    """Name readers whose pages are made for them alone."""
    if who not in _own:
        _own.append(who)


def kept(
    *, by: Callable[[], Hashable] = lambda: None, unless: Callable[[], bool] = lambda: False
) -> Callable[[View], View]:
    """Keep the pages of a view; `by` says what else this view's answer depends on, `unless` when it is one reader's."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(**values: Any) -> Response:
            key = None if unless() else _key(by)
            if key is None:
                count_kept("own")
                return view(**values)
            pages, state = _pages.get(), state_now(request.endpoint or "")
            page = pages.get(key)
            if page is None or not page.is_true(state):
                count_kept("made")
                response = view(**values)
                if response.status_code != 200 or "Set-Cookie" in response.headers:
                    return response
                page = Page(state, response, g.pop("_page_ends", ()))
                pages.put(key, page)
            else:
                count_kept("found")
            asked = request.headers
            return page.response(_encoding(asked.get("Accept-Encoding", "")), asked.get("If-None-Match", ""))

        return answer

    return decorate


def _key(by: Callable[[], Hashable]) -> Hashable:
    """Return what tells this answer from others; None for one that is not to be kept."""
    path = own_path()
    if len(path) > LONGEST_ADDRESS or _has_messages() or any(is_own() for is_own in _own):
        return None
    varied = tuple(variant() for variant in _variants.values())
    return (path, current_locale(), theme(), wants_fragment(), by(), *varied)


@lru_cache(maxsize=64)
def _encoding(accepted: str) -> str:
    """Return the best of PACKERS that an `Accept-Encoding` header allows, else ""."""
    allowed = parse_accept_header(accepted, Accept)
    return next((name for name in PACKERS if allowed[name] > 0), "")


def _has_messages() -> bool:
    """Say whether messages wait for this reader; without a session cookie the session stays unread."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies and "_flashes" in session
