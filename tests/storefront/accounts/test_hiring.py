"""A shop without a demo opens: tables, somebody who works here, and pages with nothing on them yet."""

from __future__ import annotations

import re

import pytest
from click.testing import Result
from flask import Flask

from storefront.accounts.models import Staff
from storefront.database.base import db
from tests.browser import Shopper

PASSWORD = "three green apples"
EMAIL = "Owner@Example.com"


def hire(app: Flask, *options: str, typed: str = "") -> Result:
    return app.test_cli_runner().invoke(args=["accounts", "hire", *options], input=typed)


def door(app: Flask, password: str) -> int:
    return Shopper(app).post("/admin/sign-in", {"email": EMAIL, "password": password}).status


def test_the_first_member_of_staff_is_hired_with_a_password_that_nobody_sees(app: Flask) -> None:
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    result = hire(app, EMAIL, "--role", "super_admin", "--name", "Olga Owner", typed=typed)
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    assert door(app, PASSWORD) == 303
    with app.app_context():
        row = db.session.execute(db.select(Staff.email, Staff.name, Staff.role)).one()
    assert tuple(row) == ("owner@example.com", "Olga Owner", "super_admin")


def test_a_password_can_be_made_up(app: Flask) -> None:
    result = hire(app, EMAIL, "--role", "analyst", "--generate")
    found = re.search(r"shown this once: (\S{20})\n", result.output)
    assert found
    assert door(app, found[1]) == 303


@pytest.mark.parametrize(
    ("email", "role", "password", "words"),
    [
        (EMAIL, "super_admin", "123456789012", "too easy to guess"),
        (EMAIL, "super_admin", "elevenchars", "at least 12 characters"),
        (EMAIL, "janitor", PASSWORD, "is not one of"),
        ("nobody", "super_admin", PASSWORD, "does not look right"),
    ],
)
def test_what_makes_no_sense_is_refused(app: Flask, email: str, role: str, password: str, words: str) -> None:
    result = hire(app, email, "--role", role, typed=f"{password}\n{password}\n")
    assert result.exit_code != 0
    assert words in result.output
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Staff)) == 0


def test_nobody_is_hired_twice(app: Flask) -> None:
    hire(app, EMAIL, "--role", "super_admin", typed=f"{PASSWORD}\n{PASSWORD}\n")
    again = hire(app, EMAIL.lower(), "--role", "analyst", "--generate")
    assert again.exit_code == 1
    assert "owner@example.com works here already" in again.output
    assert "shown this once" not in again.output
    assert door(app, PASSWORD) == 303


def test_every_page_of_an_empty_shop_is_fine(app: Flask) -> None:
    shopper = Shopper(app)
    for path in ("/", "/categories", "/search?q=milk", "/search", "/cart", "/sign-in", "/register"):
        assert shopper.get(path).status == 200, path
    for path in ("/sitemap.xml", "/robots.txt", "/healthz", "/shelves/home", "/cart/badge"):
        assert shopper.client.get(path).status_code in {200, 204}, path
    assert shopper.get("/checkout", follow=True).status == 200
    hire(app, EMAIL, "--role", "super_admin", typed=f"{PASSWORD}\n{PASSWORD}\n")
    owner = Shopper(app)
    owner.post("/admin/sign-in", {"email": EMAIL, "password": PASSWORD})
    links = [str(link["href"]) for link in owner.get("/admin/").all(".admin-side li a")]
    assert len(links) >= 4
    for path in (*links, "/admin/search?q=milk"):
        assert owner.get(path).status == 200, path
