"""What comes back, in the model: requests, what they come to, and what follows when their money has gone."""

from __future__ import annotations

from datetime import timedelta

from tests.storefront.lifecycle.model.money import Money
from tests.storefront.lifecycle.model.sale import Back, Line, Sale, Units
from tests.storefront.lifecycle.model.wish import DONE, NOTHING_CAME_OF_IT, OPEN, Piece, Pieces, Wish

WINDOW, PUT_AWAY_AFTER = timedelta(days=30), timedelta(days=14)


class ComingBack(Money):
    """Returns, exchanges and claims; every request counts by shares of what was paid, the cheapest pieces first."""

    def of(self, sale: Sale) -> list[Wish]:
        return [wish for wish in self.wishes if wish.sale is sale]

    def taken(self, sale: Sale, line_id: int) -> int:
        """How many pieces of a line were asked for, as far as that came to something or may."""
        living = [wish for wish in self.of(sale) if wish.state not in NOTHING_CAME_OF_IT]
        return sum(wish.counted.get(line_id, 0) for wish in living)

    def most(self, sale: Sale, line: Line, kind: str) -> int:
        there = sale.there(line.id) + (sale.astray(line.id) if kind == "claim" else 0)
        return max(0, min(there, line.quantity) - self.taken(sale, line.id))

    def may_ask(self, sale: Sale, kind: str, asked: Pieces) -> bool:
        lines = {line.id: line for line in sale.lines}
        is_free = not any(wish.state in OPEN for wish in self.of(sale))
        fits = all(0 < count <= self.most(sale, lines[id_], kind) for id_, count in asked.items())
        arrived = [sale.arrived_at(id_) for id_ in asked]
        in_time = all(each is None or self.at <= each + WINDOW for each in arrived)
        return is_free and bool(asked) and fits and in_time

    def ask(self, wish: Wish) -> None:
        self.wishes.append(wish)
        self.count(wish)

    def count(self, wish: Wish) -> None:
        """Write down what a request comes to, by what counts of it now."""
        sale, counted = wish.sale, wish.counted
        others = [each for each in self.of(sale) if each.state in DONE and each is not wish]
        wish.goods = sum(sum(self._slice(wish, line, line.costs)) for line in sale.lines)
        wish.value = sum(sum(self._slice(wish, line, line.values)) for line in sale.lines)
        back = {
            line.id: counted.get(line.id, 0) + sum(each.counted.get(line.id, 0) for each in others)
            for line in sale.lines
        }
        ends = all(back[line.id] == line.quantity for line in sale.lines)
        ends = ends and all(each.remedy == "refund" for each in others)
        is_fault = wish.is_fault and all(each.is_fault for each in others)
        wish.freight = sale.freight - sum(each.freight for each in others) if ends and is_fault else 0
        wish.gives_all_back = ends
        wish.suggested = min(wish.goods + wish.freight, self.room(wish))
        if wish.remedy == "replace":
            wish.freight, wish.gives_all_back = 0, False
            wish.suggested = self.plan(wish)[1]

    def suggested_refund(self, wish: Wish) -> int:
        """Return what the rules suggest to pay back, also where goods were to go out instead."""
        before = dict(vars(wish))
        wish.remedy = "refund"
        self.count(wish)
        suggested = wish.suggested if before["remedy"] == "replace" else before["suggested"]
        vars(wish).update(before)
        return int(suggested)

    def plan(self, wish: Wish) -> tuple[list[Piece], int]:
        """Return what goes out in place of what comes back, and what goes back as well."""
        found: list[Piece] = []
        back = 0
        for line in (each for each in wish.sale.lines if each.id in wish.counted):
            sku = wish.wanted.get(line.id, line.sku)
            dearer = self.prices[sku] - self.prices[line.sku] if wish.kind == "exchange" else 0
            pieces: dict[tuple[int, int, int], int] = {}
            pairs = zip(self._slice(wish, line, line.costs), self._slice(wish, line, line.values), strict=True)
            for cost, value in pairs:
                price = max(0, value + dearer)
                points = min(value - cost, price)
                credit = min(cost, price - points)
                back += cost - credit
                key = price, points, credit
                pieces[key] = pieces.get(key, 0) + 1
            found += [Piece(sku, count, *key) for key, count in sorted(pieces.items(), reverse=True)]
        return found, back

    def goes_out(self, wish: Wish) -> Units:
        """Return the pieces that go out in place of what comes back."""
        wanted: Units = {}
        for piece in self.plan(wish)[0]:
            wanted[piece.sku] = wanted.get(piece.sku, 0) + piece.count
        return wanted

    def family(self, wish: Wish) -> list[Sale]:
        """Return a sale's orders, as money goes back along them: the returned one first."""
        numbers = {each.follow_up for each in self.wishes if each.root is wish.root} | {wish.root.number}
        mine = [sale for sale in self.sales.values() if sale.number in numbers]
        return sorted(mine, key=lambda sale: (sale is not wish.sale, sale.id))

    def room(self, wish: Wish) -> int:
        """Return how much may go back for a request, with what has."""
        return self.gone(wish) + sum(sale.refundable for sale in self.family(wish))

    def gone(self, wish: Wish) -> int:
        """Return how much has gone back for a request, or is on its way."""
        return sum(back.amount for back in self._backs(wish) if back.state != "failed")

    def pay_back(self, wish: Wish, amount: int) -> None:
        """Decide that so much goes back in all, with what has gone before."""
        wish.actual = amount
        missing = amount - self.gone(wish)
        name = f"{wish.name_of_refunds}{wish.attempts}"
        for sale in self.family(wish):
            part = min(missing, sale.refundable)
            if part:
                self.ask_back(sale, part, name)
                missing -= part

    def refund(self, wish: Wish, amount: int) -> None:
        if wish.remedy != "refund":
            wish.remedy = "refund"
            self.count(wish)
        wish.attempts += 1
        wish.ended_at, wish.state = self.at, "refunding"
        self.pay_back(wish, amount)

    def replace(self, wish: Wish, sale: Sale) -> None:
        """Let goods go out as an order of their own."""
        wish.attempts += 1
        self.pay_back(wish, max(self.plan(wish)[1], self.gone(wish)))
        wish.follow_up, wish.ended_at, wish.state = sale.number, self.at, "replaced"
        sale.was_settled = sale.total == 0
        self.place(sale)

    def money_moved(self) -> None:
        """Once no part of a try is under way, it has ended well or has failed."""
        for wish in self.wishes:
            mine = self._backs(wish)
            wish.refunded = sum(back.amount for back in mine if back.state == "done")
            if wish.state == "refunding" and all(back.state != "under_way" for back in mine):
                wish.state = "refunded" if wish.refunded >= wish.actual else "received"
                if wish.state == "refunded":
                    self._give_back(wish)

    def put_away(self) -> None:
        """Close what has ended long ago."""
        for wish in self.wishes:
            is_old = wish.ended_at is not None and wish.ended_at < self.at - PUT_AWAY_AFTER
            if wish.state in {"refunded", "replaced"} and is_old:
                wish.state = "closed"

    def can_be_completed(self, sale: Sale) -> bool:
        """Say whether all of an order arrived long ago, and neither money nor goods of it are under way."""
        arrived = [sale.arrived_at(line.id) for line in sale.lines]
        is_late = sale.goods == "delivered" and all(each and each <= self.at - WINDOW for each in arrived)
        is_asked = any(wish.state in {*OPEN, "refunding"} for wish in self.of(sale))
        moves = any(back.state == "under_way" for back in sale.backs)
        at_rest = sale.money in {"paid", "partially_refunded", "refunded"}
        return sale.is_open and not sale.is_over and is_late and at_rest and not is_asked and not moves

    def _backs(self, wish: Wish) -> list[Back]:
        backs = [back for sale in self.sales.values() for back in sale.backs]
        return [back for back in backs if back.name.startswith(wish.name_of_refunds)]

    def _give_back(self, wish: Wish) -> None:
        """With the money go points, pro rata to what had been paid for the goods, and the coupon with the last."""
        if wish.gives_all_back and wish.sale is wish.root:
            wish.root.holds_coupon = False
        whole_sale = [each for each in self.wishes if each.root is wish.root]
        self._undo_points(wish.root, whole_sale)
        if wish.sale is not wish.root:
            self._undo_points(wish.sale, self.of(wish.sale))

    def _undo_points(self, sale: Sale, wishes: list[Wish]) -> None:
        ended = [each for each in wishes if each.remedy == "refund" and each.state in {"refunded", "closed"}]
        part = min(sum(each.value for each in ended), sale.value)
        sale.used = min(sale.used, sale.points - sale.points * part // sale.value)
        sale.earned = min(sale.earned, sale.earned_ever - sale.earned_ever * part // sale.value)

    def _slice(self, wish: Wish, line: Line, amounts: list[int]) -> list[int]:
        """Return what the pieces of a line had cost that a request gives back: those after the ones before it."""
        before = self.of(wish.sale)
        before = before[: before.index(wish)] if wish in before else before
        gone = sum(each.counted.get(line.id, 0) for each in before if each.state in DONE)
        return amounts[gone : gone + wish.counted.get(line.id, 0)]
