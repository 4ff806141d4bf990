"""Shoppers walk through the shop, one visit after the other in the order of time, and write down what they saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask

from storefront.rehearsal.browsing import Browser, Page, Stumbled
from storefront.rehearsal.diary import Seen
from storefront.rehearsal.rules import Nature, Shopper, Visit, deeds, worth
from storefront.rehearsal.stage import Stage

SHELF = "/shelves/similar"
FORM = "checkout-form"
TYPED = {
    "country": "US",
    "name": "Ada Shopper",
    "phone": "(212) 555-0123",
    "street": "1 Main Street",
    "city": "New York",
    "region": "NY",
    "postcode": "10001",
    "payment_provider": "cod",
}
Watch = Callable[[Sequence["Step"]], Iterable["Step"]]


class Hands:
    """A clock that goes when it is told to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.at

    def move(self, to: datetime) -> None:
        """Go on to a later moment."""
        self.at = max(self.at, to)

    def wait(self, seconds: float) -> None:
        """Let some seconds pass."""
        self.at += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Step:
    """One visit of one shopper; `number` counts theirs."""

    shopper: Shopper
    number: int
    visit: Visit


@dataclass(slots=True)
class Walk:
    """Everybody's way through the shop: `seen` by shopper, and the number that each browser kept."""

    app: Flask
    stage: Stage
    hands: Hands
    start: datetime
    seed: str
    seen: dict[int, list[Seen]] = field(default_factory=dict)
    browsers: dict[int, Browser] = field(default_factory=dict)

    def go(self, shoppers: Sequence[Shopper], watch: Watch) -> None:
        """Let all of them make their visits."""
        steps = [
            Step(shopper, number, visit) for shopper in shoppers for number, visit in enumerate(shopper.visits, start=1)
        ]
        for step in watch(sorted(steps, key=lambda one: one.visit.after)):
            self._visit(step)

    def unit(self, shopper: Shopper) -> str:
        """Return the number that a shopper's browser kept, "" for none."""
        return self.browsers[shopper.number].cookie("visitor")

    def _visit(self, step: Step) -> None:
        shopper, visit = step.shopper, step.visit
        browser = self.browsers.setdefault(shopper.number, Browser(self.app, shopper.number, shopper.nature))
        self.hands.move(self.start + visit.after)
        browser.open("/")
        self.hands.wait(5)
        page = browser.open(self.stage.pages[visit.anchor])
        shelf = self._look(browser, page)
        wares = tuple(self.stage.wares[number] for number in shelf.products)
        done = deeds(self.seed, shopper.number, step.number, visit.anchor, wares)
        if shopper.nature is Nature.ROBOT:
            done = deeds(self.seed, shopper.number, step.number, visit.anchor, ())
        if visit.anchor in done.bought and shopper.nature is not Nature.ROBOT:
            self._add(browser, page)
        for ware in done.opened:
            opened = self._open(browser, shelf, self.stage.products[ware])
            if ware in done.bought:
                self._add(browser, opened)
        bought = () if shopper.nature is Nature.ROBOT else done.bought
        if bought:
            self._check_out(browser, shopper)
        seen = Seen(visit.after, visit.anchor, wares, done.opened, bought, worth(bought))
        self.seen.setdefault(shopper.number, []).append(seen)

    def _look(self, browser: Browser, page: Page) -> Page:
        """Scroll down to the shelf, and look at it for long enough."""
        url = next((url for url in page.waiting if url.startswith(SHELF)), "")
        if not url:
            raise Stumbled(f"{page.url} has no shelf")
        self.hands.wait(8)
        shelf = browser.fetch(url)
        self.hands.wait(2)
        if shelf.products:
            browser.tell("/shelves/views", {"request": shelf.shelf})
        return shelf

    def _open(self, browser: Browser, shelf: Page, product: int) -> Page:
        browser.tell("/shelves/clicks", {"request": shelf.shelf, "product": product})
        self.hands.wait(1)
        return browser.open(shelf.links[product])

    def _add(self, browser: Browser, page: Page) -> None:
        form = page.forms.get("/cart/lines")
        if form is None:
            raise Stumbled(f"{page.url} sells nothing")
        self.hands.wait(6)
        browser.send(form)

    def _check_out(self, browser: Browser, shopper: Shopper) -> None:
        self.hands.wait(10)
        form = browser.open("/checkout").forms.get(FORM)
        if form is None:
            raise Stumbled("the checkout has no form")
        self.hands.wait(40)
        placed = browser.send(form, {**TYPED, "email": f"shopper{shopper.number}@example.com"})
        if not placed.url.startswith("/orders/"):
            raise Stumbled(f"the checkout led to {placed.url}")
