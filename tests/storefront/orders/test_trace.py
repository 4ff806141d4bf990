"""Why this price: what the order remembers, as the shopper, the agent and finance read it."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.money import Money
from storefront.mail.models import OutboxMail
from storefront.orders.models import Order, OrderLine
from storefront.pricing.allocation import TraceStep
from storefront.pricing.chain import full_chain
from storefront.pricing.label import Label
from storefront.pricing.snapshot import Stage
from tests.admin.people import at_work
from tests.browser import Shopper
from tests.factories import make_price_list, make_product, make_promotion
from tests.storefront.checkout.desk import open_shop, order, with_cart

AFTER_20 = [{"kind": "spend_at_least", "amount_minor": 2000}]


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.fixture
def placed(app: Flask) -> tuple[Shopper, str]:
    """Lamps at 10.00 (9.00 on a list) and cups at 5.00 with 3.00 off both, a mug as a gift, delivery without a fee."""
    open_shop(app, price=1000, stock=9)
    with app.app_context(), transaction():
        lamp = db.session.scalars(db.select(Variant).where(Variant.sku == "LAMP")).one()
        make_price_list("Spring prices", entries={lamp.id: 900})
        make_product("Cup", price=500, sku="CUP")
        make_product("Mug", price=400, sku="MUG")
        ladder = {"kind": "spend_ladder", "rungs": [{"spend_minor": 2000, "off_minor": 300}]}
        make_promotion(conditions=[], benefits=[ladder], name="Three off")
        make_promotion(
            conditions=[], benefits=[{"kind": "amount_off", "amount_minor": 100}], combines_with=[], name="One"
        )
        make_promotion(
            conditions=AFTER_20, benefits=[{"kind": "gift", "skus": ["MUG"], "count": 1}], name="A mug on us"
        )
        free = {"kind": "delivery_off", "basis_points": 10_000}
        make_promotion(conditions=AFTER_20, benefits=[free], promotion_class="shipping", name="No fee")
    shopper = with_cart(app, 2)
    shopper.post("/cart/lines", {"sku": "CUP", "quantity": "1"})
    page = order(shopper)
    assert page.status == 303, page.said
    with app.app_context():
        return shopper, db.session.scalars(db.select(Order.number)).one()


def test_the_shopper_reads_every_step_from_the_base_price_on(placed: tuple[Shopper, str]) -> None:
    shopper, number = placed
    words = shopper.get(f"/orders/{number}").words("#why")
    assert "Price $20.00" in words
    assert "2 × $9.00 -$2.00 $18.00" in words
    assert "Three off (part of $3.00, shared by 2 lines)" in words
    assert "Gift $4.00 A mug on us -$4.00 $0.00" in words
    assert "Delivery fee $5.00 No fee -$5.00 $0.00" in words
    assert "“One” would save $1.00, but not beside the better deal" in words


def test_the_shopper_reads_it_in_chinese(app: Flask, placed: tuple[Shopper, str]) -> None:
    shopper, number = placed
    shopper.post("/language", {"lang": "zh"})
    words = shopper.get(f"/orders/{number}").words("#why")
    assert "2 × US$9.00" in words
    assert "shared by" not in words


@pytest.mark.parametrize("role", [Role.CUSTOMER_SERVICE, Role.FINANCE])
def test_agent_and_finance_read_the_same_with_versions(app: Flask, placed: tuple[Shopper, str], role: Role) -> None:
    words = at_work(app, role).get(f"/admin/orders/{placed[1]}").words("#why")
    assert "Three off (part of $3.00, shared by 2 lines) version 1" in words
    assert "A mug on us version 1 -$4.00 $0.00" in words


def test_what_a_line_came_to_is_where_its_steps_end(app: Flask, placed: tuple[Shopper, str]) -> None:
    shopper, number = placed
    page = shopper.get(f"/orders/{number}")
    ends = [int(str(table.select("data")[-1]["value"])) for table in page.all("#why table")]
    with app.app_context():
        lines = db.session.scalars(db.select(OrderLine).order_by(OrderLine.position)).all()
        paid = [line.unit_price_minor * line.quantity - line.discount_minor for line in lines]
    assert ends == [*paid, 0]


def test_an_old_order_without_line_keys_is_explained_by_sku(app: Flask, placed: tuple[Shopper, str]) -> None:
    with app.app_context(), transaction():
        db.session.execute(db.update(OrderLine).values(line_key=""))
    shopper, number = placed
    words = shopper.get(f"/orders/{number}").words("#why")
    assert "Three off (part of $3.00, shared by 2 lines)" in words


def test_an_order_without_a_trace_says_nothing_to_the_shopper_and_so_to_staff(
    app: Flask, placed: tuple[Shopper, str]
) -> None:
    with app.app_context(), transaction():
        db.session.execute(db.update(Order).values(trace=[{"odd": 1}, 7]))
    shopper, number = placed
    assert shopper.get(f"/orders/{number}").all("#why") == []
    words = at_work(app, Role.FINANCE).get(f"/admin/orders/{number}").words("#why")
    assert "was not recorded" in words


def test_the_letter_links_to_the_reasons(app: Flask, placed: tuple[Shopper, str]) -> None:
    with app.app_context():
        letter = db.session.scalars(db.select(OutboxMail)).one()
    assert "#why" in letter.html


def test_a_chain_begins_with_what_there_was() -> None:
    label = Label.of("tier_price", quantity=1, unit=usd(800))
    tier = TraceStep(Stage.CATALOGUE, label, usd(1000), usd(-200), usd(800), "A")
    first, second = full_chain([tier])
    assert (first.label.kind, first.before, first.after, second) == ("base_price", usd(1000), usd(1000), tier)
    free = TraceStep(Stage.SHIPPING, Label.of("delivery_off", "No fee"), usd(500), usd(-500), usd(0), "delivery")
    assert [step.label.kind for step in full_chain([free])] == ["delivery", "delivery_off"]
    assert full_chain([first]) == (first,)
    assert full_chain([]) == ()
