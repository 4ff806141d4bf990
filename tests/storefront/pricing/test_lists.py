"""Price lists: written, read back as options, kept by the process, told in the history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask, current_app

from storefront.audit.queries import list_entries_about
from storefront.catalog import services as catalog
from storefront.catalog.services import VariantPrice
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.kernel.money import Money
from storefront.pricing import queries, services
from storefront.pricing.catalogue import catalogue_price
from storefront.pricing.errors import StalePriceList
from storefront.pricing.history import Lowest
from storefront.pricing.models import PriceChange, PriceList
from storefront.pricing.plans import EntryPlan, ListPlan
from storefront.pricing.snapshot import PriceSource, Shopper
from tests.counting import queries_of
from tests.factories import make_group, make_price_list, make_product, variant_of

GUEST = Shopper()
BY = "staff:1"


@pytest.fixture
def lamp(any_app: Flask) -> Iterator[int]:
    """A variant at 10.00, inside the application."""
    with any_app.app_context():
        with transaction():
            lamp = variant_of(make_product("Lamp", price=1000, sku="LAMP")).id
        yield lamp


def priced(variant_id: int, shopper: Shopper = GUEST, quantity: int = 1, base: int = 1000) -> tuple[int, str]:
    options = queries.options_for([variant_id], now()).get(variant_id, ())
    found = catalogue_price(Money(base, "USD"), options, shopper=shopper, quantity=quantity)
    return found.unit_price.minor, found.source.value


def add(plan: ListPlan, *entries: EntryPlan) -> PriceList:
    with transaction():
        row = services.add_list(plan=plan, by=BY, at=now())
        services.set_entries(list_id=row.id, version=row.version, entries=entries, by=BY, at=now())
    return row


def entry(variant_id: int, price: int, quantity: int = 1) -> EntryPlan:
    return EntryPlan(variant_id, quantity, Money(price, "USD"))


def test_a_list_for_everybody_lowers_the_price_at_once(lamp: int) -> None:
    assert priced(lamp) == (1000, "base")
    add(ListPlan("Sale"), entry(lamp, 800))
    assert priced(lamp) == (800, "list")


def test_tiers_and_groups_have_prices_that_others_do_not_see(lamp: int) -> None:
    with transaction():
        make_group("schools")
    add(ListPlan("Members", tiers=("gold",), groups=("schools",)), entry(lamp, 700))
    assert priced(lamp) == (1000, "base")
    assert priced(lamp, Shopper(known=True, tier="gold")) == (700, "tier")
    assert priced(lamp, Shopper(known=True, groups=frozenset({"schools"}))) == (700, "list")


def test_an_entry_of_its_own_wins_over_the_percentage_of_the_list(lamp: int) -> None:
    with transaction():
        cup = variant_of(make_product("Cup", price=1000)).id
    add(ListPlan("Sale", basis_points=9000), entry(cup, 990))
    assert (priced(lamp), priced(cup)) == ((900, "list"), (990, "list"))


def test_many_pieces_cost_less_each(lamp: int) -> None:
    add(ListPlan("Boxes"), entry(lamp, 900, 10))
    assert (priced(lamp, quantity=9), priced(lamp, quantity=10)) == ((1000, "base"), (900, "quantity"))


def test_a_list_holds_from_its_first_second_to_the_last_before_its_end(lamp: int) -> None:
    start = now() + timedelta(hours=1)
    end = start + timedelta(hours=1)
    add(ListPlan("Hour", starts_at=start, ends_at=end), entry(lamp, 500))
    second = timedelta(seconds=1)
    held = [lamp in queries.options_for([lamp], at) for at in (start - second, start, end - second, end)]
    assert held == [False, True, True, False]
    options = queries.options_for([lamp], start)[lamp]
    assert options[0].source is PriceSource.SCHEDULED


def test_no_list_costs_no_query_after_the_first(lamp: int) -> None:
    queries.options_for([lamp], now())
    with queries_of(current_app) as asked:  # type: ignore[arg-type]
        assert queries.options_for([lamp], now()) == {}
    assert asked == []


def test_what_another_process_wrote_is_seen(lamp: int) -> None:
    assert queries.options_for([lamp], now()) == {}
    with transaction():
        row = make_price_list("Sale", entries={lamp: 600})
    queries._lists._held = (queries._lists._held[0] - 3, queries._lists._held[1])  # type: ignore[index]
    assert priced(lamp)[0] == 600
    with transaction():
        db.session.get_one(PriceList, row.id).is_active = False
    queries._lists._held = (queries._lists._held[0] - 3, queries._lists._held[1])  # type: ignore[index]
    assert priced(lamp)[0] == 1000


def test_two_who_edit_one_list_do_not_overwrite_each_other(lamp: int) -> None:
    row = add(ListPlan("Sale"), entry(lamp, 800))
    number, version = row.id, row.version
    with transaction():
        services.change_list(list_id=number, version=version, plan=ListPlan("Mine"), by=BY, at=now())
    with pytest.raises(StalePriceList), transaction():
        services.change_list(list_id=number, version=version, plan=ListPlan("Yours"), by=BY, at=now())
    with pytest.raises(StalePriceList), transaction():
        services.set_entries(list_id=number, version=version, entries=[entry(lamp, 1)], by=BY, at=now())
    assert db.session.get_one(PriceList, number).name == "Mine"
    assert priced(lamp) == (800, "list")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "Sale", "basis_points": 0}, "percent"),
        ({"name": "Sale", "basis_points": 10_000}, "percent"),
        ({"name": "Sale", "basis_points": -5}, "percent"),
        ({"name": "Sale", "starts_at": now(), "ends_at": now() - timedelta(days=1)}, "ends_at"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_at_its_field(values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        ListPlan(**values)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_prices_that_make_no_sense_are_refused(lamp: int) -> None:
    for price, quantity in ((-1, 1), (10**12, 1), (5, 0), (5, 10_000)):
        with pytest.raises(Invalid):
            entry(lamp, price, quantity)
    with pytest.raises(Invalid):
        add(ListPlan("Sale"), entry(lamp, 5), entry(lamp, 6))
    with pytest.raises(Invalid) as refused:
        add(ListPlan("Sale", groups=("nobody",)))
    assert refused.value.field == "groups"


def test_every_change_of_a_list_is_audited(lamp: int) -> None:
    row = add(ListPlan("Sale"), entry(lamp, 800))
    entries = list_entries_about("price_list", str(row.id))
    assert [told.action for told in entries] == ["price_list.prices", "price_list.add"]
    assert entries[0].changes == {"LAMP": [None, 800]}
    with transaction():
        number = db.session.scalar(db.select(db.metadata.tables["price_entry"].c.id))
        services.remove_entries(list_id=row.id, version=row.version, entry_ids=[number], by=BY, at=now())
    assert list_entries_about("price_list", str(row.id))[0].changes == {"LAMP": [800, None]}
    assert priced(lamp)[0] == 1000


def test_a_new_base_price_is_written_down_with_who_made_it(lamp: int) -> None:
    with transaction():
        product = db.session.execute(
            db.text("SELECT product_id FROM variant WHERE id = :id"), {"id": lamp}
        ).scalar_one()
        prices = {lamp: VariantPrice(Money(900, "USD"), Money(1000, "USD"))}
        catalog.change_prices(product_id=product, version=1, prices=prices, by=BY, at=now())
    told = queries.list_changes([lamp])
    assert [(change.source, change.before_minor, change.after_minor, change.actor) for change in told] == [
        ("base", 1000, 900, BY)
    ]
    assert queries.lowest_price(lamp, now(), 30) == Lowest(1000, 30, is_before=True)


def test_a_list_for_everybody_is_part_of_the_history_and_one_for_members_is_not(lamp: int) -> None:
    with transaction():
        make_group("schools")
    add(ListPlan("Schools", groups=("schools",)), entry(lamp, 100))
    assert queries.list_changes([lamp]) == []
    end = now() + timedelta(days=2)
    add(ListPlan("Sale", ends_at=end), entry(lamp, 800), entry(lamp, 500, 10))
    told = queries.list_changes([lamp])
    assert [(change.list_name, change.before_minor, change.after_minor) for change in told] == [
        ("Sale", 800, None), ("Sale", None, 800),
    ]  # fmt: skip
    assert told[0].at == end


def test_a_share_of_the_price_follows_the_base_price_in_the_history(lamp: int) -> None:
    add(ListPlan("Everything", basis_points=8000))
    with transaction():
        product = db.session.execute(
            db.text("SELECT product_id FROM variant WHERE id = :id"), {"id": lamp}
        ).scalar_one()
        prices = {lamp: VariantPrice(Money(500, "USD"))}
        catalog.change_prices(product_id=product, version=1, prices=prices, by=BY, at=now())
    told = {(change.source, change.before_minor, change.after_minor) for change in queries.list_changes([lamp])}
    assert told == {("list", None, 800), ("base", 1000, 500), ("list", 800, 400)}
    assert queries.lowest_price(lamp, now(), 30) == Lowest(800, 30, is_before=True)


def test_switching_a_list_off_ends_its_prices_in_the_history(lamp: int) -> None:
    row = add(ListPlan("Sale"), entry(lamp, 800))
    with transaction():
        plan = ListPlan("Sale", is_active=False)
        services.change_list(list_id=row.id, version=row.version, plan=plan, by=BY, at=now())
        again = db.session.get_one(PriceList, row.id)
        services.change_list(list_id=row.id, version=again.version, plan=plan, by=BY, at=now())
    assert priced(lamp) == (1000, "base")
    rows = db.session.execute(db.select(PriceChange.before_minor, PriceChange.after_minor).order_by(PriceChange.id))
    assert [tuple(each) for each in rows] == [(None, 800), (800, None)]


def test_the_lowest_price_is_one_query(lamp: int) -> None:
    add(ListPlan("Sale"), entry(lamp, 800))
    queries.lowest_price(lamp, now(), 30)
    with queries_of(current_app) as asked:  # type: ignore[arg-type]
        assert queries.lowest_price(lamp, now(), 30) == Lowest(1000, 30, is_before=True)
    assert len(asked) == 1
    assert queries.lowest_price(lamp + 1, now(), 30) is None
