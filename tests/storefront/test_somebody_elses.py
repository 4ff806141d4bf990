"""Every address of the shop that names something of one person's, walked by somebody else, who finds nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import Rule

from storefront.accounts import services as accounts
from storefront.accounts.models import Address, SignInSession
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment.models import Parcel
from storefront.kernel.clock import now
from storefront.orders.models import Order
from storefront.returns.models import Return
from storefront.support.models import Ticket
from tests.browser import Shopper
from tests.storefront.accounts.people import add, enter
from tests.storefront.orders.drafts import ADDRESS
from tests.storefront.returns.goods import ask, buy, lines_at

PUBLIC = {"slug", "key", "size", "name", "sku", "provider", "code", "product_id"}
"""What names something of the shop's, or of whoever asks."""
OPENS_BY_ITSELF = {"reference", "token"}
"""Numbers that are their own proof: 32 random characters and more, in letters to one inbox or on the way to a bank."""
OWNED = {"number", "address_id", "row_id", "return_number", "note_id", "parcel_number"}
OF_THE_SHOP = {"/sitemaps/products-<int:number>.xml"}


def rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/admin") and rule.rule not in OF_THE_SHOP and rule.arguments:
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield method, rule


def person(app: Flask, email: str) -> tuple[Shopper, dict[str, str]]:
    """Somebody with one of everything, and what it is called."""
    number = add(app, email)
    shopper = enter(app, email)
    shopper.post("/contact", {"topic": "other", "subject": "A question", "text": "How long is it?"})
    with app.app_context():
        with transaction():
            address = accounts.add_address(customer_id=number, address=ADDRESS, at=now()).id
        order = buy({f"Lamp of {email}": (1000, 3)}, customer_id=number)
        (line,) = lines_at(order, 1000)
        asked = ask(order, {line: 1}).number
        last = {
            "parcel_number": db.session.scalars(db.select(Parcel.number).order_by(Parcel.id.desc())).first(),
            "row_id": db.session.scalars(db.select(SignInSession.id).order_by(SignInSession.id.desc())).first(),
            "ticket": db.session.scalars(db.select(Ticket.number).order_by(Ticket.id.desc())).first(),
        }
    return shopper, {
        "number": order,
        "address_id": str(address),
        "return_number": asked,
        "note_id": "1",
        **{key: str(value) for key, value in last.items()},
    }


def path_of(rule: str, values: dict[str, str]) -> str:
    if rule.startswith("/tickets/"):
        values = {**values, "number": values["ticket"]}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], rule)


def owned_rows(app: Flask) -> list[tuple[object, ...]]:
    tables = (Order, Address, Return, Parcel, Ticket)
    with app.app_context():
        return [tuple(row) for table in tables for row in db.session.execute(db.select(table.__table__))]


def test_every_address_with_a_name_in_it_says_whose_it_is(app: Flask) -> None:
    unknown = {
        f"{rule.rule}: {name}"
        for _method, rule in rules(app)
        for name in rule.arguments - PUBLIC - OPENS_BY_ITSELF - OWNED
    }
    assert unknown == set()


def test_nobody_reaches_what_is_somebody_elses(app: Flask) -> None:
    _ada, hers = person(app, "ada@example.com")
    mallory, his = person(app, "mallory@example.com")
    before = owned_rows(app)
    assert len(before) > 8
    walked = [(method, rule.rule) for method, rule in rules(app) if rule.arguments & OWNED]
    assert len(walked) > 20
    wrong, form = [], {"text": "mine", "payment_provider": "sandbox", **ADDRESS.as_fields()}
    for method, rule in walked:
        names = set(re.findall(r"<(?:\w+:)?(\w+)>", rule))
        tries = [hers] if len(names) == 1 else [hers, {**hers, "number": his["number"]}]
        for reader in (mallory, Shopper(app)):
            for values in tries:
                path = path_of(rule, values)
                page = reader.get(path) if method == "GET" else reader.post(path, form)
                is_sent_away = page.status == 303 and page.location.startswith("/sign-in")
                if page.status != 404 and not (is_sent_away and reader is not mallory):
                    wrong.append(f"{method} {path}: {page.status}")
    assert wrong == []
    assert owned_rows(app) == before


def test_the_owner_reaches_all_of_it(app: Flask) -> None:
    """Or the walk above would find nothing because there is nothing."""
    ada, hers = person(app, "ada@example.com")
    for rule in ("/orders/<number>", "/orders/<number>/returns/<return_number>", "/tickets/<number>"):
        assert ada.get(path_of(rule, hers)).status == 200
    assert ada.get(path_of("/account/addresses/<int:address_id>", hers)).status == 200
