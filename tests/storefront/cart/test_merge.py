"""A guest's cart comes along at sign-in: nothing lost, nothing beyond what can be bought, changes said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from storefront.cart import codes, queries, services
from storefront.cart.context import merge_words
from storefront.cart.rules import MergedLine, Owner, merged, read_quantity
from storefront.cart.services import Merge
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.pricing.snapshot import Shopper
from tests.factories import make_code, make_customer, make_product, make_promotion


@pytest.mark.parametrize(
    ("mine", "brought", "limits", "expected"),
    [
        ({}, {"A": 2}, {"A": 10}, [MergedLine("A", 0, 2, 2)]),
        ({"A": 1}, {"A": 2}, {"A": 10}, [MergedLine("A", 1, 3, 3)]),
        ({"A": 1}, {"A": 2}, {"A": 2}, [MergedLine("A", 1, 3, 2)]),
        ({"A": 5}, {"A": 2}, {"A": 2}, [MergedLine("A", 5, 7, 5)]),
        ({"A": 1}, {"B": 2}, {"A": 9, "B": 0}, [MergedLine("A", 1, 1, 1), MergedLine("B", 0, 2, 0)]),
        ({"A": 1}, {}, {"A": 9}, [MergedLine("A", 1, 1, 1)]),
    ],
)
def test_two_carts_become_one(
    mine: dict[str, int], brought: dict[str, int], limits: dict[str, int], expected: list[MergedLine]
) -> None:
    assert merged(mine, brought, limits=limits) == expected


def test_a_full_cart_takes_more_of_what_it_has_and_nothing_new() -> None:
    lines = merged({"A": 1, "B": 1}, {"C": 1, "A": 1}, limits={"A": 9, "B": 9, "C": 9}, most_lines=2)
    assert [(line.sku, line.quantity) for line in lines] == [("A", 2), ("B", 1), ("C", 0)]


QUANTITIES = st.dictionaries(st.sampled_from("ABCDE"), st.integers(1, 9))


@given(QUANTITIES, QUANTITIES, st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 9)))
def test_a_merge_never_takes_away_and_never_goes_beyond_the_limit(
    mine: dict[str, int], brought: dict[str, int], limits: dict[str, int]
) -> None:
    for line in merged(mine, brought, limits=limits):
        assert line.before <= line.quantity <= max(line.before, limits.get(line.sku, 0))
        assert line.quantity <= line.wanted


@pytest.mark.parametrize(
    ("text", "number"), [("1", 1), (" 7 ", 7), ("007", 7), ("＋３", 3), ("-0", 0), ("+2", 2), ("99", 99)]
)
def test_quantities_are_read_as_people_type_them(text: str, number: int) -> None:
    assert read_quantity(text, largest=99) == number


@pytest.fixture
def customer_id(app: Flask) -> int:
    with app.app_context(), transaction():
        make_product("Tea", price=1000, stock=5, sku="TEA")
        make_product("Cup", price=3000, stock=5, sku="CUP")
        ten = make_promotion(
            conditions=[], benefits=[{"kind": "percent_off", "basis_points": 1000}], requires_code=True
        )
        make_code(ten, "TEN")
        return make_customer().id


def put(owner: Owner, sku: str, quantity: int) -> str:
    with transaction():
        return services.add_goods(owner=owner, sku=sku, quantity=quantity, at=now()).token


def held(owner: Owner) -> dict[str, int]:
    return {line.sku: line.wanted for line in queries.get_contents(owner).lines}


def bring(token: str, customer_id: int) -> Merge:
    with transaction():
        return services.merge_carts(token=token, customer_id=customer_id, at=now())


def test_goods_and_codes_come_along_and_the_guest_cart_is_gone(app: Flask, customer_id: int) -> None:
    with app.app_context():
        token = put(Owner(), "TEA", 2)
        guest, customer = Owner(token=token), Owner(customer_id=customer_id)
        put(guest, "CUP", 1)
        with transaction():
            shopper = Shopper()
            codes.apply_code(owner=guest, code="ten", shopper=shopper, at=now())
        put(customer, "TEA", 1)
        assert bring(token, customer_id) == Merge(added=3, codes=("TEN",))
        assert held(customer) == {"TEA": 3, "CUP": 1}
        assert queries.get_contents(customer).codes == ("TEN",)
        assert queries.find_cart(guest) is None
        assert bring(token, customer_id) == Merge()


def test_more_than_there_is_does_not_come_along_and_is_said(app: Flask, customer_id: int) -> None:
    with app.app_context():
        token = put(Owner(), "TEA", 4)
        put(Owner(customer_id=customer_id), "TEA", 3)
        merge = bring(token, customer_id)
        assert merge == Merge(added=2, reduced=("Tea",))
        assert held(Owner(customer_id=customer_id)) == {"TEA": 5}
    with app.test_request_context():
        assert merge_words(merge) == [
            "2 items from before you signed in are in your cart.",
            "There are not enough of these, so fewer are in your cart: Tea.",
        ]
        assert merge_words(replace(merge, added=0, reduced=())) == []


def test_what_was_withdrawn_meanwhile_comes_along_visibly(app: Flask, customer_id: int) -> None:
    with app.app_context():
        token = put(Owner(), "TEA", 2)
        with transaction():
            db.session.scalars(db.select(Variant).where(Variant.sku == "TEA")).one().is_active = False
        bring(token, customer_id)
        [line] = queries.get_contents(Owner(customer_id=customer_id)).lines
        assert (line.wanted, line.quantity, line.state) == (2, 0, "withdrawn")


def test_a_token_that_is_nobodys_brings_nothing(app: Flask, customer_id: int) -> None:
    with app.app_context():
        put(Owner(customer_id=customer_id), "TEA", 1)
        assert bring("", customer_id) == Merge()
        assert bring("unknown", customer_id) == Merge()
        assert held(Owner(customer_id=customer_id)) == {"TEA": 1}


def test_what_an_order_took_leaves_the_cart_and_the_rest_stays(app: Flask, customer_id: int) -> None:
    with app.app_context():
        owner = Owner(customer_id=customer_id)
        put(owner, "TEA", 3)
        put(owner, "CUP", 1)
        contents = queries.get_contents(owner)
        with transaction():
            services.remove_bought(contents=contents, bought={"TEA": 2, "CUP": 1}, at=now())
        assert held(owner) == {"TEA": 1}
