"""From the cart to the receipt with tax: contained in prices or added to them, and never a surprise at the button."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import time_machine
from flask import Flask

from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.mail.models import OutboxMail
from storefront.orders import ledgers as order_ledgers
from storefront.orders import queries as orders
from storefront.orders.models import Order, OrderAdjustment, OrderLine, OrderTax
from storefront.orders.receipt import receipt_of
from storefront.orders.units import unit_costs
from storefront.pricing.taxes import services as taxes
from storefront.pricing.taxes.models import TaxRate
from storefront.pricing.taxes.plans import ClassPlan, RatePlan
from storefront.pricing.taxes.rules import TaxMode
from tests import factories
from tests.counting import queries_of
from tests.storefront.checkout.desk import buy, open_shop, order, with_cart

NEW_YORK = RatePlan("standard", "US", "NY", "State tax", 40_000)
CITY = RatePlan("standard", "US", "NY", "City tax", 48_750, part=2, name_zh="市税")
GERMANY = RatePlan("standard", "DE", "", "VAT", 190_000)
HOME = RatePlan("standard", "US", "", "Sales tax", 100_000)


def tax(app: Flask, *plans: RatePlan, mode: TaxMode = TaxMode.INCLUSIVE) -> None:
    """Give the shop its classes, standard and food, and these rates."""
    with app.app_context(), transaction():
        taxes.add_class(plan=ClassPlan("Standard"), by="test", at=now())
        taxes.add_class(plan=ClassPlan("Food"), by="test", at=now())
        for plan in plans:
            taxes.add_rate(plan=plan, by="test", at=now())
        taxes.choose_mode(mode=mode, by="test", at=now())


def added(app: Flask, *plans: RatePlan) -> None:
    tax(app, *plans, mode=TaxMode.EXCLUSIVE)


def the_order(app: Flask) -> Order:
    with app.app_context():
        return orders.get_whole(db.session.scalars(db.select(Order.id)).one())


def verify(app: Flask) -> None:
    with app.app_context():
        assert list(order_ledgers.discrepancies()) == []


def test_contained_tax_changes_no_amount_but_says_what_it_is(any_app: Flask) -> None:
    open_shop(any_app)
    tax(any_app, HOME)
    shopper = with_cart(any_app)
    assert "includes Sales tax 10% $2.27" in shopper.get("/cart").said
    page = shopper.get("/checkout")
    assert "includes Sales tax 10% $2.27" in page.said
    assert "Pay $25.00" in page.said
    assert order(shopper, page).status == 303
    placed = the_order(any_app)
    assert (placed.total_minor, placed.tax_minor, placed.tax_added_minor) == (2500, 227, 0)
    assert [(row.order_line_id is None, row.net_minor, row.tax_minor) for row in placed.taxes] == [
        (False, 1818, 182),
        (True, 455, 45),
    ]
    assert placed.lines[0].tax_minor == 182
    verify(any_app)


def test_added_tax_is_paid_named_and_kept_line_by_line(any_app: Flask) -> None:
    open_shop(any_app)
    added(any_app, NEW_YORK, CITY)
    shopper = with_cart(any_app)
    cart = shopper.get("/cart").said
    assert "Tax once your address is known" in cart
    assert "Total before tax $25.00" in cart
    page = order(shopper)
    assert page.status == 409
    assert "Tax is now $2.22; it was $0.00." in page.said
    assert "The total is now $27.22; it was $25.00." in page.said
    assert "State tax 4% $1.00" in page.said
    assert "City tax 4.875% $1.22" in page.said
    assert "Pay $27.22" in page.said
    placed = order(shopper, page)
    assert placed.status == 303
    assert "27.22" in shopper.get(placed.location).said
    row = the_order(any_app)
    assert (row.goods_minor, row.shipping_minor, row.tax_minor, row.tax_added_minor) == (2000, 500, 222, 222)
    assert row.total_minor == 2722
    assert [(reason.kind, reason.label, reason.amount_minor) for reason in row.adjustments] == [
        ("shipping", "Standard delivery", 500),
        ("tax", "State tax 4%", 100),
        ("tax", "City tax 4.875%", 122),
    ]
    assert receipt_of(row).net == Money(2500, "USD")
    verify(any_app)


def test_the_cart_estimates_the_tax_of_the_place_that_is_chosen_there(any_app: Flask) -> None:
    open_shop(any_app)
    added(any_app, NEW_YORK, CITY)
    shopper = with_cart(any_app)
    cart = shopper.get("/cart")
    assert cart.one("details.deliver-to__place").has_attr("open"), "the place is asked for where it decides the tax"
    shopper.submit(cart, "form[action='/cart/destination']", country="US", region="NY")
    said = shopper.get("/cart").said
    for words in ("State tax 4% $1.00", "City tax 4.875% $1.22", "Estimated total $27.22"):
        assert words in said
    assert "Tax is estimated for New York" in said
    shopper.submit(shopper.get("/cart"), "form[action='/cart/destination']", country="US", region="OR")
    said = shopper.get("/cart").said
    assert "Tax $0.00" in said, "a state without a rate is free of tax"
    assert "Estimated total $25.00" in said


def test_the_cart_says_the_taxes_that_prices_contain_at_the_place(app: Flask) -> None:
    open_shop(app)
    tax(app, HOME, NEW_YORK)
    shopper = with_cart(app)
    assert "includes Sales tax 10% $2.27" in shopper.get("/cart").said
    shopper.submit(shopper.get("/cart"), "form[action='/cart/destination']", country="US", region="NY")
    assert "includes State tax 4% $0.96" in shopper.get("/cart").said
    assert "estimated for" not in shopper.get("/cart").said


def test_the_receipt_and_the_letter_name_every_tax(app: Flask) -> None:
    open_shop(app)
    added(app, NEW_YORK, CITY)
    shopper = with_cart(app)
    page = order(shopper, order(shopper))
    shopper.post(page.location, {"amount": "2722", "currency": "USD", "decision": "approve"})
    row = the_order(app)
    receipt = shopper.get(f"/orders/{row.number}").said
    for words in ("State tax 4% $1.00", "City tax 4.875% $1.22", "Total $27.22", "Total without tax $25.00"):
        assert words in receipt
    assert "plus State tax 4% $0.80" in receipt
    with app.app_context():
        letter = db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id).limit(1)).one()
    for words in ("State tax 4%: $1.00", "City tax 4.875%: $1.22", "Total: $27.22", "Total without tax: $25.00"):
        assert words in letter.text


def test_a_chinese_receipt_names_taxes_in_chinese(app: Flask) -> None:
    open_shop(app)
    added(app, NEW_YORK, CITY)
    shopper = with_cart(app)
    shopper.post("/language", {"lang": "zh"})
    assert order(shopper, order(shopper)).status == 303
    assert [reason.label for reason in the_order(app).adjustments][1:] == ["State tax 4%", "市税 4.875%"]
    assert [row.name for row in the_order(app).taxes][:2] == ["State tax", "City tax"]


def test_whoever_lives_elsewhere_pays_the_tax_of_elsewhere(any_app: Flask) -> None:
    open_shop(any_app)
    added(any_app, NEW_YORK)
    shopper = with_cart(any_app)
    assert order(shopper, region="New Jersey", city="Newark", postcode="07102").status == 303
    assert (the_order(any_app).total_minor, the_order(any_app).taxes) == (2500, [])


def test_a_state_is_known_by_its_name(app: Flask) -> None:
    open_shop(app)
    added(app, NEW_YORK)
    shopper = with_cart(app)
    page = order(shopper, region="new york")
    assert "State tax 4% $1.00" in page.said
    assert order(shopper, page, region="N.Y.").status == 303


def test_the_summary_follows_the_address(app: Flask) -> None:
    open_shop(app)
    added(app, NEW_YORK)
    shopper = with_cart(app)
    page = shopper.get("/checkout")
    assert "once your address is known" in page.said
    token = page.one("input[name=token]")["value"]
    values = {"token": str(token), "country": "US", "region": "NY", "email": "ada@example.com"}
    swapped = shopper.post("/checkout/draft", values, htmx=True, headers={"HX-Target": "checkout-summary"})
    assert "State tax 4% $1.00" in swapped.said
    assert "Pay $26.00" in swapped.said


def test_an_edited_rate_stops_the_order_and_says_why(any_app: Flask) -> None:
    open_shop(any_app)
    tax(any_app, HOME)
    shopper = with_cart(any_app)
    page = shopper.get("/checkout")
    with any_app.app_context(), transaction():
        row = db.session.scalars(db.select(TaxRate)).one()
        plan = replace(HOME, millionths=200_000)
        taxes.change_rate(rate_id=row.id, version=row.version, plan=plan, by="test", at=now())
    again = order(shopper, page)
    assert again.status == 409
    assert "The price now includes $4.17 of tax; it was $2.27." in again.said
    assert order(shopper, again).status == 303
    verify(any_app)


def test_what_an_order_was_taxed_is_not_changed_by_later_edits(app: Flask) -> None:
    open_shop(app)
    tax(app, HOME)
    shopper, number = buy(app)
    with app.app_context(), transaction():
        row = db.session.scalars(db.select(TaxRate)).one()
        taxes.remove_rate(rate_id=row.id, version=row.version, by="test", at=now())
    assert "includes Sales tax 10%" in shopper.get(f"/orders/{number}").said
    verify(app)


def test_a_rate_begins_and_ends_with_the_days_of_the_shop(app: Flask) -> None:
    open_shop(app, timezone="Asia/Shanghai")
    tax(app, replace(HOME, valid_from=date(2026, 7, 1), valid_to=date(2026, 7, 31)))
    for moment, is_taxed in (
        ("2026-06-30T15:59:00Z", False),
        ("2026-06-30T16:01:00Z", True),
        ("2026-07-31T15:59:00Z", True),
        ("2026-07-31T16:01:00Z", False),
    ):
        with time_machine.travel(moment, tick=False):
            assert ("includes Sales tax" in with_cart(app).get("/cart").said) is is_taxed, moment


def test_goods_are_taxed_by_their_class_and_a_variant_by_its_own(any_app: Flask) -> None:
    open_shop(any_app)
    added(any_app, NEW_YORK, replace(NEW_YORK, tax_class="food", name="Food tax", millionths=10_000))
    with any_app.app_context(), transaction():
        soup = factories.make_product("Soup", price=1000, sku="SOUP", tax_class="food")
        factories.make_variant(soup, price=1000, sku="PAN", tax_class="standard")
        factories.make_product("Gone", price=1000, sku="GONE", tax_class="gone")
    shopper = with_cart(any_app, 1, "SOUP")
    for sku in ("PAN", "GONE"):
        shopper.post("/cart/lines", {"sku": sku, "quantity": "1"})
    assert order(shopper, order(shopper)).status == 303
    row = the_order(any_app)
    assert {line.sku: line.tax_minor for line in row.lines} == {"SOUP": 10, "PAN": 40, "GONE": 40}
    assert row.tax_minor == 10 + 40 + 40 + 20
    verify(any_app)


def test_discounts_lower_the_tax_and_each_unit_has_its_share(any_app: Flask) -> None:
    open_shop(any_app, price=999)
    added(any_app, NEW_YORK, CITY)
    with any_app.app_context(), transaction():
        factories.make_promotion(conditions=[], benefits=[{"kind": "percent_off", "basis_points": 1000}])
    shopper = with_cart(any_app, 3)
    assert order(shopper, order(shopper)).status == 303
    verify(any_app)
    row = the_order(any_app)
    [line] = row.lines
    units = unit_costs(row, line)
    paid = line.quantity * line.unit_price_minor - line.discount_minor
    assert sum(unit.net.minor for unit in units) == paid
    assert sum(unit.tax.minor for unit in units) == line.tax_minor
    assert sum(unit.gross.minor for unit in units) == paid + line.tax_minor
    assert max(unit.tax.minor for unit in units) - min(unit.tax.minor for unit in units) <= 1
    assert row.tax_minor == round((paid + 500) * 0.08875)


def test_gifts_bear_no_tax(any_app: Flask) -> None:
    open_shop(any_app)
    added(any_app, NEW_YORK)
    with any_app.app_context(), transaction():
        factories.make_product("Mug", price=700, sku="MUG")
        factories.make_promotion(conditions=[], benefits=[{"kind": "gift", "skus": ["MUG"]}])
    shopper = with_cart(any_app)
    assert order(shopper, order(shopper)).status == 303
    row = the_order(any_app)
    assert {line.sku: (line.is_gift, line.tax_minor) for line in row.lines} == {"LAMP": (False, 80), "MUG": (True, 0)}
    assert row.total_minor == 2500 + 100
    verify(any_app)


def test_an_order_of_nothing_is_taxed_nothing(app: Flask) -> None:
    open_shop(app, price=0)
    added(app, HOME)
    with app.app_context(), transaction():
        factories.make_promotion(conditions=[], benefits=[{"kind": "delivery_off"}], promotion_class="shipping")
    shopper = with_cart(app)
    assert order(shopper).status == 303
    row = the_order(app)
    assert (row.total_minor, row.tax_minor) == (0, 0)
    verify(app)


@pytest.mark.parametrize(
    ("table", "values", "ledger"),
    [
        (OrderTax, {"tax_minor": OrderTax.tax_minor + 1}, {"order tax", "line tax"}),
        (OrderTax, {"net_minor": OrderTax.net_minor + 1}, {"net amounts"}),
        (OrderTax, {"units": [1, 2]}, {"tax units"}),
        (OrderTax, {"units": [182]}, {"tax units"}),
        (OrderLine, {"tax_minor": OrderLine.tax_minor + 1}, {"line tax", "net amounts"}),
        (Order, {"tax_minor": Order.tax_minor + 1}, {"order tax"}),
        (OrderAdjustment, {"kind": "tax"}, {"orders", "net amounts"}),
    ],
)
def test_the_ledgers_find_what_does_not_add_up(
    any_app: Flask, table: type, values: dict[str, object], ledger: set[str]
) -> None:
    open_shop(any_app)
    tax(any_app, HOME)
    buy(any_app)
    with any_app.app_context(), transaction():
        statement = db.update(table).values(**values)
        if table is OrderTax:
            statement = statement.where(OrderTax.order_line_id.is_not(None))
        db.session.execute(statement)
    with any_app.app_context():
        assert {found.ledger for found in order_ledgers.discrepancies()} == ledger


def test_the_database_refuses_a_total_without_its_tax(app: Flask) -> None:
    open_shop(app)
    added(app, HOME)
    shopper = with_cart(app)
    assert order(shopper).status == 303
    for values in ({"tax_added_minor": 0}, {"tax_minor": 1}, {"total_minor": 1}):
        with app.app_context(), pytest.raises(Exception, match=r"(?i)check constraint"), transaction():
            db.session.execute(db.update(Order).values(**values))


def test_pages_of_a_shop_without_taxes_are_as_they_were(app: Flask) -> None:
    open_shop(app)
    shopper = with_cart(app)
    for url in ("/cart", "/checkout"):
        said = shopper.get(url).said
        assert "includes" not in said.replace("include tax", "")
        assert "once your address is known" not in said
    assert order(shopper).status == 303
    assert the_order(app).tax_minor == 0
    verify(app)


def test_tax_without_a_region_waits_for_nothing(app: Flask) -> None:
    open_shop(app, country="DE")
    added(app, GERMANY)
    said = with_cart(app).get("/checkout").said
    assert "VAT 19% $4.75" in said
    assert "once your address is known" not in said


def test_the_class_of_a_variant_counts_before_that_of_its_product(app: Flask) -> None:
    open_shop(app)
    tax(app, HOME)
    with app.app_context(), transaction():
        db.session.execute(db.update(Variant).values(tax_class="food"))
        db.session.execute(db.update(Product).values(tax_class="standard"))
    assert "includes Sales tax 10% $0.45" in with_cart(app).get("/cart").said


def test_pages_read_the_rates_once_in_a_while(app: Flask) -> None:
    open_shop(app)
    tax(app, HOME)
    shopper = with_cart(app)
    shopper.get("/cart")
    with queries_of(app) as asked:
        for url in ("/cart", "/checkout", "/cart"):
            assert "includes Sales tax" in shopper.get(url).said
    assert [statement for statement in asked if "tax_rate" in statement] == []
