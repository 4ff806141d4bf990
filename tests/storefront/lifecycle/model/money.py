"""Money comes in and goes back, in the model; and what that does to orders."""

from __future__ import annotations

from datetime import datetime

from tests.storefront.lifecycle.model.sale import Back, Sale, Try
from tests.storefront.lifecycle.model.shelves import TRANSFER_FOR, UNPAID_FOR, Shelves


class Money(Shelves):
    """Attempts to pay, and money on its way back."""

    # Money comes

    def can_choose(self, sale: Sale, provider: str, at: datetime) -> bool:
        until = self._deadline(sale, provider)
        is_held = bool(sale.reserved or sale.allocated)
        return sale.may_pay and (until is None or until > at) and (is_held or self.has(sale.wanted))

    def choose(self, sale: Sale, attempt: Try) -> None:
        self._end_tries(sale)
        sale.pay_before = self._deadline(sale, attempt.provider)
        self._hold(sale)
        sale.tries.append(attempt)

    def capture(self, sale: Sale, attempt: Try, amount: int) -> None:
        is_first = sale.came == 0
        attempt.captured += amount
        if attempt.captured >= attempt.amount:
            attempt.state = "paid"
            self._end_tries(sale)
        if not sale.is_open:
            has_offers = not sale.has_coupon or self.has_coupon
            may_reopen = is_first and sale.is_covered and sale.cancelled_by == "clock" and has_offers
            if may_reopen and self._settle(sale):
                sale.is_open = True
                self._take_offers(sale)
                self._is_paid(sale)
                self._lives_again(sale)
            else:
                self._return_all(sale, "late")
        elif sale.is_covered and not sale.was_settled:
            if self._settle(sale):
                self._is_paid(sale)
            else:
                self.call_off(sale, "sold_out")

    def hear_success(self, sale: Sale, attempt: Try, amount: int) -> None:
        if attempt.state != "paid" and amount == attempt.amount:
            self.capture(sale, attempt, amount)

    def hear_held(self, sale: Sale, attempt: Try, amount: int) -> None:
        if attempt.state != "waits" or amount != attempt.amount:
            return
        attempt.state = "held"
        if self._settle(sale):
            sale.pay_before = None
        else:
            self.call_off(sale, "sold_out")

    def hear_nothing(self, sale: Sale, attempt: Try, state: str, at: datetime) -> None:
        """An attempt was declined or ran out; what was held for us no longer is."""
        if not attempt.is_alive:
            return
        was_held, attempt.state = attempt.state == "held", state
        if was_held and sale.is_open:
            sale.pay_before = at + UNPAID_FOR
            self._hold(sale)

    def transfer(self, sale: Sale, attempt: Try, amount: int, at: datetime) -> None:
        self.capture(sale, attempt, amount)
        until = at + TRANSFER_FOR
        waits = sale.is_open and sale.money == "partially_paid" and sale.pay_before is not None
        is_held = bool(sale.reserved or sale.allocated)
        if waits and sale.pay_before < until and (is_held or self.has(sale.wanted)):  # type: ignore[operator]
            sale.pay_before = until
            self._hold(sale)

    # Money goes back

    def ask_back(self, sale: Sale, amount: int, name: str) -> bool:
        if any(each.name == name for each in sale.backs):
            return True
        if not 0 < amount <= sale.refundable:
            return False
        for attempt in sale.tries:
            part = min(amount, sale.left_of(attempt))
            if part > 0:
                sale.backs.append(Back(attempt, part, name))
                amount -= part
        return True

    def hear_back(self, sale: Sale, attempt: Try, key: str, amount: int, state: str) -> None:
        """What a provider says of money on its way back, by a key that the shop gave it or by one of its own."""
        if not any(each.key == key for each in sale.backs):
            if key.startswith("own-"):
                if amount > sale.left_of(attempt):
                    return
                sale.backs.append(Back(attempt, amount, key))
            asked = [each for each in sale.backs if each.of is attempt and each.amount == amount and not each.key]
            asked[0 if not key.startswith("own-") else -1].key = key
        (mine,) = (each for each in sale.backs if each.key == key)
        if mine.state == "under_way":
            mine.state = {"open": "under_way", "done": "done", "refused": "failed"}[state]

    # What follows

    def call_off(self, sale: Sale, why: str) -> None:
        sale.is_open, sale.cancelled_by = False, why
        sale.reserved, sale.allocated = {}, {}
        self._end_tries(sale)
        for box in sale.boxes:
            if box.state == "packed":
                box.state = "unpacked"
        sale.holds_coupon, sale.used, sale.earned = False, 0, 0
        self._return_all(sale, f"cancelled {len(sale.backs)}")
        for wish in self.wishes:
            if wish.follow_up == sale.number and wish.state == "replaced":
                wish.state, wish.follow_up, wish.ended_at = "received", "", None

    def _return_all(self, sale: Sale, name: str) -> None:
        if sale.refundable:
            self.ask_back(sale, sale.refundable, f"{name} {sale.came}")

    def _is_paid(self, sale: Sale) -> None:
        """What a customer pays for goods earns a point for each whole dollar."""
        sale.was_settled = True
        if sale.is_known:
            sale.earned = sale.earned_ever = (sale.total - sale.freight) // 100

    def _lives_again(self, sale: Sale) -> None:
        """An order that was to go out for a request does, unless something else was decided meanwhile."""
        for wish in self.wishes:
            if wish.number != sale.origin:
                continue
            if wish.state == "received" and not wish.follow_up:
                wish.state, wish.follow_up = "replaced", sale.number
                wish.ended_at = self.at
            elif wish.follow_up != sale.number and sale.may_cancel:
                self.call_off(sale, "person")
