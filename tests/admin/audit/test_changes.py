"""The ledger as finance reads it."""

from __future__ import annotations

from flask import Flask

from storefront.accounts.permissions import Role
from storefront.audit import services
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from tests.admin.people import at_work


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
    assert {value.get_text() for value in page.all("ins .money")} == {"$1.89"}
