"""Who gets in where: every route of the back office, for every role, against a checked-in matrix."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from werkzeug.routing import Rule

from admin.access import mark_of
from admin.navigation import MENU, menu_for
from storefront.accounts.identity import CurrentStaff
from storefront.accounts.permissions import GRANTS, ROLE_NAMES, Permission, Role, permissions_of
from storefront.database.base import db
from storefront.database.transaction import transaction
from tests.admin.people import PASSWORD, at_work, hire
from tests.browser import Shopper

LETTERS = dict(zip("SOMCFA", Role, strict=True))
OPEN = {
    (method, rule)
    for method in ("GET", "POST")
    for rule in ("/admin/sign-in", "/admin/sign-in/code", "/admin/invitations/<token>")
}
Matrix = dict[tuple[str, str], frozenset[Role]]


@lru_cache(maxsize=1)
def read_matrix() -> Matrix:
    lines = (Path(__file__).parent / "matrix.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {
        (method, rule): frozenset(LETTERS[letter] for letter in letters if letter != ".")
        for letters, method, rule in rows
    }


def admin_rules(app: Flask) -> list[tuple[str, Rule]]:
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/admin")
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"})
    ]


def test_every_route_is_in_the_matrix_and_nothing_else(app: Flask) -> None:
    found = {(method, rule.rule) for method, rule in admin_rules(app)}
    assert found - OPEN == set(read_matrix())


def test_every_view_is_marked(app: Flask) -> None:
    unmarked = [rule.endpoint for _, rule in admin_rules(app) if mark_of(app.view_functions[rule.endpoint]) is None]
    assert unmarked == []


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_in_exactly_where_the_matrix_says(app: Flask, role: Role) -> None:
    browser, wrong = at_work(app, role), []
    rules = [found for found in admin_rules(app) if (found[0], found[1].rule) not in OPEN]
    for method, rule in sorted(rules, key=lambda found: found[1].rule == "/admin/sign-out"):
        url = re.sub(r"<int:\w+>", "999999", rule.rule).replace("<number>", "NONE-SUCH")
        page = browser.get(url) if method == "GET" else browser.post(url, {})
        if (page.status != 403) != (role in read_matrix()[method, rule.rule]):
            wrong.append(f"{method} {rule.rule}: {page.status}")
        assert page.status < 500
    assert wrong == []


def test_strangers_are_sent_to_the_door_and_back(app: Flask) -> None:
    stranger = Shopper(app)
    for method, rule in admin_rules(app):
        if (method, rule.rule) in OPEN:
            continue
        url = re.sub(r"<int:\w+>", "1", rule.rule).replace("<number>", "X")
        page = stranger.get(url) if method == "GET" else stranger.post(url, {})
        assert page.location.startswith("/admin/sign-in?next="), f"{method} {url}: {page.status}"
    assert "Set-Cookie" not in stranger.get("/admin/sign-in").response.headers


def test_the_door_leads_back_to_where_one_wanted_to_go_but_never_elsewhere(app: Flask) -> None:
    email = hire(app)
    form = {"email": email, "password": PASSWORD}
    asked = Shopper(app).get("/admin/orders?status=open").location
    browser = Shopper(app)
    page = browser.submit(browser.get(asked), "form[action='/admin/sign-in']", follow=False, **form)
    assert page.location == "/admin/orders?status=open"
    for target in ("https://evil.example/admin/", "//evil.example/admin/", "/account"):
        assert Shopper(app).post("/admin/sign-in", {**form, "next": target}).location == "/admin/"


def test_an_unmarked_view_is_closed_even_to_the_super_admin(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = at_work(app)
    monkeypatch.setitem(app.view_functions, "admin.orders.order_list", lambda: "open by mistake")
    page = browser.get("/admin/orders")
    assert page.status == 403
    assert "open by mistake" not in page.text


def test_customers_are_not_staff_and_a_wrong_password_stays_outside(app: Flask) -> None:
    hire(app)
    browser = Shopper(app)
    browser.post("/register", {"name": "Ada", "email": "ada@example.com", "password": PASSWORD})
    assert browser.get("/admin/").location.startswith("/admin/sign-in")
    answers = []
    for email, password in (("ada@example.com", PASSWORD), ("super-admin@example.com", "wrong")):
        page = Shopper(app).post("/admin/sign-in", {"email": email, "password": password})
        assert page.status == 422
        answers.append(page.text.replace(email, ""))
    assert answers[0] == answers[1]


def test_who_left_is_out_at_once(app: Flask) -> None:
    browser = at_work(app)
    assert browser.get("/admin/").status == 200
    with app.app_context(), transaction():
        db.session.execute(db.text("UPDATE staff SET is_active = false"))
    assert browser.get("/admin/").location.startswith("/admin/sign-in")


def test_the_session_of_staff_ends_with_the_working_day_whatever_the_cookie_says(app: Flask) -> None:
    with time_machine.travel("2026-05-04T08:00:00+00:00", tick=False) as clock:
        browser = at_work(app)
        for _ in range(6):
            clock.shift(timedelta(hours=1, minutes=59, seconds=50))
            assert browser.get("/admin/").status == 200
        clock.shift(timedelta(minutes=1))
        assert browser.get("/admin/").location.startswith("/admin/sign-in")
        assert browser.get("/admin/sign-in").status == 200
        assert browser.post("/admin/sign-in", {"email": "super-admin@example.com", "password": PASSWORD}).status == 303
        assert browser.get("/admin/").status == 200


def test_the_session_of_staff_ends_when_nothing_comes_from_them_for_two_hours(app: Flask) -> None:
    with time_machine.travel("2026-05-04T08:00:00+00:00", tick=False) as clock:
        browser = at_work(app)
        clock.shift(timedelta(hours=2, seconds=1))
        for _ in range(2):
            assert browser.get("/admin/").location.startswith("/admin/sign-in")


def test_an_error_in_the_back_office_stays_in_its_frame(app: Flask) -> None:
    browser = at_work(app)
    page = browser.get("/admin/orders/NONE-SUCH")
    assert page.status == 404
    assert page.one(".admin-error a[href='/admin/']")
    assert page.all(".admin-side li a")
    part = browser.get("/admin/orders/NONE-SUCH", htmx=True)
    assert (part.status, part.response.headers["HX-Retarget"]) == (404, "#flash")


def test_what_a_role_may_not_see_and_what_is_nowhere_keep_the_menu(app: Flask) -> None:
    browser = at_work(app, Role.FINANCE)
    for url, status in (("/admin/settings", 403), ("/admin/no-such-place", 404), ("/admin/orders/7/nothing/here", 404)):
        page = browser.get(url)
        assert page.status == status
        assert page.one("nav a[href='/admin/orders']") is not None
        assert page.response.headers["Cache-Control"] == "no-store"
    assert browser.get("/admin-is-elsewhere").all("nav a[href='/admin/orders']") == []
    page = Shopper(app).get("/admin/no-such-place")
    assert page.status == 404
    assert page.all("a[href='/admin/orders']") == []


def test_signing_out_ends_it(app: Flask) -> None:
    browser = at_work(app)
    assert browser.post("/admin/sign-out", {}).location == "/admin/sign-in"
    assert browser.get("/admin/").location.startswith("/admin/sign-in")


def test_another_site_cannot_write(app: Flask) -> None:
    browser = at_work(app)
    for method, rule in admin_rules(app):
        if method == "POST":
            url = re.sub(r"<int:\w+>", "1", rule.rule).replace("<number>", "X")
            assert browser.post(url, {}, headers={"Sec-Fetch-Site": "cross-site"}).status == 403


def test_pages_behind_the_door_are_never_cached(app: Flask) -> None:
    assert at_work(app).get("/admin/").response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("/admin/", "/admin/"),
        ("/admin/carriers", "/admin/fulfilment"),
        ("/admin/fulfilment/pick-list", "/admin/fulfilment"),
        ("/admin/stock-movements", "/admin/warehouses"),
        ("/admin/price-entries", "/admin/price-lists"),
        ("/admin/recommendations/training-runs", "/admin/recommendations/trainings"),
    ],
)
def test_the_menu_says_where_one_is(app: Flask, url: str, place: str) -> None:
    here = at_work(app).get(url).all(".admin-side [aria-current=page]")
    assert [link["href"] for link in here] == [place]


def test_the_menu_shows_only_what_opens(app: Flask) -> None:
    for role in Role:
        links = [str(link["href"]) for link in at_work(app, role).get("/admin/", follow=True).all(".admin-side li a")]
        allowed = {url for (method, url), roles in read_matrix().items() if method == "GET" and role in roles}
        assert links
        assert set(links) <= allowed


def test_roles_are_least_privilege_and_named() -> None:
    assert set(GRANTS) == set(Role) == set(ROLE_NAMES)
    assert GRANTS[Role.SUPER_ADMIN] == frozenset(Permission)
    assert permissions_of("janitor") == frozenset()
    nobody = CurrentStaff(id=1, email="", name="", role="janitor", locale="en", session_version=1)
    assert menu_for(nobody) == []
    assert {each for _, entries in MENU for entry in entries for each in entry.permissions} <= set(Permission)
    assert all(re.fullmatch(r"[a-z]+:[a-z]+", permission) for permission in Permission)
