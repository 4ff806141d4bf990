"""Parcels, and the clock."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from storefront.database.transaction import transaction
from storefront.fulfilment import services as fulfilment
from storefront.fulfilment.rules import Box as Contents
from storefront.fulfilment.rules import Label
from storefront.inventory import jobs as stock_jobs
from storefront.kernel.clock import now
from storefront.orders import jobs as order_jobs
from storefront.payments import jobs as payment_jobs
from storefront.returns import jobs as return_jobs
from tests.storefront.lifecycle import acme
from tests.storefront.lifecycle.machine.base import ANY, MOODS, STAFF, Base
from tests.storefront.lifecycle.model import Box


class Sending(Base):
    """Whoever packs and carries, and the clock's jobs."""

    # The clock

    @rule(
        minutes=st.sampled_from([1, 12, 31, 60, 60 * 24 * 8, 60 * 24 * 16, 60 * 24 * 31]),
        mood=MOODS,
        is_slow=st.booleans(),
    )
    def time_passes(self, minutes: int, mood: str, is_slow: bool) -> None:
        """The clock's jobs run; on a bad day the one that cancels comes last."""
        self.model.at += timedelta(minutes=minutes)
        acme.BOOK.mood = mood
        jobs = [self._cancel_overdue, self._give_back_lapsed]
        for job in reversed(jobs) if is_slow else jobs:
            job()
        with self.app.app_context():
            return_jobs.close_old.call_local()
        self.model.put_away()
        over = [sale for sale in self.sales if self.model.can_be_completed(sale)]
        with self.app.app_context():
            assert return_jobs.complete_orders.call_local() == len(over)
        for sale in over:
            sale.is_over = True
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
        if not sale.is_simple:
            return
        lines = {line.sku: line for line in sale.lines}
        fits = all(sku in lines and count <= sale.left(lines[sku]) for sku, count in units.items())
        fits = bool(units) and fits and self._is_held_at(sale, place, units)
        with self.deed(may=sale.may_send and fits) as done, transaction():
            contents = {lines[sku].id if sku in lines else -1: count for sku, count in units.items()}
            parcel = fulfilment.pack(order=self._order(sale), box=Contents(place, contents), by=STAFF, at=now())
        if done:
            self.model.pack(sale, Box(parcel.number, units, place, contents))

    @precondition(lambda self: self.model.sales)
    @rule(which=ANY, where=ANY)
    def pack_the_rest(self, which: int, where: int) -> None:
        sale = self.sale(which, among=[each for each in self.sales if each.may_send])
        place = self.shop.places[where % len(self.shop.places)]
        contents = self.model.proposal(sale, self._free_for(sale, place))
        units: dict[str, int] = {}
        for line in sale.lines:
            if line.id in contents:
                units[line.sku] = units.get(line.sku, 0) + contents[line.id]
        with self.deed(may=sale.may_send and bool(units)) as done, transaction():
            parcel = fulfilment.pack_rest(order=self._order(sale), warehouse_id=place, by=STAFF, at=now())
        if done:
            self.model.pack(sale, Box(parcel.number, units, place, contents))

    @precondition(lambda self: any(sale.may_send for sale in self.sales))
    @rule(which=ANY)
    def hand_over(self, which: int) -> None:
        """All of an order that is still in the house leaves and arrives at once."""
        sale = self.sale(which % 10, among=[each for each in self.sales if each.may_send])
        if any(box.state != "unpacked" for box in sale.boxes):
            return
        with self.deed(may=sale.may_send) as done, transaction():
            fulfilment.deliver_order(order=self._order(sale), by=STAFF, at=now())
        if done:
            self._follow_parcels(sale)

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
            may = self.model.may_send_again(sale, box)
            if self.parcel_step(box, may, lambda parcel: fulfilment.send_again(parcel=parcel, by=STAFF, at=now())):
                self.model.send_again(sale, box)
