"""A test browser: Flask's client, which reads every page like a strict proof-reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError
from werkzeug.test import TestResponse

LABELLED = ("input", "select", "textarea")
NEED_NO_LABEL = {"hidden", "submit", "button", "image", "reset"}


class Page:
    """An answer, parsed.

    A whole page is parsed as browsers do it, in C, and only what a test asks for becomes tags of Beautiful Soup, which
    takes fifty times as long: an element of `one` and `all` has no parents. What htmx swaps in is Beautiful Soup's.
    """

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.text = response.get_data(as_text=True)
        self.is_whole = response.mimetype == "text/html" and self.text.lstrip()[:9].lower() == "<!doctype"

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The answer with every element in its place."""
        return BeautifulSoup(self.text, "html.parser")

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The answer as browsers parse it; rows alone are those of a table."""
        is_rows = self.text.lstrip()[:3] in {"<tr", "<tb"}
        return LexborHTMLParser(f"<table>{self.text}" if is_rows else self.text)

    def one(self, selector: str) -> Tag:
        """Return the only element that matches."""
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} elements match {selector!r}"
        return found[0]

    def all(self, selector: str) -> list[Tag]:
        """Return every element that matches."""
        nodes = self._nodes(selector)
        return self.soup.select(selector) if nodes is None else [_tag(node) for node in nodes]

    def words(self, selector: str = "body") -> str:
        """Return what a reader reads there, spaces folded."""
        nodes = self._nodes(selector)
        if nodes is None:
            return _folded(self.one(selector).get_text(" "))
        assert len(nodes) == 1, f"{len(nodes)} elements match {selector!r}"
        return _folded(nodes[0].text(separator=" "))

    @property
    def said(self) -> str:
        """Everything a reader reads, spaces folded."""
        return _folded(self.tree.root.text(separator=" ") if self.is_whole else self.soup.get_text(" "))

    @property
    def location(self) -> str:
        return self.response.headers.get("Location", "")

    def _nodes(self, selector: str) -> list[LexborNode] | None:
        """Return what matches, None where Beautiful Soup must look: it knows selectors that no browser does."""
        if not self.is_whole:
            return None
        try:
            return self.tree.css(selector)
        except SelectolaxError:
            return None


def _tag(node: LexborNode) -> Tag:
    found = BeautifulSoup(node.html or "", "html.parser").contents[0]
    assert isinstance(found, Tag)
    return found


def _folded(text: str) -> str:
    return " ".join(text.split())


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
            problems = lint(page, fragment=htmx or not page.is_whole)
            assert not problems, f"{method.upper()} {url}: {problems}"
        return page

    def submit(
        self, page: Page, selector: str, *, htmx: bool = False, follow: bool = True, button: str = "", **values: Any
    ) -> Page:
        """Send the form that matches, as it stands on the page, with `values` typed over; where `button` matches one,
        that is pressed, which may send the form elsewhere.
        """
        (form,) = page.tree.css(selector)
        data: dict[str, Any] = {}
        for field in form.css("input, select, textarea"):
            name, value = field.attributes.get("name"), _sent(field)
            if name and value is not None and "disabled" not in field.attributes:
                data.setdefault(name, []).append(value)
        data.update(values)
        pressed = page.one(button).get("formaction") if button else None
        action = pressed or form.attributes.get("action") or page.response.request.path
        if (form.attributes.get("method") or "get").lower() == "post":
            return self.post(action, data, htmx=htmx, follow=follow)
        return self.get(action, query_string=data, htmx=htmx, follow=follow)


def _sent(field: LexborNode) -> str | None:
    """Return what a browser sends for a field; None for one that it leaves out."""
    attributes, kind = field.attributes, field.attributes.get("type")
    if field.tag == "select":
        chosen = field.css_first("option[selected]") or field.css_first("option")
        return "" if chosen is None else _value(chosen, chosen.text())
    if field.tag == "textarea":
        return field.text()
    if kind in {"checkbox", "radio"}:
        return _value(field, "on") if "checked" in attributes else None
    return None if kind in {"submit", "image", "button"} else _value(field, "")


def _value(node: LexborNode, otherwise: str) -> str:
    return (node.attributes["value"] or "") if "value" in node.attributes else otherwise


def lint(page: Page, *, fragment: bool) -> list[str]:
    """Return what a careful reader of the markup would object to; what a <template> holds is no part of it yet."""
    tree, nodes = page.tree, list(page.tree.root.traverse())
    labels = {str(node.attributes["for"]) for node in nodes if node.tag == "label" and "for" in node.attributes}
    ids = Counter(node.id for node in nodes if node.id is not None)
    problems = [] if fragment else _frame(tree, nodes)
    problems += [f"id {name!r} twice" for name, count in ids.items() if count > 1]
    return problems + [problem for node in nodes for problem in _objections(node, labels)]


def _frame(tree: LexborHTMLParser, nodes: list[LexborNode]) -> list[str]:
    names, problems = Counter(node.tag for node in nodes), []
    title = tree.css_first("title")
    if not (title and title.text(strip=True)):
        problems.append("no title")
    if not tree.root.attributes.get("lang"):
        problems.append("no language")
    if names["h1"] != 1:
        problems.append(f"{names['h1']} h1")
    if names["main"] != 1:
        problems.append("no main landmark")
    return problems


def _objections(node: LexborNode, labels: set[str]) -> Iterator[str]:
    name, attributes = node.tag, node.attributes
    if name == "style" or "style" in attributes:
        yield "inline style"
    if any(key.startswith("on") for key in attributes):
        yield f"inline handler on {name}"
    if name == "script" and not attributes.get("src"):
        yield "inline script"
    elif name == "form" and "action" not in attributes:
        yield f"form without action: {str(node.html)[:80]}"
    elif name == "img" and "alt" not in attributes:
        yield f"image without alt: {attributes.get('src')}"
    elif name in LABELLED and _unlabelled(node, labels):
        yield f"unlabelled {attributes.get('name')}"
    elif name in {"a", "button"}:
        if name == "a" and not attributes.get("href"):
            yield f"link to nowhere: {str(node.html)[:80]}"
        if not (node.text(strip=True) or attributes.get("aria-label") or node.css("img[alt]:not([alt=''])")):
            yield f"nameless {name}: {str(node.html)[:80]}"


def _unlabelled(field: LexborNode, labels: set[str]) -> bool:
    attributes = field.attributes
    if attributes.get("type") in NEED_NO_LABEL or attributes.get("aria-label") or attributes.get("aria-labelledby"):
        return False
    return str(attributes.get("id") or "") not in labels and not _is_inside_label(field)


def _is_inside_label(field: LexborNode) -> bool:
    around = field.parent
    while around is not None and around.tag != "label":
        around = around.parent
    return around is not None
