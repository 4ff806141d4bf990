"""The baselines: what Flask and Jinja cost with no shop in them.

`/page` renders a page of about 28 KB from 24 plain rows; `/insert` inserts one row into SQLite and redirects.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import NamedTuple

from flask import Flask, redirect, render_template_string


class Card(NamedTuple):
    """What a bare card shows."""

    name: str
    link: str
    price: str
    words: str


CARDS = [
    Card(
        f"Product number {n}", f"/products/{n}", f"${n}.99", "A sentence that fills the card as a real one would. " * 18
    )
    for n in range(24)
]
PAGE = """<!doctype html><html lang="en"><head><title>{{ title }}</title></head><body><main><h1>{{ title }}</h1>
{% for card in cards %}<article data-sku="{{ loop.index }}"><h2><a href="{{ card.link }}">{{ card.name }}</a></h2>
<p>{{ card.words }}</p><data value="{{ loop.index }}">{{ card.price }}</data>
<form method="post" action="/cart/lines"><button name="sku" value="{{ loop.index }}">Add</button></form></article>
{% endfor %}</main></body></html>"""


def create_bare() -> Flask:
    """Return the baseline application; `BARE_DATABASE` names its SQLite file."""
    app = Flask("bare")
    connection = sqlite3.connect(os.environ["BARE_DATABASE"], isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE IF NOT EXISTS line (id INTEGER PRIMARY KEY, sku TEXT, quantity INTEGER)")

    @app.get("/page")
    def page() -> str:
        return render_template_string(PAGE, title="Bare page", cards=CARDS)

    @app.post("/insert")
    def insert() -> object:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO line (sku, quantity) VALUES (?, ?)", ("SKU1", 1))
        connection.execute("COMMIT")
        return redirect("/page", 303)

    return app


def database_in(folder: Path) -> str:
    """Return where a run keeps the baseline's rows."""
    return str(folder / "bare.db")


def __getattr__(name: str) -> Flask:
    if name == "app":
        globals()["app"] = application = create_bare()
        return application
    raise AttributeError(name)
