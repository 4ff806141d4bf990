"""Whole pages that are the same for everybody, kept for as long as nothing they were made from has changed.

A view marked `@kept()` must hold nothing personal: what is meant for one reader comes by its own URL. A page is kept
per address, language, appearance, kind of answer and whatever rooms add by `vary_by`. It is made anew as soon as one of
the sources named by `made_from` returns another object than before; sources are read at most every two seconds, so a
page is never older than its parts. A reader for whom messages wait gets a page of their own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any

from flask import Response, current_app, request, session

from storefront.kernel.kept import Kept
from storefront.web.appearance import theme
from storefront.web.fragments import wants_fragment
from storefront.web.locale import current_locale

MOST_PAGES = 256
LONGEST_ADDRESS = 300

View = Callable[..., Response]
Sources = tuple[object, ...]


class Pages:
    """The pages kept last, each with what it was made from."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, tuple[Sources, bytes, list[tuple[str, str]]]] = OrderedDict()

    def get(self, key: Hashable, sources: Sources) -> Response | None:
        """Return the page under `key` if each of its sources is still the same object."""
        held = self._pages.get(key)
        if held is None or not all(old is new for old, new in zip(held[0], sources, strict=True)):
            return None
        return Response(held[1], headers=held[2])

    def put(self, key: Hashable, sources: Sources, response: Response) -> None:
        """Keep a page; the oldest goes when there are too many."""
        headers = [(name, value) for name, value in response.headers if name != "Content-Length"]
        self._pages[key] = (sources, response.get_data(), headers)
        self._pages.move_to_end(key)
        while len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)


_pages = Kept(Pages, seconds=600.0)
_sources: dict[str, Callable[[], object]] = {}
_variants: dict[str, Callable[[], Hashable]] = {}


def made_from(**sources: Callable[[], object]) -> None:
    """Name what pages are made from: each source returns the same object until it changes."""
    _sources.update(sources)


def vary_by(**variants: Callable[[], Hashable]) -> None:
    """Name what else of a request changes its page."""
    _variants.update(variants)


def kept(*, by: Callable[[], Hashable] = lambda: None) -> Callable[[View], View]:
    """Keep the pages of a view; `by` says what else this view's answer depends on."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(**values: Any) -> Response:
            key = _key(by)
            if key is None:
                return view(**values)
            pages, sources = _pages.get(), tuple(source() for source in _sources.values())
            page = pages.get(key, sources)
            if page is None:
                page = view(**values)
                if page.status_code == 200:
                    pages.put(key, sources, page)
            return page

        return answer

    return decorate


def _key(by: Callable[[], Hashable]) -> Hashable:
    """Return what tells this answer from others; None for one that is not to be kept."""
    if len(request.full_path) > LONGEST_ADDRESS or _has_messages():
        return None
    varied = tuple(variant() for variant in _variants.values())
    return (request.full_path, current_locale(), theme(), wants_fragment(), by(), *varied)


def _has_messages() -> bool:
    """Say whether messages wait for this reader; without a session cookie the session stays unread."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies and "_flashes" in session
