"""A small shop and its model side by side, and how a deed is let happen in both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from storefront.database.transaction import transaction
from storefront.fulfilment import queries as parcels
from storefront.fulfilment.models import Parcel
from storefront.kernel import clock
from storefront.kernel.errors import ShopError
from storefront.orders import queries as orders
from storefront.orders.models import Order
from storefront.payments import talking
from storefront.payments.providers import Outcome
from tests.browser import Shopper
from tests.storefront.lifecycle import acme, looking
from tests.storefront.lifecycle.model import Box, Model, Sale, Try
from tests.storefront.lifecycle.shop import Shop

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
STAFF = looking.STAFF
PROVIDERS = st.sampled_from(["acme", "acme", "acme", "bank", "cod", "sandbox"])
ANY = st.integers(0, 11)
"""Which of those that there are: taken modulo their number."""
OFFERS = st.sampled_from(["", "", "account", "points", "coupon", "account, coupon", "points, coupon"])
MOODS = st.sampled_from(["success", "success", "pending", "failure", "down"])
SHARES = st.sampled_from([1, 300, 1000, 10**6])
"""How much of what may go back or is still to come, in minor units at most."""


class Base(RuleBasedStateMachine):
    """A small shop whose time only the rules move."""

    shop: Shop
    steps = 0
    ends: ClassVar[Counter[str]] = Counter()
    """Where requests stood when a life was over, to see what a long run has come to."""

    def __init__(self) -> None:
        super().__init__()
        self.shop.open_anew()
        self.app: Flask = self.shop.app
        acme.BOOK.__init__()  # type: ignore[misc]
        self.model = Model(self.shop.on_hand, self.shop.prices, MORNING)
        self.count = 0
        self.seen: object = None
        self.tried: dict[str, str] = {}
        self._telling = clock.told_by(lambda: self.at)
        self._telling.__enter__()

    def teardown(self) -> None:
        type(self).ends.update(f"{wish.kind} {wish.state}" for wish in self.model.wishes)
        self._telling.__exit__(None, None, None)

    @property
    def at(self) -> datetime:
        """What the clock says."""
        return self.model.at

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
        self.model.money_moved()

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

    def _follow_parcels(self, sale: Sale) -> None:
        """Take into the model what the shop has packed, sent and brought all by itself."""
        with self.app.app_context():
            packed = looking.parcels_of(sale.id)
        names = {line.id: line.sku for line in sale.lines}
        for number, place, by_line in packed:
            units: dict[str, int] = {}
            for line, count in by_line.items():
                units[names[line]] = units.get(names[line], 0) + count
            self.model.pack(sale, Box(number, units, place, by_line))
        mine = [box for box in sale.boxes if box.state == "packed"]
        for box in mine:
            self.model.ship(sale, box)
        for box in mine:
            self.model.arrive(sale, box)

    def _is_held_at(self, sale: Sale, place: int, units: dict[str, int]) -> bool:
        there = self._free_for(sale, place)
        return all(there.get(sku, 0) >= count for sku, count in units.items())
