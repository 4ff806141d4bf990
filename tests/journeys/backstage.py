"""What happens behind a served shop: its jobs run when a test says so, and letters and messages are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask

from storefront.config import read_config
from storefront.database.base import db
from storefront.jobs import queue
from storefront.kernel.kept import Kept


def folder_of(factory: pytest.TempPathFactory) -> Path:
    """Return the data of the shop that this test process serves."""
    return max(factory.getbasetemp().glob("live*"), key=lambda path: path.stat().st_mtime)


@contextmanager
def backstage(folder: Path) -> Iterator[Flask]:
    """Stand behind the served shop, bound to its data as its worker is."""
    from wsgi import create_app  # noqa: PLC0415

    bound = queue.bound()
    app = create_app(read_config({"DATA_DIR": str(folder), "LOG_LEVEL": "WARNING"}), testing=True)
    try:
        yield app
    finally:
        Kept.forget_all()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        if bound:
            queue.bind(bound)


def work(folder: Path, *jobs: Callable[[], object]) -> None:
    """Run jobs as the worker does."""
    with backstage(folder):
        for job in jobs:
            job.call_local()  # type: ignore[attr-defined]


def letter_to(folder: Path, recipient: str) -> str:
    """Return the text of the newest letter to somebody."""
    for path in sorted((folder / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        text = message.get_body(("plain",))
        if message["To"] == recipient and text is not None:
            return str(text.get_content())
    raise AssertionError(f"nobody has written to {recipient}")


def link_in(text: str) -> str:
    """Return the path of the first link in a letter."""
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found
    return found.group(1)


def code_in(folder: Path, number: str) -> str:
    """Return the code in the newest message to a phone."""
    newest = max((folder / "sms").glob(f"{number}-*.txt"), key=lambda path: path.stat().st_mtime)
    found = re.search(r"\d{6}", newest.read_text())
    assert found
    return found.group()
