"""The ledger as finance reads it."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from admin.audit.tables import ACTIONS
from storefront.accounts.permissions import Role
from storefront.audit import services
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from tests.admin.people import at_work
from tests.conftest import ROOT


def test_changes_are_listed_by_name_and_narrowed_by_object(any_app: Flask) -> None:
    browser = at_work(any_app, Role.FINANCE, "Fay")
    with any_app.app_context(), transaction():
        services.record(
            actor="staff:1",
            action="prices.change",
            about=("product", "7"),
            changes={"CUP price": (900, 1000)},
            at=now(),
        )
        services.record(actor="system", action="unheard.of", about=("thing", "x"), changes={}, at=now())
    page = browser.get("/admin/audit")
    assert [row.select("td")[2].get_text() for row in page.all("tbody tr")] == [
        "unheard.of",
        "Prices changed",
        "Signed in",
    ]
    assert "Fay" in page.all("tbody tr")[1].get_text()
    assert "CUP price $9.00 $10.00" in page.said
    narrowed = browser.get("/admin/audit?kind=product")
    assert len(narrowed.all("tbody tr")) == 1
    assert narrowed.one("tbody a")["href"] == "/admin/products/7"
    assert "No changes match" in browser.get("/admin/audit?at_to=2000-01-01").said


def test_a_long_change_is_folded_and_prices_of_a_list_are_amounts(app: Flask) -> None:
    browser = at_work(app, Role.FINANCE)
    with app.app_context(), transaction():
        services.record(
            actor="system",
            action="price_list.prices",
            about=("price_list", "7"),
            changes={f"CUP-{number}": (None, 189) for number in range(80)},
            at=now(),
        )
        services.record(actor="system", action="stock.count", about=("stock", "8"), changes={"CUP": (4, 5)}, at=now())
    page = browser.get("/admin/audit")
    assert "CUP 4 5" in page.said
    assert len(page.all(".before-after")[1].select("li")) == 12
    assert page.one("details summary:-soup-contains('68 more lines')") is not None
    assert {value.get_text() for value in page.all("ins")} == {"$1.89", "5"}


def note(app: Flask, action: str, about: tuple[str, str], **changes: tuple[object, object]) -> None:
    named = {field.replace("__", " "): change for field, change in changes.items()}
    with app.app_context(), transaction():
        services.record(actor="system", action=action, about=about, changes=named, at=now())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            [
                "Suggested by the rules $4.64 Paid back $3.63",
                "Asked by Fay",
                "State Awaiting review Approved",
                "Kind Exchange",
                "State Packed On its way ups 1Z9",
                "Order state Open Cancelled Reason The shop called it off",
                "Refund $3.63",
                "Seen to by Fay",
            ],
        ),
        (
            "zh",
            [
                "按规则应退 US$4.64 已退款 US$3.63",
                "申请人 Fay",
                "状态 待审核 已通过",
                "类型 换货",
                "状态 已打包 配送中 ups 1Z9",
                "订单状态 进行中 已取消 原因 由商店取消",
                "退款 US$3.63",
                "处理人 Fay",
            ],
        ),
    ],
)
def test_what_changed_is_read_in_words_amounts_and_names(app: Flask, language: str, words: list[str]) -> None:
    browser = at_work(app, Role.FINANCE, "Fay")
    note(app, "return.refund", ("return", "X-R1"), suggested=(None, 464), paid__back=(None, 363))
    note(app, "approval.approve", ("order", "X"), asked_by=(None, "staff:1"))
    note(app, "return.approve", ("return", "X-R1"), state=("requested", "approved"))
    note(app, "return.ask", ("return", "X-R1"), kind=("", "exchange"))
    note(app, "parcel.ship", ("parcel", "X-1"), state=("packed", "shipped ups 1Z9"))
    note(app, "order.cancel", ("order", "X"), status=("open", "cancelled"), reason=(None, "by_shop"))
    note(app, "order.refund", ("order", "X"), refund=(None, "3.63"))
    note(app, "ticket.assign", ("ticket", "X"), assigned_to=(None, 1))
    browser.language = language
    said = browser.get("/admin/audit").said
    assert [each for each in words if each not in said] == [], said


def test_every_deed_that_is_written_down_has_a_title() -> None:
    written = re.compile(r"""(?:action=|_note\(|_tell\(\w+, )"([a-z_]+\.[a-z_]+)\"""")
    files = [path for folder in ("admin", "storefront") for path in (ROOT / folder).rglob("*.py")]
    found = {action for path in files for action in written.findall(path.read_text())}
    assert len(found) > 100
    assert found | {f"return.{step}" for step in ("approve", "reject", "receive", "replace", "close")} <= set(ACTIONS)


def test_what_a_reader_may_not_open_is_plain_words(app: Flask) -> None:
    finance, service = at_work(app, Role.FINANCE), at_work(app, Role.CUSTOMER_SERVICE)
    pages = {"customer": "/admin/customers/7", "search_rule": "/admin/search/rules/7", "order": "/admin/orders/7"}
    for kind in pages:
        note(app, "customer.unblock", (kind, "7"))
    page = finance.get("/admin/audit")
    assert [link["href"] for link in page.all("tbody a")] == ["/admin/orders/7"]
    assert "Customer 7" in page.said
    assert finance.get(pages["customer"]).status == finance.get(pages["search_rule"]).status == 403
    assert service.get(pages["customer"]).status == 404
