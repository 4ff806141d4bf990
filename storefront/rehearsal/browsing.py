"""A browser for a rehearsal: cookies of its own, the headers that browsers send, and pages read as far as is needed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask import Flask
from werkzeug.test import TestResponse

from storefront.rehearsal.rules import Nature

NAMES = {
    Nature.SOMEBODY: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    Nature.NO_TRACE: "Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5) AppleWebKit/605.1.15 Safari/605.1.15",
    Nature.ROBOT: "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
}
ERRORS = 400
HOST = "http://localhost"


class Stumbled(Exception):
    """A page was not as a shopper needs it: there is nothing to prove while the shop itself does not work."""


@dataclass(slots=True)
class Form:
    """A form with what its fields hold."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Page:
    """What a shopper finds on a page: forms by id or address, parts that wait for a script, and goods on a shelf."""

    url: str
    location: str = ""
    forms: dict[str, Form] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    shelf: str = ""
    """The public id of an answered shelf."""
    products: list[int] = field(default_factory=list)
    links: dict[int, str] = field(default_factory=dict)


class Browser:
    """One shopper's browser. Each has an address of its own, as there are limits for one address."""

    def __init__(self, app: Flask, number: int, nature: Nature) -> None:
        self._client = app.test_client()
        self._address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        self._headers = {"User-Agent": NAMES[nature], "Accept-Language": "en"}
        if nature is Nature.NO_TRACE:
            self._headers["Sec-GPC"] = "1"
        self._here = ""

    def cookie(self, name: str) -> str:
        """Return what a cookie holds, "" without it."""
        found = self._client.get_cookie(name)
        return found.value if found else ""

    def open(self, url: str) -> Page:
        """Go to a page, by its address the first time and by a link afterwards."""
        came = "same-origin" if self._here else "none"
        page = self._ask(
            "GET", url, {"Sec-Fetch-Site": came, "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
        )
        self._here = url
        return page

    def fetch(self, url: str) -> Page:
        """Ask for a part of the page that is open, as its script does."""
        return self._ask("GET", url, {**_BY_SCRIPT, "HX-Request": "true", "HX-Current-URL": HOST + self._here})

    def tell(self, url: str, facts: Mapping[str, object]) -> None:
        """Send a beacon."""
        self._ask("POST", url, {**_BY_SCRIPT, "Content-Type": "text/plain;charset=UTF-8"}, json.dumps(facts))

    def send(self, form: Form, typed: Mapping[str, str] | None = None) -> Page:
        """Send a form with what was typed into it, and go where that leads."""
        headers = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
        page = self._ask("POST", form.action, headers, {**form.fields, **(typed or {})})
        return self.open(page.location) if page.location else page

    def _ask(self, method: str, url: str, headers: Mapping[str, str], data: object = None) -> Page:
        sent = {**self._headers, **headers, **({"Referer": HOST + self._here} if self._here else {})}
        answer: TestResponse = self._client.open(
            url, method=method, headers=sent, data=data, environ_base={"REMOTE_ADDR": self._address}
        )
        text = answer.get_data(as_text=True)
        answer.close()  # as a server does once the answer is sent: what was left for afterwards is done
        if answer.status_code >= ERRORS:
            raise Stumbled(f"{method} {url} was answered with {answer.status_code}")
        return read_page(url, text, answer.headers.get("Location", ""))


_BY_SCRIPT = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"}


def read_page(url: str, text: str, location: str = "") -> Page:
    """Return what a page holds."""
    page = Page(url, location)
    reader = _Reader(page)
    reader.feed(text)
    reader.close()
    return page


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._form: Form | None = None
        self._select = self._area = ""
        self._product = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of what a shopper or their script acts on."""
        at = {name: value or "" for name, value in attrs}
        if at.get("hx-trigger") == "revealed":
            self._page.waiting.append(at["hx-get"])
        if "data-request" in at:
            self._page.shelf = at["data-request"]
        if at.get("data-product", "").isdecimal():
            self._product = int(at["data-product"])
            self._page.products.append(self._product)
        if tag == "a" and self._product and at.get("href"):
            self._page.links.setdefault(self._product, at["href"])
        if tag == "form":
            self._form = Form(at.get("action", ""))
            self._page.forms.setdefault(at.get("id") or self._form.action, self._form)
        elif self._form is not None:
            self._handle_field(self._form, tag, at)

    def _handle_field(self, form: Form, tag: str, at: Mapping[str, str]) -> None:
        name = at.get("name", "")
        if tag == "input" and name and "disabled" not in at:
            kind = at.get("type", "text")
            if kind not in {"checkbox", "radio", "submit", "image", "button"} or "checked" in at:
                form.fields[name] = at.get("value", "on" if kind in {"checkbox", "radio"} else "")
        elif tag == "select":
            self._select = name
        elif tag == "textarea" and name:
            self._area = name
            form.fields[name] = ""
        elif tag == "option" and self._select and ("selected" in at or self._select not in form.fields):
            form.fields[self._select] = at.get("value", "")

    def handle_data(self, data: str) -> None:
        """Read what a text area holds."""
        if self._area and self._form is not None:
            self._form.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        """Leave what was entered."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""
        elif tag == "article":
            self._product = 0
