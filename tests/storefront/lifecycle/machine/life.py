"""Everything that may happen, and what always holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis.stateful import invariant

from tests.storefront.lifecycle import looking
from tests.storefront.lifecycle.machine.paying import Paying
from tests.storefront.lifecycle.machine.returning import Returning
from tests.storefront.lifecycle.machine.sending import Sending
from tests.storefront.lifecycle.model import Sale, Wish


class Life(Returning, Sending, Paying):
    """A small shop whose time only the rules move."""

    # What always holds

    @invariant()
    def everything_adds_up(self) -> None:
        type(self).steps += 1
        self.hear()
        if (now_seen := (self.digest(), repr((self.sales, self.model.wishes)), self.at)) == self.seen:
            return
        self.seen = now_seen
        with self.app.app_context():
            assert looking.discrepancies() == []
            assert looking.shelves() == looking.moved() == self.expected_shelves()
            for sale in self.sales:
                told = looking.standing(sale.id)
                assert told["went"] <= told["came"]
                compare(sale.number, told, expected(sale))
                assert looking.points_of(sale.number) == (sale.used, sale.earned), sale.number
            for wish in self.model.wishes:
                compare(wish.number, looking.coming_back(wish.number), expected_back(wish))
                for line in wish.sale.lines:
                    assert self.model.taken(wish.sale, line.id) <= line.quantity
            assert looking.coupons_used() == sum(sale.holds_coupon for sale in self.sales)
            spent, earned = (sum(getattr(sale, name) for sale in self.sales) for name in ("used", "earned"))
            assert looking.points_had(self.shop.customer_id) == self.shop.points - spent + earned

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
                    for wish in self.model.of(sale):
                        self._try_return(wish)
            assert (looking.digest(), repr((self.sales, self.model.wishes)), self.at) == before

    def _is_new(self, sale: Sale) -> bool:
        """Say whether an order stands elsewhere than when its actions were tried last."""
        wishes = self.model.of(sale)
        has_goods = [self.model.has(box.units) for box in sale.boxes]
        can_replace = [(self.may_replace(wish), self.model.room(wish)) for wish in wishes]
        place = repr((sale, wishes, self.model.has(sale.wanted), has_goods, can_replace))
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
        hindered = {"ship": not sale.may_send, "send_again": not self.model.may_send_again(sale, box)}
        for action in looking.PARCEL_DEEDS:
            possible = action in allowed and not hindered.get(action.value, False)
            assert looking.can(looking.parcel_deed(number, action)) == possible, (number, action)

    def _try_return(self, wish: Wish) -> None:
        allowed = looking.return_actions_of(wish.number)
        assert {action.value for action in allowed & looking.RETURN_DEEDS.keys()} == wish.allowed
        suggested, room = self.model.suggested_refund(wish), self.model.room(wish)
        hindered = {"refund": not self.model.gone(wish) <= suggested <= room, "replace": not self.may_replace(wish)}
        for action in looking.RETURN_DEEDS:
            possible = action in allowed and not hindered.get(action.value, False)
            assert looking.can(looking.return_deed(wish.number, action)) == possible, (wish.number, action)


STATES = {"waits": "pending", "held": "authorized", "paid": "captured", "failed": "failed", "over": "voided"}


def compare(number: str, told: Mapping[str, object], right: Mapping[str, object]) -> None:
    """Refuse what is told otherwise than it should be, and say what."""
    wrong = {name: (told[name], right[name]) for name in right if told[name] != right[name]}
    assert not wrong, f"{number}: {wrong}"


def expected(sale: Sale) -> dict[str, object]:
    """Return what the shop has to say of an order."""
    return {
        "status": "closed" if sale.is_over else "open" if sale.is_open else "cancelled",
        "money": sale.money,
        "goods": sale.goods,
        "came": sale.came,
        "went": sale.went,
        "held": sale.held,
        "tries": [(each.reference, STATES[each.state], each.captured) for each in sale.tries],
        "backs": sorted((each.amount, each.state) for each in sale.backs),
        "boxes": [(box.number, box.state, box.is_resent) for box in sale.boxes],
    }


def expected_back(wish: Wish) -> dict[str, object]:
    """Return what the shop has to say of a request."""
    return {
        "state": wish.state,
        "remedy": wish.remedy,
        "pieces": wish.asked if wish.accepted is None else wish.accepted,
        "goods": wish.goods,
        "freight": wish.freight,
        "value": wish.value,
        "suggested": wish.suggested,
        "actual": wish.actual,
        "refunded": wish.refunded,
        "follow_up": wish.follow_up,
        "gives_all_back": wish.gives_all_back,
    }
