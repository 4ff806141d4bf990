"""What lists show of a product."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from storefront.catalog import cards
from storefront.catalog.card_lists import cards_by_ids
from storefront.catalog.cards import Badge
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from tests.counting import queries_of
from tests.factories import make_product, make_variant, variant_of


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.mark.usefixtures("context")
class TestCards:
    def test_cards_keep_the_order_asked_and_leave_out_what_cannot_be_shown(self) -> None:
        with transaction():
            milk, bread, hidden = (make_product(name) for name in ("Milk", "Bread", "Hidden"))
            hidden.is_published = False
        shown = cards_by_ids([bread.id, 999, hidden.id, milk.id, bread.id], "en")
        assert [card.name for card in shown] == ["Bread", "Milk"]

    def test_names_come_in_the_readers_language(self) -> None:
        with transaction():
            milk = make_product("Milk", translations={"zh": {"name": "牛奶"}})
        assert cards_by_ids([milk.id], "zh")[0].name == "牛奶"
        assert cards_by_ids([milk.id], "en")[0].name == "Milk"

    def test_the_first_variant_in_stock_stands_for_the_product(self) -> None:
        with transaction():
            milk = make_product("Milk", price=300, stock=0, sku="SMALL")
            make_variant(milk, price=900, stock=4, sku="LARGE", name="1 gal")
        card = cards_by_ids([milk.id], "en")[0]
        assert (card.sku, card.price_minor, card.note, card.more, card.left, card.is_out) == (
            "LARGE", 900, "1 gal", 1, 4, False,
        )  # fmt: skip

    def test_the_first_variant_with_the_options_wished_for_stands_for_the_product(self) -> None:
        with transaction():
            milk = make_product("Milk", price=300, sku="SMALL")
            variant_of(milk).options = {"Size": "1 pt"}
            make_variant(milk, price=900, stock=0, sku="OUT", options={"Size": "1 gal", "Lid": "red"})
            make_variant(milk, price=950, sku="LARGE/1", options={"Size": "1 gal", "Lid": "blue"})
        wished = cards_by_ids([milk.id], "en", wish=[("a.size", ("1 gal", "2 gal"))])[0]
        assert (wished.sku, wished.price_minor) == ("LARGE/1", 950)
        assert wished.url == f"/products/{milk.slug}?sku=LARGE/1"
        assert cards_by_ids([milk.id], "en", wish=[("a.lid", ("red",))])[0].sku == "OUT"
        for wish in ([], [("a.size", ("9 gal",))], [("a.brand-new", ("x",))]):
            usual = cards_by_ids([milk.id], "en", wish=wish)[0]
            assert (usual.sku, usual.url) == ("SMALL", f"/products/{milk.slug}")

    def test_who_looks_for_what_is_reduced_sees_the_reduced_variant(self) -> None:
        with transaction():
            milk, tea = make_product("Milk", price=300, sku="SMALL"), make_product("Tea", price=500, sku="TEA")
            make_variant(milk, price=700, compare_at_minor=900, stock=0, sku="OUT")
            make_variant(milk, price=800, compare_at_minor=900, sku="LARGE")
        shown = [
            (card.sku, card.compare_at_minor) for card in cards_by_ids([milk.id, tea.id], "en", reduced_first=True)
        ]
        assert shown == [("LARGE", 900), ("TEA", None)]
        assert [card.sku for card in cards_by_ids([milk.id], "en")] == ["SMALL"]

    def test_a_product_without_stock_is_out_and_may_be_left_out(self) -> None:
        with transaction():
            milk = make_product("Milk", stock=0)
        assert cards_by_ids([milk.id], "en")[0].is_out
        assert cards_by_ids([milk.id], "en", in_stock_only=True) == []

    def test_only_a_real_reduction_is_shown(self) -> None:
        with transaction():
            low, high = make_product(price=500), make_product(price=500)
            variant_of(low).compare_at_minor = 400
            variant_of(high).compare_at_minor = 800
        assert [card.compare_at_minor for card in cards_by_ids([low.id, high.id], "en")] == [None, 800]

    def test_new_means_published_lately(self) -> None:
        with transaction():
            old = make_product(published_at=now() - timedelta(days=31))
            new = make_product(published_at=now() - timedelta(days=29))
        assert [card.is_new for card in cards_by_ids([old.id, new.id], "en")] == [False, True]

    def test_an_inactive_variant_is_no_offer(self) -> None:
        with transaction():
            milk = make_product("Milk", sku="OLD")
            variant_of(milk).is_active = False
        assert cards_by_ids([milk.id], "en") == []

    def test_badges_come_from_whoever_is_bound(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with transaction():
            milk = make_product("Milk")
        badge = Badge("promo", "2nd half price")
        monkeypatch.setattr(cards, "_offers", lambda shown: {shown[0].product_id: (badge,)})
        assert cards_by_ids([milk.id], "en")[0].badges == (badge,)


def test_a_list_of_any_length_costs_two_queries(app: Flask) -> None:
    with app.app_context(), transaction():
        ids = [make_product().id for _ in range(30)]
    with app.app_context():
        cards_by_ids(ids[:1], "en")
    with queries_of(app) as asked, app.app_context():
        shown = cards_by_ids(ids, "en")
    assert len(shown) == 30
    assert len(asked) == 2, asked
