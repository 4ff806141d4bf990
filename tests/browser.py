"""A test browser: Flask's client, which reads every page like a strict proof-reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse

LABELLED = ("input", "select", "textarea")
NEED_NO_LABEL = {"hidden", "submit", "button", "image", "reset"}


class Page:
    """An answer, parsed."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.text = response.get_data(as_text=True)
        self.soup = BeautifulSoup(self.text, "html.parser")

    def one(self, selector: str) -> Tag:
        """Return the only element that matches."""
        found = self.soup.select(selector)
        assert len(found) == 1, f"{len(found)} elements match {selector!r}"
        return found[0]

    def all(self, selector: str) -> list[Tag]:
        """Return every element that matches."""
        return self.soup.select(selector)

    def words(self, selector: str = "body") -> str:
        """Return what a reader reads there, spaces folded."""
        return " ".join(self.one(selector).get_text(" ").split())

    @property
    def said(self) -> str:
        """Everything a reader reads, spaces folded."""
        return " ".join(self.soup.get_text(" ").split())

    @property
    def location(self) -> str:
        return self.response.headers.get("Location", "")


class Shopper:
    """A browser with cookies of its own. `htmx=True` asks as htmx does."""

    def __init__(self, app: Flask, *, language: str = "en") -> None:
        self.app = app
        self.client = app.test_client()
        self.language = language

    def get(self, url: str, *, htmx: bool = False, follow: bool = False, **options: Any) -> Page:
        return self._fetch("get", url, htmx=htmx, follow_redirects=follow, **options)

    def post(
        self, url: str, data: dict[str, Any] | None = None, *, htmx: bool = False, follow: bool = False, **options: Any
    ) -> Page:
        return self._fetch("post", url, data=data, htmx=htmx, follow_redirects=follow, **options)

    def _fetch(self, method: str, url: str, *, htmx: bool, **options: Any) -> Page:
        headers = {"Accept-Language": self.language, "Sec-Fetch-Site": "same-origin", **options.pop("headers", {})}
        if htmx:
            headers["HX-Request"] = "true"
        page = Page(getattr(self.client, method)(url, headers=headers, **options))
        page.response.close()  # as a server does once the answer is sent: what was left for afterwards is done
        if page.response.mimetype == "text/html" and page.text and not 300 <= page.status < 400:
            problems = lint(page, fragment=htmx or not page.text.lstrip().lower().startswith("<!doctype"))
            assert not problems, f"{method.upper()} {url}: {problems}"
        return page

    def submit(self, page: Page, selector: str, *, htmx: bool = False, follow: bool = True, **values: Any) -> Page:
        """Send the form that matches, as it stands on the page, with `values` typed over."""
        form = page.one(selector)
        data: dict[str, Any] = {}
        for field in form.select("input, select, textarea"):
            name, value = str(field.get("name") or ""), _sent(field)
            if name and value is not None and not field.has_attr("disabled"):
                data.setdefault(name, []).append(value)
        data.update(values)
        action = str(form.get("action") or page.response.request.path)
        if str(form.get("method", "get")).lower() == "post":
            return self.post(action, data, htmx=htmx, follow=follow)
        return self.get(action, query_string=data, htmx=htmx, follow=follow)


def _sent(field: Tag) -> str | None:
    """Return what a browser sends for a field; None for one that it leaves out."""
    if field.name == "select":
        chosen = field.select_one("option[selected]") or field.select_one("option")
        return str(chosen.get("value", chosen.get_text())) if chosen else ""
    if field.get("type") in {"checkbox", "radio"}:
        return str(field.get("value", "on")) if field.has_attr("checked") else None
    if field.get("type") in {"submit", "image", "button"}:
        return None
    return str(field.get("value", "")) if field.name == "input" else field.get_text()


def lint(page: Page, *, fragment: bool) -> list[str]:
    """Return what a careful reader of the markup would object to. It is walked once: thousands of pages are read."""
    tags = _elements(page.soup)
    labels = {str(tag["for"]) for tag in tags if tag.name == "label" and tag.has_attr("for")}
    ids = Counter(str(tag["id"]) for tag in tags if tag.has_attr("id"))
    problems = [] if fragment else _frame(page.soup, tags)
    problems += [f"id {name!r} twice" for name, count in ids.items() if count > 1]
    return problems + [problem for tag in tags for problem in _objections(tag, labels)]


def _elements(soup: BeautifulSoup) -> list[Tag]:
    """Return every element of the page; what a <template> holds is no part of it yet."""
    found: list[Tag] = []
    waiting: list[Tag] = [soup]
    while waiting:
        inside = [child for child in waiting.pop().contents if isinstance(child, Tag)]
        found += inside
        waiting += [tag for tag in inside if tag.name != "template"]
    return found


def _frame(soup: BeautifulSoup, tags: list[Tag]) -> list[str]:
    names, problems = Counter(tag.name for tag in tags), []
    if not (soup.title and soup.title.get_text(strip=True)):
        problems.append("no title")
    if not (soup.html and soup.html.get("lang")):
        problems.append("no language")
    if names["h1"] != 1:
        problems.append(f"{names['h1']} h1")
    if names["main"] != 1:
        problems.append("no main landmark")
    return problems


def _objections(tag: Tag, labels: set[str]) -> Iterator[str]:
    name, attributes = tag.name, tag.attrs
    if name == "style" or "style" in attributes:
        yield "inline style"
    if any(key.startswith("on") for key in attributes):
        yield f"inline handler on {name}"
    if name == "script" and not tag.get("src"):
        yield "inline script"
    elif name == "form" and "action" not in attributes:
        yield f"form without action: {str(tag)[:80]}"
    elif name == "img" and "alt" not in attributes:
        yield f"image without alt: {tag.get('src')}"
    elif name in LABELLED and _unlabelled(tag, labels):
        yield f"unlabelled {tag.get('name')}"
    elif name in {"a", "button"}:
        if name == "a" and not tag.get("href"):
            yield f"link to nowhere: {str(tag)[:80]}"
        if not (tag.get_text(strip=True) or tag.get("aria-label") or tag.select("img[alt]:not([alt=''])")):
            yield f"nameless {name}: {str(tag)[:80]}"


def _unlabelled(field: Tag, labels: set[str]) -> bool:
    if field.get("type") in NEED_NO_LABEL or field.get("aria-label") or field.get("aria-labelledby"):
        return False
    return str(field.get("id") or "") not in labels and not field.find_parent("label")
