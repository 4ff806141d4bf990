"""A test browser: Flask's client, which reads every page like a strict proof-reader."""

from __future__ import annotations

from collections import Counter
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
    """Return what a careful reader of the markup would object to."""
    soup, problems = page.soup, []
    if not fragment:
        if not (soup.title and soup.title.get_text(strip=True)):
            problems.append("no title")
        if not (soup.html and soup.html.get("lang")):
            problems.append("no language")
        if len(soup.select("h1")) != 1:
            problems.append(f"{len(soup.select('h1'))} h1")
        if len(soup.select("main")) != 1:
            problems.append("no main landmark")
    ids = Counter(str(tag["id"]) for tag in soup.select("[id]"))
    problems += [f"id {name!r} twice" for name, count in ids.items() if count > 1]
    problems += ["inline style" for _ in soup.select("[style], style")]
    problems += ["inline script" for tag in soup.select("script") if not tag.get("src")]
    problems += [f"inline handler on {tag.name}" for tag in soup.find_all(_has_handler)]
    problems += [f"form without action: {str(form)[:80]}" for form in soup.select("form:not([action])")]
    problems += [f"image without alt: {image.get('src')}" for image in soup.select("img:not([alt])")]
    for tag in soup.select("a, button"):
        if tag.name == "a" and not tag.get("href"):
            problems.append(f"link to nowhere: {str(tag)[:80]}")
        if not (tag.get_text(strip=True) or tag.get("aria-label") or tag.select("img[alt]:not([alt=''])")):
            problems.append(f"nameless {tag.name}: {str(tag)[:80]}")
    problems += [
        f"unlabelled {field.get('name')}" for field in soup.select(", ".join(LABELLED)) if _unlabelled(field, soup)
    ]
    return problems


def _has_handler(tag: Tag) -> bool:
    return any(name.startswith("on") for name in tag.attrs)


def _unlabelled(field: Tag, soup: BeautifulSoup) -> bool:
    if field.get("type") in NEED_NO_LABEL or field.get("aria-label") or field.get("aria-labelledby"):
        return False
    if field.find_parent("label"):
        return False
    return not (field.get("id") and soup.select(f"label[for='{field['id']}']"))
