"""Goods come back, are exchanged or claimed."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.orders import queries as orders
from storefront.returns import queries as requests
from storefront.returns import services as returning
from storefront.returns.models import Return
from storefront.returns.rules import Asked, AskedLine
from storefront.returns.services import Reception
from storefront.returns.states import Condition, Remedy, ReturnKind, ReturnReason
from tests.storefront.lifecycle import acme, looking
from tests.storefront.lifecycle.machine.base import ANY, MOODS, STAFF, Base
from tests.storefront.lifecycle.model import Line, Sale, Wish

KINDS = st.sampled_from(["return", "return", "exchange", "claim", "claim, goods"])
COUNTS = st.tuples(*[st.integers(0, 3)] * 3)
ENDS = st.sampled_from(["usual", "usual", "usual", "pay", "replace", "wait"])
OTHER_SIZE = {"LAMP": "LAMP-XL", "LAMP-XL": "LAMP"}


class Returning(Base):
    """Whoever is not content, and whoever puts it right."""

    only: Wish | None = None

    @precondition(lambda self: any(box.has_left for _, box in self.boxes()))
    @rule(
        which=ANY, kind=KINDS, counts=st.tuples(*[st.integers(0, 3)] * 3), is_fault=st.booleans(), as_much=st.booleans()
    )
    def ask_to_return(self, which: int, kind: str, counts: tuple[int, ...], is_fault: bool, as_much: bool) -> None:
        """So many pieces of each line; `as_much` as there are, where more are named."""
        sale = self.sale(which, among=[each for each in self.sales if each.arrived])
        kind, _, goods = kind.partition(", ")
        is_fault = is_fault or kind == "claim"
        most = {line.id: self.model.most(sale, line, kind) for line in sale.lines}
        typed = {line.id: count for line, count in zip(sale.lines, counts, strict=False) if count}
        asked = {id_: min(count, most[id_]) for id_, count in typed.items() if most[id_]} if as_much else typed
        if not asked:
            return
        remedy = "replace" if goods or kind == "exchange" else "refund"
        reason = ReturnReason.DAMAGED if is_fault else ReturnReason.CHANGED_MIND
        wanted = {
            line.id: OTHER_SIZE.get(line.sku, line.sku)
            for line in sale.lines
            if line.id in asked and kind == "exchange"
        }
        lines = tuple(
            AskedLine(id_, count, reason, self.shop.variants[wanted[id_]] if id_ in wanted else None)
            for id_, count in asked.items()
        )
        with self.deed(may=self.model.may_ask(sale, kind, asked)) as done, transaction():
            told = Asked(ReturnKind(kind), Remedy(remedy), lines)
            found = returning.ask(order=self._order(sale), asked=told, by="guest", at=now())
        if done:
            self.model.ask(Wish(found.number, sale, self._root_of(sale), kind, remedy, is_fault, asked, wanted))

    @precondition(lambda self: any(sale.arrived for sale in self.sales))
    @rule(which=ANY, kind=KINDS, counts=COUNTS, is_fault=st.booleans(), end=ENDS, mood=MOODS)
    def put_right(self, which: int, kind: str, counts: tuple[int, ...], is_fault: bool, end: str, mood: str) -> None:
        """The usual way of a request, at once."""
        before = len(self.model.wishes)
        self.ask_to_return(which % 10, kind, counts, is_fault, as_much=True)
        if len(self.model.wishes) == before:
            return
        newest = self.model.wishes[-1]
        self._now(newest, lambda place: self.decide(place, yes=True))
        if newest.kind != "claim":
            self._now(newest, lambda place: self.receive(place, fewer=0, restock=is_fault))
        if end == "replace" or (end == "usual" and newest.remedy == "replace"):
            self._now(newest, lambda place: self.replace(place, mood))
        elif end != "wait":
            self._now(newest, lambda place: self.pay_for_return(place, "all", mood))

    def _now(self, wish: Wish, step: Callable[[int], None]) -> None:
        """Take a step of this request and of no other."""
        self.only = wish
        step(0)
        self.only = None

    @precondition(lambda self: self.model.wishes)
    @rule(which=ANY, yes=st.sampled_from([True, True, True, False]))
    def decide(self, which: int, yes: bool) -> None:
        wish = self.wish(which, "requested")
        with self.deed(may=("approve" if yes else "reject") in wish.allowed) as done, transaction():
            if yes:
                returning.approve(found=self._found(wish), answer="", by=STAFF, at=now())
            else:
                returning.reject(found=self._found(wish), answer="No.", by=STAFF, at=now())
        if done and yes and wish.kind == "claim":
            wish.accepted = dict(wish.asked)
            self.model.count(wish)
        if done:
            wish.state, wish.ended_at = ("approved", wish.ended_at) if yes else ("rejected", self.at)

    @precondition(lambda self: self.model.wishes)
    @rule(which=ANY)
    def withdraw(self, which: int) -> None:
        wish = self.wish(which)
        with self.deed(may="withdraw" in wish.allowed) as done, transaction():
            returning.withdraw(found=self._found(wish), by="guest", at=now())
        if done:
            wish.state, wish.ended_at = "withdrawn", self.at

    @precondition(lambda self: self.model.wishes)
    @rule(which=ANY, fewer=st.sampled_from([0, 0, 0, 1, -1]), restock=st.booleans())
    def receive(self, which: int, fewer: int, restock: bool) -> None:
        """All that was announced comes back, or less of the first line; more is not believed."""
        wish = self.wish(which, "approved")
        first = next(iter(wish.asked))
        accepted = {**wish.asked, first: wish.asked[first] - fewer}
        may = "receive" in wish.allowed and fewer >= 0 and any(accepted.values())
        with self.deed(may=may) as done, transaction():
            came = {line: Reception(Condition.AS_NEW, count, restock) for line, count in accepted.items()}
            place = self.shop.places[0]
            returning.receive(found=self._found(wish), receptions=came, warehouse_id=place, by=STAFF, at=now())
        if not done:
            return
        wish.accepted = accepted
        self.model.count(wish)
        wish.state = "received"
        for line in wish.sale.lines:
            self.model.on_hand[line.sku] += accepted.get(line.id, 0) if restock else 0

    @precondition(lambda self: self.model.wishes)
    @rule(which=ANY, share=st.sampled_from(["all", "all", "half", "too much"]), mood=MOODS)
    def pay_for_return(self, which: int, share: str, mood: str) -> None:
        wish, acme.BOOK.mood = self.wish(which, "received", "approved"), mood
        suggested, room = self.model.suggested_refund(wish), self.model.room(wish)
        amount = {"all": suggested, "half": suggested // 2, "too much": room + 1}[share]
        may = "refund" in wish.allowed and self.model.gone(wish) <= amount <= room
        if may:
            self.model.refund(wish, amount)
        with self.deed(may=may), transaction():
            money, reason = Money(amount, "USD"), "As agreed"
            returning.refund(found=self._found(wish), amount=money, reason=reason, by=STAFF, at=now())

    @precondition(lambda self: self.model.wishes)
    @rule(which=ANY, mood=MOODS)
    def replace(self, which: int, mood: str) -> None:
        wish, acme.BOOK.mood = self.wish(which, "received", "approved"), mood
        may = self.may_replace(wish)
        with self.deed(may=may) as done, transaction():
            number = returning.replace(found=self._found(wish), by=STAFF, at=now()).follow_up_number
        if done:
            self.model.replace(wish, self._follow_up(wish, number))

    @precondition(lambda self: self.model.wishes)
    @rule(which=ANY)
    def put_away(self, which: int) -> None:
        wish = self.wish(which, "refunded", "replaced")
        with self.deed(may="close" in wish.allowed) as done, transaction():
            returning.close(found=self._found(wish), by=STAFF, at=now())
        if done:
            wish.state = "closed"

    def wish(self, which: int, *states: str) -> Wish:
        """Return one of the requests, most often one in one of these states."""
        if self.only is not None:
            return self.only
        hopeful = [each for each in self.model.wishes if each.state in states]
        found = hopeful if hopeful and which < 10 else self.model.wishes
        return found[which % len(found)]

    def may_replace(self, wish: Wish) -> bool:
        if "replace" not in wish.allowed:
            return False
        return self.model.has(self.model.goes_out(wish)) and self.model.plan(wish)[1] <= self.model.room(wish)

    def _follow_up(self, wish: Wish, number: str) -> Sale:
        """Return the order that goes out as the model sees it: what its pieces cost is what was given for them."""
        with self.app.app_context():
            order = orders.find_by_number(number)
            assert order is not None
            rows = looking.lines_of(order.id)
            id_, until = order.id, order.pay_before
        pieces, _ = self.model.plan(wish)
        assert [(sku, count) for _, sku, count in rows] == [(piece.sku, piece.count) for piece in pieces]
        lines = [
            Line(line_id, piece.sku, [piece.price - piece.points] * piece.count, [piece.price] * piece.count)
            for (line_id, _, _), piece in zip(rows, pieces, strict=True)
        ]
        due = sum(piece.due for piece in pieces)
        assert (until is None) == (due == 0)
        sale = Sale(number, id_, self.model.goes_out(wish), due, self.at, until, lines, origin=wish.number)
        sale.is_known = wish.sale.is_known
        return sale

    def _root_of(self, sale: Sale) -> Sale:
        return next((each.root for each in self.model.wishes if each.follow_up == sale.number), sale)

    def _found(self, wish: Wish) -> Return:
        return requests.get_return(wish.number)
