"""A request's life: asked, decided, received, paid back or replaced; and what is refused on the way."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import services as fulfilment
from storefront.inventory.models import StockMovement
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.kernel.states import NotAllowed
from storefront.loyalty import queries as loyalty
from storefront.loyalty import services as points
from storefront.mail.models import OutboxMail
from storefront.orders import services as order_services
from storefront.orders.states import CancelReason
from storefront.payments import services as payments
from storefront.payments.models import Refund
from storefront.promotions.models import CouponCode
from storefront.returns import jobs, ledgers, queries, services
from storefront.returns.errors import (
    AlreadyOpen,
    AmountNeedsReason,
    CannotReplace,
    MoreThanCanComeBack,
    NoSuchExchange,
    TooMuchBack,
)
from storefront.returns.models import Return, ReturnLine
from storefront.returns.offering import offer_of
from storefront.returns.states import Remedy, ReturnKind, ReturnReason, ReturnState
from tests import factories
from tests.storefront.inventory.shelves import race
from tests.storefront.returns.goods import (
    STAFF,
    approve,
    ask,
    buy,
    decide,
    delivered,
    give_back,
    lines_at,
    order_of,
    pay,
    pay_back,
    place,
    receive,
    refund,
    refunded,
    wrongs,
)

LADDER = {"kind": "spend_ladder", "rungs": [{"spend_minor": 15000, "off_minor": 2000}]}


def again(found: Return) -> Return:
    db.session.rollback()
    return queries.get_by_id(found.id)


def replace(found: Return) -> Return:
    with transaction():
        return services.replace(found=found, by=STAFF, at=now())


def sizes(*prices: int, units: int = 1, **options: object) -> tuple[str, list[int]]:
    """Buy the first of a product's sizes; return the order's number and the ids of all sizes."""
    with transaction():
        shirt = factories.make_product("Shirt", price=prices[0], stock=5)
        others = [factories.make_variant(shirt, price=price, stock=5, name=f"Size {price}").id for price in prices[1:]]
        first = factories.variant_of(shirt).id
        number = place({first: units}, **options)
    return delivered(number), [first, *others]


def exchange(number: str, wanted: int, units: int = 1) -> Return:
    line = order_of(number).lines[0].id
    found = ask(number, {line: units}, kind=ReturnKind.EXCHANGE, reason=ReturnReason.TOO_SMALL, wants={line: wanted})
    return replace(receive(approve(found)))


def test_goods_come_back_and_money_goes_back(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 3)}, off=500)
        lamp = order_of(number).lines[0].id
        first = give_back(number, {lamp: 1})
        assert (first.number, first.goods_minor, refunded(number)) == (f"{number}-R1", 833, 833)
        second = give_back(number, {lamp: 2})
        assert (second.number, refunded(number)) == (f"{number}-R2", 2500)
        assert order_of(number).payment_status == "partially_refunded"
        assert [event.state for event in queries.list_events(second.id)] == [
            *(ReturnState.REQUESTED, ReturnState.APPROVED, ReturnState.RECEIVED),
            *(ReturnState.REFUNDING, ReturnState.REFUNDED),
        ]
        told = [event.kind for event in order_of(number).events if event.facts.get("return") == second.number]
        assert told == ["return_asked", "return_approved", "return_received"]
        with pytest.raises(MoreThanCanComeBack):
            ask(number, {lamp: 1})
        assert wrongs() == []


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.permutations(["Lamp"] * 3 + ["Cup"] * 2), cuts=st.sets(st.integers(1, 4)), off=st.integers(0, 666))
def test_whatever_the_sequence_all_that_was_paid_for_goods_goes_back(
    app: Flask, pieces: list[str], cuts: set[int], off: int
) -> None:
    with app.app_context():
        number = buy({"Lamp": (1000, 3), "Cup": (333, 2)}, off=off)
        lines = dict(zip(("Lamp", "Cup"), lines_at(number, 1000, 333), strict=True))
        bounds = [0, *sorted(cuts), len(pieces)]
        for start, end in pairwise(bounds):
            batch = pieces[start:end]
            give_back(number, {lines[name]: batch.count(name) for name in set(batch)}, reason=ReturnReason.DAMAGED)
            assert refunded(number) <= order_of(number).paid_minor
        assert refunded(number) == order_of(number).paid_minor
        assert order_of(number).payment_status == "refunded"
        assert wrongs() == []


def test_a_refund_says_how_much_of_it_is_for_delivery(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 2)})
        lamp = order_of(number).lines[0].id
        found = receive(approve(ask(number, {lamp: 2}, reason=ReturnReason.FAULTY)))
        assert (found.goods_minor, found.freight_minor, found.suggested_minor) == (2000, 500, 2500)
        refund(found, 1250, "half of it")
        pay_back()
        found = again(found)
        assert [(each.amount_minor, each.freight_minor) for each in db.session.scalars(select(Refund))] == [(1250, 250)]


def test_the_amount_follows_what_was_accepted_and_staff_may_decide_otherwise(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 3)})
        lamp = order_of(number).lines[0].id
        found = ask(number, {lamp: 3})
        assert found.suggested_minor == 3000
        found = receive(approve(found), {lamp: 2}, restock=False)
        assert found.suggested_minor == 2000
        with pytest.raises(AmountNeedsReason):
            refund(found, 1500)
        with pytest.raises(TooMuchBack):
            refund(found, 3501, "generous")
        found = refund(found, 1500, "It was scratched")
        pay_back()
        found = again(found)
        assert (found.suggested_minor, found.actual_minor, found.refunded_minor) == (2000, 1500, 1500)
        assert queries.list_claimable(order_of(number).id)[0].most(ReturnKind.RETURN) == 1
        assert wrongs() == []


def test_what_can_be_sold_again_goes_on_its_shelf_and_the_rest_is_written_off(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 2), "Cup": (300, 1)})
        lamp, cup = lines_at(number, 1000, 300)
        found = approve(ask(number, {lamp: 2, cup: 1}))
        with transaction():
            sold, written_off = services.Reception("as_new", 2, True), services.Reception("damaged", 1)
            services.receive(
                found=found,
                receptions={lamp: sold, cup: written_off},
                warehouse_id=factories.main_warehouse().id,
                by=STAFF,
                at=now(),
            )
        rows = db.session.execute(
            db.select(StockMovement.kind, StockMovement.on_hand_delta).where(StockMovement.reference == found.number)
        ).all()
        assert [tuple(row) for row in rows] == [("returned", 2)]
        assert wrongs() == []


def test_a_refused_refund_leads_back_and_can_be_tried_again(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 1)}, pays_at_the_door=True)
        found = refund(receive(approve(ask(number, {order_of(number).lines[0].id: 1}))))
        assert again(found).state == ReturnState.REFUNDING
        pay_back(succeeded=False)
        assert (again(found).state, again(found).refunded_minor) == (ReturnState.RECEIVED, 0)
        refund(found)
        pay_back()
        assert (again(found).state, refunded(number), again(found).attempts) == (ReturnState.REFUNDED, 1000, 2)
        assert wrongs() == []


def test_one_request_of_an_order_at_a_time_and_withdrawing_makes_room(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 2)})
        lamp = order_of(number).lines[0].id
        found = ask(number, {lamp: 2})
        with pytest.raises(AlreadyOpen, match=found.number):
            ask(number, {lamp: 1})
        with transaction():
            services.withdraw(found=found, by="guest", at=now())
        with pytest.raises(NotAllowed):
            approve(found)
        assert ask(number, {lamp: 2}).number == f"{number}-R2"


def test_of_two_who_ask_at_once_one_is_first(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 2)})
        lamp = order_of(number).lines[0].id

    def try_it() -> None:
        with any_app.app_context():
            ask(number, {lamp: 2})

    assert sorted(race([try_it] * 4)) == ["AlreadyOpen"] * 3 + ["done"]
    with any_app.app_context():
        assert wrongs() == []


def test_of_two_who_pay_back_at_once_one_does(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 2)})
        found = receive(approve(ask(number, {order_of(number).lines[0].id: 2})))

    def try_it() -> None:
        with any_app.app_context():
            refund(found)

    assert sorted(race([try_it] * 3)) == ["NotAllowed", "NotAllowed", "done"]
    with any_app.app_context():
        pay_back()
        assert refunded(number) == 2000
        assert wrongs() == []


def test_an_exchange_for_another_size_costs_nothing_and_goes_out_as_an_order(any_app: Flask) -> None:
    with any_app.app_context():
        number, (_, large) = sizes(1000, 1000, units=2, off=300)
        found = exchange(number, large, units=2)
        follow_up = order_of(found.follow_up_number)
        assert (found.state, follow_up.total_minor, follow_up.payment_status) == ("replaced", 0, "paid")
        assert [(line.variant_id, line.quantity) for line in follow_up.lines] == [(large, 2)]
        assert wrongs() == []
        delivered(follow_up.number)
        assert again(found).state == ReturnState.CLOSED
        assert refunded(number) == 0


def test_what_replaced_goods_can_be_returned_in_turn_for_what_they_had_cost(any_app: Flask) -> None:
    with any_app.app_context():
        number, (_, large) = sizes(1000, 1000, off=300)
        follow_up = delivered(exchange(number, large).follow_up_number)
        found = give_back(follow_up, {order_of(follow_up).lines[0].id: 1})
        assert (found.actual_minor, refunded(number), refunded(follow_up)) == (700, 700, 0)
        assert wrongs() == []


def test_a_dearer_variant_is_paid_before_it_leaves_a_cheaper_one_pays_back(any_app: Flask) -> None:
    with any_app.app_context():
        number, (_, dear) = sizes(1000, 1400)
        found = exchange(number, dear)
        follow_up = order_of(found.follow_up_number)
        assert (follow_up.total_minor, follow_up.payment_status) == (400, "unpaid")
        with transaction():
            pay(order_of(follow_up.number))
        delivered(follow_up.number)
        assert again(found).state == ReturnState.CLOSED
        give_back(follow_up.number, {order_of(follow_up.number).lines[0].id: 1})
        assert (refunded(follow_up.number), refunded(number)) == (400, 1000)
        other, (_, cheap) = sizes(1000, 600)
        found = exchange(other, cheap)
        pay_back()
        assert (again(found).actual_minor, again(found).refunded_minor, refunded(other)) == (400, 400, 400)
        assert wrongs() == []


def test_an_exchange_is_for_a_variant_of_the_same_product_that_is_there(any_app: Flask) -> None:
    with any_app.app_context():
        number, (_, large) = sizes(1000, 1000)
        line = order_of(number).lines[0].id
        with transaction():
            foreign = factories.variant_of(factories.make_product("Hat")).id
        for wanted in (foreign, 10**6, None):
            with pytest.raises(NoSuchExchange):
                ask(
                    number,
                    {line: 1},
                    kind=ReturnKind.EXCHANGE,
                    reason=ReturnReason.TOO_SMALL,
                    wants={line: wanted} if wanted else None,
                )
        with transaction():
            place({large: 5})
        with pytest.raises(CannotReplace):
            exchange(number, large)
        found = queries.find_open(order_of(number).id)
        assert found is not None
        assert refund(found).remedy == Remedy.REFUND
        pay_back()
        assert refunded(number) == 1000
        assert wrongs() == []


def test_a_replacement_that_is_called_off_leads_back(any_app: Flask) -> None:
    with any_app.app_context():
        number, (_, large) = sizes(1000, 1000)
        found = exchange(number, large)
        with transaction():
            follow_up = order_of(found.follow_up_number)
            order_services.cancel_order(order=follow_up, by=STAFF, at=now(), reason=CancelReason.BY_SHOP)
        assert (again(found).state, again(found).follow_up_number) == (ReturnState.RECEIVED, "")
        refund(found)
        pay_back()
        assert refunded(number) == 1000
        assert wrongs() == []


def test_a_claim_is_paid_or_sent_again_and_nothing_comes_back(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Cup": (300, 2)})
        cup = order_of(number).lines[0].id
        claim = {"kind": ReturnKind.CLAIM, "reason": ReturnReason.DAMAGED}
        sent = approve(ask(number, {cup: 1}, remedy=Remedy.REPLACE, **claim))  # type: ignore[arg-type]
        follow_up = order_of(replace(sent).follow_up_number)
        assert (follow_up.total_minor, follow_up.lines[0].quantity) == (0, 1)
        paid = refund(approve(ask(number, {cup: 1}, **claim)))  # type: ignore[arg-type]
        pay_back()
        assert (again(paid).state, refunded(number)) == (ReturnState.REFUNDED, 300)
        assert wrongs() == []


def test_what_a_carrier_lost_can_be_claimed(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Cup": (300, 1)}, deliver=False)
        cup = order_of(number).lines[0].id
        with transaction():
            parcel = fulfilment.pack_rest(
                order=order_of(number), warehouse_id=factories.main_warehouse().id, by=STAFF, at=now()
            )
            fulfilment.ship(parcel=parcel, label=fulfilment.Label(), by=STAFF, at=now())
        with pytest.raises(MoreThanCanComeBack):
            ask(number, {cup: 1}, kind=ReturnKind.CLAIM, reason=ReturnReason.MISSING)
        with transaction():
            fulfilment.lose(parcel=parcel, by=STAFF, at=now())
        refund(approve(ask(number, {cup: 1}, kind=ReturnKind.CLAIM, reason=ReturnReason.MISSING)))
        pay_back()
        assert refunded(number) == 800
        assert wrongs() == []


def test_points_go_back_pro_rata_and_the_coupon_with_the_last_piece(any_app: Flask) -> None:
    with any_app.app_context():
        decide(points_per_unit=10)
        with transaction():
            customer = factories.make_customer().id
            points.adjust(customer_id=customer, points=300, reason="Welcome", by=STAFF, at=now())
            promotion = factories.make_promotion(
                conditions=[], benefits=[{"kind": "amount_off", "amount_minor": 500}], requires_code=True
            )
            factories.make_code(promotion, "TEN", usage_limit=1)
            promotion_id = promotion.id
        offer = {"off": 500, "promotion_id": promotion_id, "code": "TEN"}
        number = buy({"Lamp": (1000, 3)}, points=300, customer_id=customer, **offer)
        lamp = order_of(number).lines[0].id
        assert loyalty.points_of_order(number).earned == 220
        give_back(number, {lamp: 1})
        did = loyalty.points_of_order(number)
        assert (did.returned, did.reversed) == (99, 73)
        assert db.session.scalars(db.select(CouponCode.used_count)).one() == 1
        give_back(number, {lamp: 2})
        did = loyalty.points_of_order(number)
        assert (did.returned, did.reversed, refunded(number)) == (300, 220, 2200)
        assert db.session.scalars(db.select(CouponCode.used_count)).one() == 0
        assert order_of(number).events[-1].kind == "offers_back"
        assert wrongs() == []


@pytest.mark.parametrize(
    ("policy", "amounts"), [("share", [8000, 8000]), ("re-price", [7000, 9000]), ("keep", [9000, 7000])]
)
def test_policies_price_with_the_promotions_of_that_day(app: Flask, policy: str, amounts: list[int]) -> None:
    with app.app_context():
        decide(refund_policy=policy)
        with transaction():
            promotion = factories.make_promotion(conditions=[], benefits=[LADDER]).id
        number = buy({"Lamp": (9000, 2)}, off=2000, promotion_id=promotion)
        lamp = order_of(number).lines[0].id
        first = give_back(number, {lamp: 1})
        assert first.suggested_minor == amounts[0]
        with time_machine.travel(now() + timedelta(days=1)):
            assert give_back(number, {lamp: 1}).suggested_minor == amounts[1]
        assert wrongs() == []


def test_a_promotion_that_was_changed_since_prices_nothing_anew(app: Flask) -> None:
    with app.app_context():
        decide(refund_policy="re-price")
        with transaction():
            promotion = factories.make_promotion(conditions=[], benefits=[LADDER])
        number = buy({"Lamp": (9000, 2)}, off=2000, promotion_id=promotion.id)
        with transaction():
            changed = {"kind": "spend_ladder", "rungs": [{"spend_minor": 15000, "off_minor": 3000}]}
            db.session.merge(promotion).benefits = [changed]
        assert ask(number, {order_of(number).lines[0].id: 1}).suggested_minor == 8000


def test_every_step_is_a_letter_in_the_customers_language(any_app: Flask) -> None:
    with any_app.app_context():
        for locale, words in (("en", "We have your request"), ("zh", "我们已收到")):
            number = buy({"Lamp": (1000, 2)}, locale=locale)
            lamp = order_of(number).lines[0].id
            first = ask(number, {lamp: 1})
            with transaction():
                services.withdraw(found=first, by="guest", at=now())
            second = ask(number, {lamp: 1})
            with transaction():
                services.reject(found=second, answer="Worn", by=STAFF, at=now())
            give_back(number, {lamp: 1})
            letters = db.session.scalars(
                db.select(OutboxMail).where(OutboxMail.reference.startswith(f"{number}-R")).order_by(OutboxMail.id)
            ).all()
            assert [letter.template.rpartition("/")[2] for letter in letters] == [
                *("requested", "withdrawn", "requested", "rejected"),
                *("requested", "approved", "received", "refunding"),
            ]
            assert words in letters[0].subject
            assert f"/orders/{number}/returns/{number}-R1?key=" in letters[0].text
            assert "Worn" in letters[3].text


def test_letters_of_an_exchange_name_what_comes_instead_and_then_what_goes_out(app: Flask) -> None:
    with app.app_context():
        number, (_, large) = sizes(1000, 1000)
        name = order_of(number).lines[0].name
        found = exchange(number, large)
        letters = db.session.scalars(
            db.select(OutboxMail).where(OutboxMail.reference == found.number).order_by(OutboxMail.id)
        ).all()
        said = {letter.template.rpartition("/")[2]: letter for letter in letters}
        for step in ("requested", "approved", "received"):
            assert f"1 × {name}\nInstead: Size 1000\n" in said[step].text
            assert "Instead: Size 1000" in said[step].html
        assert f"1 × {name} (Size 1000)\n" in said["replaced"].text
        assert "Instead" not in said["replaced"].text
        assert "(Size 1000)" in said["replaced"].html


def test_a_letter_about_a_claim_says_that_the_same_comes_again(app: Flask) -> None:
    with app.app_context():
        number = buy({"Lamp": (1000, 1)})
        lamp = order_of(number).lines[0]
        found = ask(number, {lamp.id: 1}, kind=ReturnKind.CLAIM, reason=ReturnReason.FAULTY, remedy=Remedy.REPLACE)
        letter = db.session.scalars(db.select(OutboxMail).where(OutboxMail.reference == found.number)).one()
        assert f"1 × {lamp.name}\nInstead: The same item again\n" in letter.text


def test_what_ended_long_ago_is_put_away(app: Flask) -> None:
    with app.app_context():
        number = buy({"Lamp": (1000, 1)})
        found = give_back(number, {order_of(number).lines[0].id: 1})
        assert jobs.close_old.call_local() == 0
        with time_machine.travel(now() + timedelta(days=15)):
            assert jobs.close_old.call_local() == 1
        assert again(found).state == ReturnState.CLOSED
        assert wrongs() == []


def test_ledgers_see_what_does_not_add_up(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 2)})
        lamp = order_of(number).lines[0].id
        found = give_back(number, {lamp: 2})
        assert list(ledgers.discrepancies()) == []
        with transaction():
            row = db.session.scalars(db.select(ReturnLine)).one()
            row.restocked, row.amount_minor, row.quantity, row.accepted = 1, 1999, 3, 3
            db.session.get_one(Return, found.id).refunded_minor = 1
        keys = [f"{each.ledger} {each.key}" for each in ledgers.discrepancies()]
        sku = db.session.scalars(db.select(Variant.sku)).one()
        assert keys == [
            f"returns {found.number} refunded",
            f"returns {found.number} goods",
            f"returned pieces {number} {sku}",
            f"returned stock {found.number} {sku}",
        ]


def test_money_that_went_back_elsewhere_leaves_less_to_give(any_app: Flask) -> None:
    with any_app.app_context():
        number = buy({"Lamp": (1000, 1)})
        with transaction():
            amount = Money(900, "USD")
            payments.ask_refund(order=order_of(number), amount=amount, reference="goodwill", by=STAFF, at=now())
        asked = ask(number, {order_of(number).lines[0].id: 1})
        assert (asked.goods_minor, asked.before_minor, asked.suggested_minor) == (1000, 400, 600), "no more is promised"
        found = receive(approve(asked))
        with pytest.raises(TooMuchBack):
            refund(found, 601, "generous")
        refund(found)
        pay_back()
        found = again(found)
        offer = offer_of(found, order_of(number))
        assert (offer.preview.before, offer.total) == (400, Money(600, "USD"))
        assert (again(found).state, refunded(number)) == (ReturnState.REFUNDED, 1500)
        assert wrongs() == []
