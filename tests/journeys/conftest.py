"""A shop that is really served, on the small demo with its index and recommender, and a real Chromium to visit it."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, sync_playwright

from benchmarks.server import serving
from storefront.config import read_config
from storefront.database.base import db
from storefront.discovery import indexing, training
from storefront.discovery.searching import forget_desk
from storefront.jobs import queue
from storefront.kernel.clock import now
from tests.conftest import ROOT
from tests.demo_data import DATABASE, demo_database

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
PHONE, DESKTOP = (390, 844), (1280, 900)
LOOKS = [pytest.param(PHONE, "dark", id="phone-dark"), pytest.param(DESKTOP, "light", id="desktop-light")]
"""Colours do not depend on widths: each page is read in both schemes and on both sizes, not in every pair of them."""
READERS = [
    pytest.param(PHONE, "dark", "zh-CN", id="phone-dark-zh"),
    pytest.param(DESKTOP, "light", "en-US", id="desktop-light-en"),
]
"""The same with languages: words, widths and colours are each read once where a page takes its time."""
WAYS = pytest.mark.parametrize(
    ("size", "script"),
    [
        pytest.param(PHONE, True, id="phone"),
        pytest.param(DESKTOP, True, id="desktop"),
        pytest.param(DESKTOP, False, id="desktop-no-script"),
    ],
)
"""Without a script a phone gets what a desktop gets: each width, and no script, are walked once."""
PASSWORD = "three green apples"
ELSEWHERE = {"OIDC_GOOGLE_ID": "shop", "OIDC_GOOGLE_SECRET": "secret", "OIDC_GOOGLE_URL": "http://127.0.0.1:9"}
"""Signing in with an account elsewhere is offered; nobody answers there."""
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling"
IS_IDLE = "busy => !document.querySelector(busy)"
WAITING = ".shelf--waiting:not([hidden])"
REVEAL = """([part, waiting]) => {
  const next = document.querySelector(part + waiting);
  next?.scrollIntoView({ block: "center" });
  return !next && (!part || document.querySelector(part) !== null);
}"""
"""Asked again with each frame: a shelf that comes in above pushes the next one out of view."""


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The data of a shop of this test process."""
    folder, own = tmp_path_factory.mktemp("live"), tmp_path_factory.getbasetemp()
    shutil.copytree(_prepared(own if worker_id == "master" else own.parent), folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def shop_url(shop_folder: Path) -> Iterator[str]:
    """The address of that shop, which runs under its own server."""
    with serving("wsgi:app", DATA_DIR=str(shop_folder), REDIS_URL="", DATABASE_URL="", **ELSEWHERE) as server:
        yield f"http://127.0.0.1:{server.port}"


def _prepared(together: Path) -> Path:
    """Return the data of a shop in which things are found; whoever comes first makes it, the others wait."""
    folder, done = together / "prepared", together / "prepared.done"
    with (together / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir(exist_ok=True)
            shutil.copy(demo_database(), folder / DATABASE)
            _find_things(folder)
            done.touch()
    return folder


def _find_things(folder: Path) -> None:
    """Build the index and train the recommender, as `flask demo prepare` does."""
    from wsgi import create_app  # noqa: PLC0415

    bound = queue.bound()
    app = create_app(read_config({"DATA_DIR": str(folder), "LOG_LEVEL": "WARNING"}), testing=True)
    with app.app_context():
        indexing.rebuild()
        training.train_recommender(as_of=now())
        forget_desk()
        db.session.remove()
        db.engine.dispose()
    if bound:
        queue.bind(bound)


@pytest.fixture
def job_worker(shop_folder: Path) -> Iterator[None]:
    """Somebody who works on what the shop queues."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "work"]
    told = {"DATA_DIR": str(shop_folder), "REDIS_URL": "", "DATABASE_URL": "", "LOG_LEVEL": "ERROR"}
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told}) as process:
        yield
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["TEST_BROWSER"], args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody at a real browser; what the console complains about is kept and must stay empty."""

    page: Page
    base: str
    script: bool = True
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a path of the shop and wait until its parts have come."""
        self.page.goto(self.base + path)
        return self.settle()

    def press(self, control: Locator) -> Page:
        """Press what opens another page, and wait for that page."""
        with self.page.expect_navigation(wait_until="load"):
            control.click()
        return self.settle()

    def touch(self, control: Locator) -> Page:
        """Press what changes this page: htmx swaps it in place, without JavaScript the form is sent."""
        if not self.script:
            return self.press(control)
        control.click()
        return self.settle()

    def settle(self) -> Page:
        """Wait until htmx is done: what it asks for as a page loads, it has asked for before `load`.

        Mostly it is done already, and to ask once takes a tenth of the time that it takes to begin to wait.
        """
        if self.script and not self._is_idle():
            self.page.wait_for_function(IS_IDLE, arg=BUSY)
        return self.page

    def _is_idle(self) -> bool:
        try:
            return bool(self.page.evaluate(IS_IDLE, BUSY))
        except Error:  # the page is just being left for another
            return False

    def reveal(self, part: str = "") -> Page:
        """Scroll to a part that comes when it is reached, or to all of them in turn, until it has come.

        A locator must not do it: htmx replaces the element while Playwright waits for it to stand still.
        """
        self.page.wait_for_function(REVEAL, arg=[part, WAITING])
        return self.settle()

    def look_at(self, part: str) -> Page:
        """Scroll to a part that has come."""
        self.page.evaluate("part => document.querySelector(part).scrollIntoView({ block: 'center' })", part)
        return self.page

    def sign_in(self, email: str, path: str = "/sign-in") -> Page:
        """Sign in with the demo's password."""
        self.open(path)
        self.page.locator("main input[type=email]").fill(email)
        self.page.locator("main input[type=password]").fill(PASSWORD)
        return self.press(self.page.locator("main form button:not([type=button])").last)


Visit = Callable[..., Any]


@pytest.fixture
def visit(chromium: Browser, shop_url: str) -> Visit:
    """Return a context manager that opens a fresh browser window in the shop."""

    @contextmanager
    def visitor(size: tuple[int, int] = DESKTOP, *, script: bool = True, **options: Any) -> Iterator[Visitor]:
        width, height = size
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            has_touch=width < 600,
            **{"locale": "en-US", "reduced_motion": "reduce", **options},
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        someone = Visitor(page, shop_url, script)
        page.on("console", lambda message: someone.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: someone.complaints.append(str(error)))
        yield someone
        context.close()
        expected = ("409", "422", "404")
        assert [line for line in someone.complaints if not any(status in line for status in expected)] == []

    return visitor
