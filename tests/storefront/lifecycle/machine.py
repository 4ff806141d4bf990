"""Whatever may happen to orders, in any sequence: each rule lets it happen in the shop and in the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import queries as parcels
from storefront.fulfilment import services as fulfilment
from storefront.fulfilment.models import Parcel
from storefront.fulfilment.rules import Box as Contents
from storefront.fulfilment.rules import Label
from storefront.inventory import jobs as stock_jobs
from storefront.kernel import clock
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.kernel.money import Money
from storefront.orders import jobs as order_jobs
from storefront.orders import queries as orders
from storefront.orders import services as order_services
from storefront.orders.models import Order
from storefront.orders.states import CancelReason
from storefront.payments import jobs as payment_jobs
from storefront.payments import queries as payment_queries
from storefront.payments import services as payments
from storefront.payments import talking
from storefront.payments.models import Refund
from storefront.payments.providers import Outcome, get_provider
from storefront.payments.services import refunds
from tests.browser import Shopper
from tests.storefront.lifecycle import acme, looking
from tests.storefront.lifecycle.model import Box, Model, Sale, Try
from tests.storefront.lifecycle.shop import Shop
from tests.storefront.orders.drafts import draft_of

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
STAFF = looking.STAFF
PROVIDERS = st.sampled_from(["acme", "acme", "acme", "bank", "cod", "sandbox"])
ANY = st.integers(0, 11)
"""Which of those that there are: taken modulo their number."""
MOODS = st.sampled_from(["success", "success", "pending", "failure", "down"])
SHARES = st.sampled_from([1, 300, 1000, 10**6])
"""How much of what may go back or is still to come, in minor units at most."""


class Life(RuleBasedStateMachine):
    """A small shop whose time only the rules move."""

    shop: Shop
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.shop.open_anew()
        self.app: Flask = self.shop.app
        acme.BOOK.__init__()  # type: ignore[misc]
        self.at = MORNING
        self.model = Model(self.shop.on_hand)
        self.count = 0
        self.seen: object = None
        self.tried: dict[str, str] = {}
        self._telling = clock.told_by(lambda: self.at)
        self._telling.__enter__()

    def teardown(self) -> None:
        self._telling.__exit__(None, None, None)

    # Placing and paying

    @precondition(lambda self: sum(sale.is_open for sale in self.sales) < 3 and len(self.sales) < 6)
    @rule(lamps=st.integers(0, 3), cups=st.integers(0, 3), provider=PROVIDERS, is_known=st.booleans())
    def place(self, lamps: int, cups: int, provider: str, is_known: bool) -> None:
        wanted = {sku: units for sku, units in {"LAMP": lamps, "CUP": cups}.items() if units} or {"LAMP": 1}
        with self.deed(may=self.model.has(wanted)) as done, transaction():
            order = self._place(wanted, provider, is_known)
            attempt = payments.start_payment(order=order, provider=get_provider(provider), at=now())
        if not done:
            return
        sale = Sale(order.number, order.id, wanted, order.total_minor, self.at, order.pay_before)
        sale.tries.append(Try(attempt.reference, provider, attempt.amount_minor))
        self.model.place(sale)
        assert attempt.amount_minor == sum(self.shop.prices[sku] * units for sku, units in wanted.items()) + 500
        self._open(attempt.reference)

    @precondition(lambda self: self.model.sales)
    @rule(which=ANY, provider=PROVIDERS)
    def pay_another_way(self, which: int, provider: str) -> None:
        sale = self.sale(which)
        with self.deed(may=self.model.can_choose(sale, provider, self.at)) as done, transaction():
            chosen = get_provider(provider)
            attempt = payments.pay_with(order=self._order(sale), provider=chosen, by="guest", at=now())
        if done:
            missing = sale.total - sale.came + sale.went
            self.model.choose(sale, Try(attempt.reference, provider, missing))
            assert attempt.amount_minor == missing
            self._open(attempt.reference)

    @precondition(lambda self: self.deals("open", "held"))
    @rule(which=ANY, end=st.sampled_from(["held", "paid", "paid", "declined", "expired"]))
    def happens_at_the_provider(self, which: int, end: str) -> None:
        deals = self.deals("open", "held")
        deal = deals[which % len(deals)]
        if deal.state == "held" and end == "held":
            return
        acme.BOOK.move(deal.reference, end)

    @precondition(lambda self: self.deals("open", "held"))
    @rule(which=ANY, end=st.sampled_from(["held", "paid", "paid", "paid"]))
    def pays_and_is_told_of(self, which: int, end: str) -> None:
        self.happens_at_the_provider(which, end)
        self._post(acme.BOOK.letters[-1], status=200)

    @precondition(lambda self: bool(acme.BOOK.letters))
    @rule(which=ANY, is_newest=st.booleans())
    def letter_arrives(self, which: int, is_newest: bool) -> None:
        """In any order, again and again, and long after."""
        letters = acme.BOOK.letters
        self._post(letters[-1] if is_newest else letters[which % len(letters)], status=200)

    @precondition(lambda self: bool(acme.BOOK.letters))
    @rule(which=ANY, fault=st.sampled_from(["amount", "currency", "reference", "signature"]))
    def wrong_letter_arrives(self, which: int, fault: str) -> None:
        body = acme.BOOK.letters[which % len(acme.BOOK.letters)]
        said = replace(acme.read(body), idempotency_key=f"wrong-{self.count}", psp_reference="", refund="")
        amount = Money(said.amount.minor + 1, "USD") if fault == "amount" else Money(said.amount.minor, "CNY")
        wrong = replace(said, amount=amount) if fault in {"amount", "currency"} else replace(said, reference="nobody's")
        is_loss = said.result is acme.FAILURE or said.kind is acme.VOID or said.kind is acme.REFUND
        if fault == "amount" and is_loss:
            return
        self.count += 1
        before = self.digest()
        self._post(acme.written(wrong), status=400 if fault == "signature" else 200, is_signed=fault != "signature")
        assert [each for each in acme.BOOK.heard if each.idempotency_key != wrong.idempotency_key] == []
        acme.BOOK.heard.clear()
        assert self.digest() == before

    @precondition(lambda self: self.tries("sandbox"))
    @rule(which=ANY, decision=st.sampled_from(["approve", "approve", "decline"]))
    def sandbox_decides(self, which: int, decision: str) -> None:
        sale, attempt = self.pick(self.tries("sandbox"), which)
        message = {"amount": str(attempt.amount), "currency": "USD", "decision": decision}
        page = Shopper(self.app).post(f"/payments/{attempt.reference}", message)
        ends = {"paid": "approve", "failed": "decline"}
        if attempt.state == "waits":
            assert page.status == 303
            if decision == "approve":
                self.model.hear_success(sale, attempt, attempt.amount)
            else:
                self.model.hear_nothing(sale, attempt, "failed", self.at)
        else:
            assert page.status == (303 if ends.get(attempt.state) == decision else 409)

    @precondition(lambda self: self.tries("bank"))
    @rule(which=ANY, most=SHARES, is_repeated=st.booleans())
    def transfer_arrives(self, which: int, most: int, is_repeated: bool) -> None:
        sale, _ = self.pick(self.tries("bank"), which)
        attempt = [each for each in sale.tries if each.provider == "bank"][-1]
        missing = sale.total - sale.came + sale.went
        amount = min(most, missing) if missing > 0 else most % 5000 or 700
        self.count += 1
        for name, may in ((f"line {self.count}", True), (f"line {self.count}", False))[: 1 + is_repeated]:
            with self.deed(may=may), transaction():
                money = Money(amount, "USD")
                order = self._order(sale)
                payments.book_transfer(order=order, amount=money, bank_reference=name, by=STAFF, at=now())
        self.model.transfer(sale, attempt, amount, self.at)

    @precondition(lambda self: self.tries("acme"))
    @rule(which=ANY, mood=MOODS)
    def capture(self, which: int, mood: str) -> None:
        _, attempt = self.pick(self.tries("acme"), which)
        acme.BOOK.mood = mood
        with self.deed(may=attempt.state == "held" and mood != "down"):
            talking.capture(attempt.reference)

    # Calling off, and money back

    @precondition(lambda self: sum(not sale.is_open for sale in self.sales) < 2)
    @precondition(lambda self: self.model.sales)
    @rule(which=ANY, reason=st.sampled_from([CancelReason.CHANGED_MIND, CancelReason.BY_SHOP]), mood=MOODS)
    def cancel(self, which: int, reason: CancelReason, mood: str) -> None:
        sale, acme.BOOK.mood = self.sale(which, among=[each for each in self.sales if each.may_cancel]), mood
        with self.deed(may=sale.may_cancel) as done, transaction():
            order_services.cancel_order(order=self._order(sale), by="guest", at=now(), reason=reason)
        if done:
            self.model.call_off(sale, "person")

    @precondition(lambda self: self.model.sales)
    @rule(which=ANY, most=SHARES, name=st.integers(0, 40), mood=MOODS)
    def ask_back(self, which: int, most: int, name: int, mood: str) -> None:
        sale, acme.BOOK.mood = self.sale(which, among=[each for each in self.sales if each.came]), mood
        amount = min(most, sale.refundable) if name % 4 else sale.refundable + 1
        may = self.model.ask_back(sale, amount, f"return-{name}")
        with self.deed(may=may), transaction():
            asked = {"amount": Money(amount, "USD"), "reference": f"return-{name}", "by": STAFF, "at": now()}
            payments.ask_refund(order=self._order(sale), **asked)  # type: ignore[arg-type]

    @precondition(lambda self: self.returns())
    @rule(which=ANY, end=st.sampled_from(["done", "done", "refused"]))
    def money_is_back(self, which: int, end: str) -> None:
        returns = self.returns()
        acme.BOOK.finish(returns[which % len(returns)].key, end)

    @precondition(lambda self: self.deals("paid"))
    @rule(which=ANY, most=SHARES)
    def sent_back_in_their_pages(self, which: int, most: int) -> None:
        deals = self.deals("paid")
        deal = deals[which % len(deals)]
        amount = min(most, acme.BOOK.room(deal.reference))
        if amount:
            self.count += 1
            key = f"own-{self.count}"
            acme.BOOK.returns[key] = acme.Return(deal.reference, Money(amount, "USD"), key)
            acme.BOOK.finish(key, "done")

    @precondition(lambda self: any(back.of.provider in {"bank", "cod"} for sale in self.sales for back in sale.backs))
    @rule(which=ANY, is_paid=st.booleans())
    def paid_back_by_hand(self, which: int, is_paid: bool) -> None:
        hand = [(sale, back) for sale in self.sales for back in sale.backs if back.of.provider in {"bank", "cod"}]
        sale, back = self.pick(hand, which)
        places = [each for each in sale.backs if each.of is back.of]
        with self.app.app_context():
            mine = Refund.payment_id == payment_queries.get_payment(back.of.reference).id
            refund = db.session.scalars(db.select(Refund.id).where(mine).order_by(Refund.id)).all()[places.index(back)]
        with self.deed(may=back.state == "under_way"), transaction():
            refunds.settle_by_hand(refund_id=refund, succeeded=is_paid, by=STAFF, at=now())
        if back.state == "under_way":
            back.state = "done" if is_paid else "failed"

    # The clock

    @rule(minutes=st.sampled_from([1, 12, 31, 60, 60 * 24 * 8]), mood=MOODS, is_slow=st.booleans())
    def time_passes(self, minutes: int, mood: str, is_slow: bool) -> None:
        """The clock's jobs run; on a bad day the one that cancels comes last."""
        self.at += timedelta(minutes=minutes)
        acme.BOOK.mood = mood
        jobs = [self._cancel_overdue, self._give_back_lapsed]
        for job in reversed(jobs) if is_slow else jobs:
            job()
        for sweep in (payment_jobs.sweep_payments, payment_jobs.reconcile):
            with self.app.app_context():
                sweep.call_local()
            self.hear()

    def _cancel_overdue(self) -> None:
        overdue = [sale for sale in self.sales if self.model.is_overdue(sale, self.at)]
        with self.app.app_context():
            assert order_jobs.cancel_unpaid.call_local() == len(overdue)
        for sale in overdue:
            self.model.call_off(sale, "clock")
        self.hear()

    def _give_back_lapsed(self) -> None:
        with self.app.app_context():
            stock_jobs.release_reservations.call_local()
        for sale in self.sales:
            self.model.lapse(sale, self.at)

    # Parcels

    @precondition(lambda self: self.model.sales)
    @rule(which=ANY, lamps=st.integers(0, 3), cups=st.integers(0, 3), where=ANY)
    def pack(self, which: int, lamps: int, cups: int, where: int) -> None:
        sale = self.sale(which, among=[each for each in self.sales if each.may_send])
        place = self.shop.places[where % len(self.shop.places)]
        units = {sku: count for sku, count in {"LAMP": lamps, "CUP": cups}.items() if count}
        left = {sku: sale.wanted.get(sku, 0) - sale.in_boxes(sku) for sku in units}
        fits = bool(units) and all(units[sku] <= left[sku] for sku in units) and self._is_held_at(sale, place, units)
        with self.deed(may=sale.may_send and fits) as done, transaction():
            order = self._order(sale)
            ids = {line.sku: line.id for line in order.lines}
            contents = {ids.get(sku, -1): count for sku, count in units.items()}
            parcel = fulfilment.pack(order=order, box=Contents(place, contents), by=STAFF, at=now())
        if done:
            self.model.pack(sale, Box(parcel.number, units, place))

    @precondition(lambda self: self.model.sales)
    @rule(which=ANY, where=ANY)
    def pack_the_rest(self, which: int, where: int) -> None:
        sale = self.sale(which, among=[each for each in self.sales if each.may_send])
        place = self.shop.places[where % len(self.shop.places)]
        left = {sku: sale.wanted[sku] - sale.in_boxes(sku) for sku in sale.wanted}
        there = self._free_for(sale, place)
        units = {sku: min(count, there.get(sku, 0)) for sku, count in left.items() if min(count, there.get(sku, 0)) > 0}
        with self.deed(may=sale.may_send and bool(units)) as done, transaction():
            parcel = fulfilment.pack_rest(order=self._order(sale), warehouse_id=place, by=STAFF, at=now())
        if done:
            self.model.pack(sale, Box(parcel.number, units, place))

    @precondition(lambda self: self.boxes())
    @rule(which=ANY)
    def ship(self, which: int) -> None:
        sale, box = self.pick(self.boxes(), which)
        may = box.state == "packed" and sale.may_send
        if self.parcel_step(box, may, lambda parcel: fulfilment.ship(parcel=parcel, label=Label(), by=STAFF, at=now())):
            self.model.ship(sale, box)

    @precondition(lambda self: self.boxes())
    @rule(which=ANY)
    def unpack(self, which: int) -> None:
        _, box = self.pick(self.boxes(), which)
        may = box.state == "packed"
        if self.parcel_step(box, may, lambda parcel: fulfilment.unpack(parcel=parcel, by=STAFF, at=now())):
            box.state = "unpacked"

    @precondition(lambda self: self.boxes())
    @rule(which=ANY)
    def arrive(self, which: int) -> None:
        sale, box = self.pick(self.boxes(), which)
        may = box.state in {"shipped", "lost"} and not box.is_resent
        if self.parcel_step(box, may, lambda parcel: fulfilment.arrive(parcel=parcel, by=STAFF, at=now())):
            self.model.arrive(sale, box)

    @precondition(lambda self: self.boxes())
    @rule(which=ANY, restock=st.booleans())
    def go_wrong(self, which: int, restock: bool) -> None:
        """A parcel is lost, comes back, and is sent again, a step at a time."""
        sale, box = self.pick(self.boxes(), which)
        if box.state == "shipped" and not restock:
            self.parcel_step(box, True, lambda parcel: fulfilment.lose(parcel=parcel, by=STAFF, at=now()))
            box.state = "lost"
        elif box.state in {"shipped", "lost"} and not box.is_resent and restock:
            self.parcel_step(
                box, True, lambda parcel: fulfilment.come_back(parcel=parcel, restock=restock, by=STAFF, at=now())
            )
            self.model.come_back(box, restock=restock)
        else:
            may = box.state in {"lost", "returned"} and not box.is_resent and self.model.has(box.units)
            if self.parcel_step(box, may, lambda parcel: fulfilment.send_again(parcel=parcel, by=STAFF, at=now())):
                self.model.send_again(sale, box)

    # What always holds

    @invariant()
    def everything_adds_up(self) -> None:
        type(self).steps += 1
        self.hear()
        if (now_seen := (self.digest(), repr(self.sales), self.at)) == self.seen:
            return
        self.seen = now_seen
        with self.app.app_context():
            assert looking.discrepancies() == []
            assert looking.shelves() == looking.moved() == self.expected_shelves()
            for sale in self.sales:
                told = looking.standing(sale.id)
                assert told["went"] <= told["came"]
                assert told == expected(sale), sale.number

    @invariant()
    def only_what_is_allowed_can_be_done(self) -> None:
        """Of every order and every parcel: what the shop says, what the model says, and what happens on trying."""
        with self.app.app_context():
            before = self.seen
            for sale in self.sales:
                if self._is_new(sale):
                    self._try_order(sale)
                    for number, allowed in looking.boxes_of(sale.id):
                        self._try_parcel(sale, number, allowed)
            assert (looking.digest(), repr(self.sales), self.at) == before

    def _is_new(self, sale: Sale) -> bool:
        """Say whether an order stands elsewhere than when its actions were tried last."""
        place = repr((sale, self.model.has(sale.wanted), [self.model.has(box.units) for box in sale.boxes]))
        before, self.tried[sale.number] = self.tried.get(sale.number), place
        return before != place

    def _try_order(self, sale: Sale) -> None:
        allowed = looking.actions_of(sale.id)
        may = {"pay": sale.may_pay, "cancel": sale.may_cancel, "send": sale.may_send, "deliver": sale.may_deliver}
        assert {action.value for action in allowed & looking.ORDER_DEEDS.keys()} == {key for key in may if may[key]}
        has_goods = bool(sale.reserved or sale.allocated) or self.model.has(sale.wanted)
        is_astray = any(box.state in {"lost", "returned"} and box.has_left for box in sale.boxes)
        hindered = {"pay": not has_goods, "deliver": is_astray}
        for action in looking.ORDER_DEEDS:
            possible = action in allowed and not hindered.get(action.value, False)
            assert looking.can(looking.deed(sale.id, action)) == possible, (sale.number, action)

    def _try_parcel(self, sale: Sale, number: str, allowed: frozenset[Any]) -> None:
        (box,) = (each for each in sale.boxes if each.number == number)
        hindered = {"ship": not sale.may_send, "send_again": not self.model.has(box.units)}
        for action in looking.PARCEL_DEEDS:
            possible = action in allowed and not hindered.get(action.value, False)
            assert looking.can(looking.parcel_deed(number, action)) == possible, (number, action)

    # Helpers

    @property
    def sales(self) -> list[Sale]:
        return list(self.model.sales.values())

    def sale(self, which: int, *, among: Sequence[Sale] = ()) -> Sale:
        """Return one of the orders, most often one `among` those of which something can be hoped."""
        hopeful = among if among and which < 10 else self.sales
        return hopeful[which % len(hopeful)]

    def pick(self, those: list[Any], which: int) -> Any:
        return those[which % len(those)]

    def tries(self, provider: str) -> list[tuple[Sale, Try]]:
        return [(sale, each) for sale in self.sales for each in sale.tries if each.provider == provider]

    def boxes(self) -> list[tuple[Sale, Box]]:
        return [(sale, box) for sale in self.sales for box in sale.boxes]

    def deals(self, *states: str) -> list[acme.Deal]:
        return [deal for deal in acme.BOOK.deals.values() if deal.state in states]

    def returns(self) -> list[acme.Return]:
        return [each for each in acme.BOOK.returns.values() if each.state == "open"]

    @contextmanager
    def deed(self, *, may: bool) -> Iterator[list[bool]]:
        """Let something happen in the shop; it happens if it may, and is refused without a trace if it may not."""
        done: list[bool] = []
        before = None if may else self.digest()
        with self.app.app_context():
            try:
                yield done
                assert may, "the shop let happen what may not"
                done.append(True)
            except ShopError:
                if may:
                    raise
        if before is not None:
            self.hear()
            assert self.digest() == before

    def parcel_step(self, box: Box, may: bool, step: Callable[[Parcel], object]) -> bool:
        with self.deed(may=may) as done, transaction():
            step(parcels.get_by_number(box.number))
        return bool(done)

    def digest(self) -> str:
        with self.app.app_context():
            return looking.digest()

    def hear(self) -> None:
        """Let the model hear what the shop has heard from Acme, in the same order."""
        tries = {each.reference: (sale, each) for sale in self.sales for each in sale.tries}
        while acme.BOOK.heard:
            self._hear(*tries[acme.BOOK.heard[0].reference], acme.BOOK.heard.pop(0))
        for back in (back for sale in self.sales for back in sale.backs if back.of.provider == "sandbox"):
            back.state = "done"  # it sends back at once whatever it is asked to

    def _hear(self, sale: Sale, attempt: Try, said: Outcome) -> None:
        amount = said.amount.minor
        if said.kind is acme.REFUND:
            if attempt.captured:
                key = said.refund or said.psp_reference.removeprefix("re-")
                state = {acme.REQUEST: "open", acme.SUCCESS: "done", acme.FAILURE: "refused"}[said.result]
                self.model.hear_back(sale, attempt, key, amount, state)
        elif said.kind is acme.VOID:
            self.model.hear_nothing(sale, attempt, "over", self.at)
        elif said.result is acme.FAILURE:
            self.model.hear_nothing(sale, attempt, "failed", self.at)
        elif said.kind is acme.AUTHORIZE:
            self.model.hear_held(sale, attempt, amount)
        else:
            self.model.hear_success(sale, attempt, amount)

    def expected_shelves(self) -> dict[str, tuple[int, int, int]]:
        found = {}
        for sku, there in self.model.on_hand.items():
            allocated = sum(sale.allocated.get(sku, 0) for sale in self.sales)
            found[sku] = (there, allocated, sum(sale.reserved.get(sku, 0) for sale in self.sales))
        return found

    def _place(self, wanted: dict[str, int], provider: str, is_known: bool) -> Order:
        buyer = {"customer_id": self.shop.customer_id} if is_known else {}
        draft = draft_of({self.shop.variants[sku]: units for sku, units in wanted.items()}, **buyer)
        until = payments.pay_before(get_provider(provider), self.at)
        return order_services.place_order(draft=replace(draft, payment_provider=provider, pay_before=until), at=now())

    def _order(self, sale: Sale) -> Order:
        return orders.get_whole(sale.id)

    def _open(self, reference: str) -> None:
        with self.app.app_context():
            talking.open_payment(reference)

    def _post(self, body: bytes, *, status: int, is_signed: bool = True) -> None:
        headers = {"Acme-Signature": acme.signature(body if is_signed else b"something else")}
        page = Shopper(self.app).post("/payments/webhooks/acme", body, headers=headers)  # type: ignore[arg-type]
        assert page.status == status

    def _free_for(self, sale: Sale, place: int) -> dict[str, int]:
        """What a warehouse holds for an order and no packed parcel has."""
        with self.app.app_context():
            held = looking.list_held(sale.number).get(place, {})
        names = {variant: sku for sku, variant in self.shop.variants.items()}
        there = {names[variant]: units for variant, units in held.items()}
        for box in sale.boxes:
            if box.state == "packed" and box.place == place:
                there = {sku: units - box.units.get(sku, 0) for sku, units in there.items()}
        return there

    def _is_held_at(self, sale: Sale, place: int, units: dict[str, int]) -> bool:
        there = self._free_for(sale, place)
        return all(there.get(sku, 0) >= count for sku, count in units.items())


STATES = {"waits": "pending", "held": "authorized", "paid": "captured", "failed": "failed", "over": "voided"}


def expected(sale: Sale) -> dict[str, object]:
    """Return what the shop has to say of an order."""
    return {
        "status": "open" if sale.is_open else "cancelled",
        "money": sale.money,
        "goods": sale.goods,
        "came": sale.came,
        "went": sale.went,
        "held": sale.held,
        "tries": [(each.reference, STATES[each.state], each.captured) for each in sale.tries],
        "backs": sorted((each.amount, each.state) for each in sale.backs),
        "boxes": [(box.number, box.state, box.is_resent) for box in sale.boxes],
    }
