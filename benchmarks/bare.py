"""The baselines: what Flask and Jinja cost with no shop in them.

`/page` renders about 28 KB, 24 cards from plain rows, as one writes such a page by hand: a template compiled once,
links by `url_for`, prices by a filter. `/insert` inserts one row of what was typed into SQLite and redirects (a server
hangs up now and then on whoever posts what nobody reads). `/rows` inserts the rows that BARE_ROWS names, those of an
order, in one transaction and nothing else, into SQLite or where BARE_POSTGRES says.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from flask import Flask, redirect, render_template, request
from jinja2 import DictLoader


class Card(NamedTuple):
    """What a bare card shows: about what a card of any shop does."""

    sku: str
    name: str
    slug: str
    picture: str
    srcset: str
    note: str
    price_minor: int
    before_minor: int
    badge: str
    rating: str
    left: int


CARDS = [
    Card(
        sku=f"SKU-{n:05}",
        name=f"Product number {n} & company",
        slug=f"product-number-{n}",
        picture=f"/media/{n:08x}-320.webp",
        srcset=f"/media/{n:08x}-320.webp 320w, /media/{n:08x}-640.webp 640w",
        note=f"{n} oz, from a maker whom most of our customers know, and packed so that it keeps for a year and a day.",
        price_minor=n * 100 + 99,
        before_minor=n * 100 + 149 if n % 3 == 0 else 0,
        badge="Buy 2, save 10%" if n % 4 == 0 else "",
        rating="4.5" if n % 2 else "",
        left=3 if n % 6 == 0 else 0,
    )
    for n in range(24)
]
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ title }}</title><link rel="stylesheet" href="/static/bare.css"></head>
<body>
<header><a href="/">Shop</a>
<nav>{% for name in names %}<a href="{{ url_for("category", slug=name) }}">{{ name }}</a>{% endfor %}</nav></header>
<main><h1>{{ title }}</h1>
{% for card in cards %}
<article class="card" data-sku="{{ card.sku }}">
  <div class="card__picture">
    <img src="{{ card.picture }}" srcset="{{ card.srcset }}" sizes="(width >= 64rem) 240px, (width >= 40rem) 30vw, 46vw"
         alt="" width="320" height="320" loading="lazy">
    {% if card.badge %}<p class="card__badges"><span class="badge badge--promo">{{ card.badge }}</span></p>{% endif %}
  </div>
  <h2 class="card__name"><a href="{{ url_for("product", slug=card.slug) }}">{{ card.name }}</a></h2>
  <p class="card__note">{{ card.note }}</p>
  <p class="price{% if card.before_minor %} price--reduced{% endif %}">
    <data class="money" value="{{ card.price_minor }}">{{ card.price_minor|dollars }}</data>
    {% if card.before_minor %}<s>{{ card.before_minor|dollars }}</s>{% endif %}
  </p>
  {% if card.rating %}<p class="stars">{{ card.rating }} <span class="muted">({{ loop.index }})</span></p>{% endif %}
  {% if card.left %}<p class="card__note card__note--low">Only {{ card.left }} left</p>{% endif %}
  <form class="card__add" method="post" action="{{ url_for("insert") }}">
    <input type="hidden" name="sku" value="{{ card.sku }}"><input type="hidden" name="quantity" value="1">
    <button class="add" aria-label="Add to cart: {{ card.name }}">
      <svg class="icon" aria-hidden="true"><use href="{{ url_for("static", filename="icons.svg") }}#plus"></use></svg>
    </button>
  </form>
</article>
{% endfor %}
</main>
<footer><p>{{ title }}</p></footer>
</body></html>"""
NAMES = [f"department-{n}" for n in range(20)]


def create_bare() -> Flask:
    """Return the baseline application; `BARE_DATABASE` names its SQLite file."""
    app = Flask("bare")
    app.jinja_loader = DictLoader({"page.html": PAGE})
    connection = sqlite3.connect(os.environ["BARE_DATABASE"], isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE IF NOT EXISTS line (id INTEGER PRIMARY KEY, sku TEXT, quantity INTEGER)")

    @app.template_filter()
    def dollars(minor: int) -> str:
        return f"${minor / 100:,.2f}"

    app.add_url_rule("/categories/<slug>", "category", lambda slug: slug)
    app.add_url_rule("/products/<slug>", "product", lambda slug: slug)

    @app.get("/page")
    def page() -> str:
        return render_template("page.html", title="Bare page", cards=CARDS, names=NAMES)

    @app.post("/insert")
    def insert() -> object:
        sku, quantity = request.form["sku"], int(request.form["quantity"])
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO line (sku, quantity) VALUES (?, ?)", (sku, quantity))
        connection.execute("COMMIT")
        return redirect("/page", 303)

    if "BARE_ROWS" in os.environ:
        insert_all = _rows_in(connection)

        @app.post("/rows")
        def rows() -> object:
            insert_all()
            return redirect("/page", 303)

    return app


def _rows_in(connection: sqlite3.Connection) -> Callable[[], None]:
    """Return what inserts the rows of BARE_ROWS (table, columns, values), in tables of text without any constraint."""
    rows = json.loads(Path(os.environ["BARE_ROWS"]).read_text())
    address = os.environ.get("BARE_POSTGRES", "")
    server: Any = psycopg.connect(address, autocommit=True) if address else connection
    if address:
        server.execute("SELECT pg_advisory_lock(1)")  # two workers that make one table at once fail
    mark, begin = ("%s", "BEGIN") if address else ("?", "BEGIN IMMEDIATE")
    statements = []
    for table, columns, values in rows:
        names = ", ".join(f'"{column}"' for column in columns)
        typed = ", ".join(f'"{column}" TEXT' for column in columns)
        name = f"bare_{table}_{len(columns)}"
        server.execute(
            f"CREATE TABLE IF NOT EXISTS {name} (id INTEGER, {typed})".replace('(id INTEGER, "id" TEXT', '("id" TEXT')
        )
        statements.append((f"INSERT INTO {name} ({names}) VALUES ({', '.join([mark] * len(columns))})", values))

    if address:
        server.execute("SELECT pg_advisory_unlock(1)")

    def insert_all() -> None:
        server.execute(begin)
        for statement, values in statements:
            server.execute(statement, values)
        server.execute("COMMIT")

    return insert_all


def database_in(folder: Path) -> str:
    """Return where a run keeps the baseline's rows."""
    return str(folder / "bare.db")


def __getattr__(name: str) -> Flask:
    if name == "app":
        globals()["app"] = application = create_bare()
        return application
    raise AttributeError(name)
