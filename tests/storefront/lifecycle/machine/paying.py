"""Orders are placed and paid, called off, and money goes back."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import services as fulfilment
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.orders import services as order_services
from storefront.orders.states import CancelReason
from storefront.payments import queries as payment_queries
from storefront.payments import services as payments
from storefront.payments import talking
from storefront.payments.models import Refund
from storefront.payments.providers import get_provider
from storefront.payments.services import refunds
from tests.browser import Shopper
from tests.storefront.lifecycle import acme
from tests.storefront.lifecycle.machine.base import ANY, MOODS, OFFERS, PROVIDERS, SHARES, STAFF, Base
from tests.storefront.lifecycle.model import Sale, Try
from tests.storefront.orders.drafts import draft_of


class Paying(Base):
    """Whoever orders, pays and is paid."""

    # Placing and paying

    @precondition(lambda self: sum(sale.is_open for sale in self.sales) < 3 and len(self.sales) < 6)
    @rule(lamps=st.integers(0, 3), cups=st.integers(0, 3), provider=PROVIDERS, offers=OFFERS)
    def place(self, lamps: int, cups: int, provider: str, offers: str) -> None:
        self._place({"LAMP": lamps, "CUP": cups}, provider, offers)

    @precondition(lambda self: sum(sale.is_open for sale in self.sales) < 3 and len(self.sales) < 6)
    @rule(lamps=st.integers(0, 3), cups=st.integers(0, 2), large=st.integers(0, 1), offers=OFFERS)
    def buy_and_receive(self, lamps: int, cups: int, large: int, offers: str) -> None:
        """The usual way, at once: much that may go wrong only begins at the doorstep."""
        sale = self._place({"LAMP": lamps, "CUP": cups, "LAMP-XL": large}, "sandbox", offers)
        if sale is None:
            return
        self.sandbox_decides([each for each, _ in self.tries("sandbox")].index(sale), "approve")
        with self.app.app_context(), transaction():
            fulfilment.deliver_order(order=self._order(sale), by=STAFF, at=now())
        self._follow_parcels(sale)

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

    def _place(self, units: dict[str, int], provider: str, offers: str) -> Sale | None:
        wanted = {sku: count for sku, count in units.items() if count} or {"LAMP": 1}
        terms = self.shop.terms_of(offers)
        may = self.model.has(wanted) and (not terms.has_coupon or self.model.has_coupon)
        until = None
        with self.deed(may=may) as done, transaction():
            draft = draft_of({self.shop.variants[sku]: count for sku, count in wanted.items()}, **terms.options)
            until = payments.pay_before(get_provider(provider), self.at)
            draft = replace(draft, payment_provider=provider, pay_before=until)
            order = order_services.place_order(draft=draft, at=now())
            attempt = payments.start_payment(order=order, provider=get_provider(provider), at=now())
            lines = [(line.id, line.sku, line.quantity) for line in order.lines]
        if not done:
            return None
        sale = self.shop.sale_of(order.number, order.id, lines, terms)
        sale.placed_at, sale.pay_before = self.at, until
        assert attempt.amount_minor == order.total_minor == sale.total
        sale.tries.append(Try(attempt.reference, provider, sale.total))
        self.model.place(sale)
        self._open(attempt.reference)
        return sale
