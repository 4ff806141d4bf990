"""What may be asked and done, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storefront.kernel.errors import Invalid
from storefront.returns import errors
from storefront.returns.rules import (
    Asked,
    AskedLine,
    Claimable,
    allowed_actions,
    check,
    exchange_price,
    is_shops_fault,
    number_of_reference,
    read_return_number,
    refund_reference,
    return_number,
)
from storefront.returns.states import TRANSITIONS, Remedy, ReturnAction, ReturnKind, ReturnReason, ReturnState

AT = datetime(2026, 5, 3, 12, tzinfo=UTC)
LAMP = Claimable(1, "Lamp", 3, arrived=3, taken=1, arrived_at=AT)
CAKE = Claimable(2, "Cake", 1, arrived=1, arrived_at=AT, is_returnable=False)
MUG = Claimable(3, "Mug", 1, arrived=1, arrived_at=AT, is_gift=True)
LOST = Claimable(4, "Book", 2, lost=2)


def asked(line: int, units: int, reason: str = "too_small", kind: str = "return", **more: object) -> Asked:
    remedy = Remedy.REPLACE if kind == "exchange" else Remedy.REFUND
    lines = (AskedLine(line, units, ReturnReason(reason)),)
    return Asked(ReturnKind(kind), remedy, lines, **more)  # type: ignore[arg-type]


def refusal(wanted: Asked, *, days_later: int = 0) -> type[Invalid] | None:
    try:
        check(wanted, (LAMP, CAKE, MUG, LOST), days=30, at=AT + timedelta(days=days_later))
    except Invalid as found:
        return type(found)
    return None


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (asked(1, 2), None),
        (asked(1, 3), errors.MoreThanCanComeBack),
        (asked(1, 10**9), errors.MoreThanCanComeBack),
        (asked(9, 1), errors.NotInThisOrder),
        (asked(2, 1), errors.NotReturnable),
        (asked(2, 1, "damaged"), None),
        (asked(2, 1, "damaged", "claim"), None),
        (asked(3, 1), errors.GiftAlone),
        (asked(3, 1, "damaged", "claim"), None),
        (asked(4, 1), errors.MoreThanCanComeBack),
        (asked(4, 2, "missing", "claim"), None),
        (asked(4, 3, "missing", "claim"), errors.MoreThanCanComeBack),
        (asked(1, 1, "missing"), errors.ReasonMissing),
        (asked(1, 1, "better_price", "exchange"), errors.ReasonMissing),
    ],
)
def test_what_can_be_asked_for(wanted: Asked, why: type[Invalid] | None) -> None:
    assert refusal(wanted) is why


def test_the_window_is_counted_from_the_arrival_and_its_last_moment_counts() -> None:
    assert refusal(asked(1, 1), days_later=30) is None
    assert refusal(asked(1, 1), days_later=31) is errors.WindowOver
    assert refusal(asked(4, 1, "missing", "claim"), days_later=99) is None


def test_a_request_names_each_line_once_and_at_least_one_piece() -> None:
    line = AskedLine(1, 1, ReturnReason.DAMAGED)
    for lines, why in (((), errors.NothingChosen), ((line, line), errors.NamedTwice)):
        with pytest.raises(why):
            Asked(ReturnKind.RETURN, Remedy.REFUND, lines)
    for units in (0, -1):
        with pytest.raises(errors.NotAQuantity):
            AskedLine(1, units, ReturnReason.DAMAGED)
    with pytest.raises(errors.TooManyPhotos):
        asked(1, 1, photos=("a",) * 6)
    with pytest.raises(errors.NoteTooLong):
        asked(1, 1, note="x" * 1001)
    with pytest.raises(ValueError, match="an exchange is replaced"):
        Asked(ReturnKind.EXCHANGE, Remedy.REFUND, (line,))


def test_only_the_shops_fault_is_the_shops_fault() -> None:
    assert is_shops_fault([ReturnReason.DAMAGED, ReturnReason.LATE])
    assert not is_shops_fault([ReturnReason.DAMAGED, ReturnReason.CHANGED_MIND])
    assert not is_shops_fault([])


@pytest.mark.parametrize("state", ReturnState)
@pytest.mark.parametrize("kind", ReturnKind)
@pytest.mark.parametrize("remedy", Remedy)
def test_nothing_is_allowed_that_the_table_forbids(state: ReturnState, kind: ReturnKind, remedy: Remedy) -> None:
    allowed = allowed_actions(state, kind, remedy)
    assert allowed <= TRANSITIONS.allowed(state)
    if state is ReturnState.APPROVED:
        assert (ReturnAction.RECEIVE in allowed) == (kind is not ReturnKind.CLAIM)
        assert (ReturnAction.REFUND in allowed) == (kind is ReturnKind.CLAIM)
    if remedy is Remedy.REFUND:
        assert ReturnAction.REPLACE not in allowed
    if state in {ReturnState.CLOSED, ReturnState.REJECTED, ReturnState.WITHDRAWN}:
        assert allowed == frozenset()


def test_numbers_and_names() -> None:
    assert return_number("7KQM-3XPD", 1) == "7KQM-3XPD-R2"
    assert read_return_number(" 7kqm-3xpd-r2 ") == "7KQM-3XPD-R2"
    assert number_of_reference(refund_reference("7KQM-3XPD-R2", 3)) == "7KQM-3XPD-R2"
    assert number_of_reference("cancelled-17") == ""


@pytest.mark.parametrize(
    ("value", "wanted", "given", "price"), [(500, 1000, 1000, 500), (500, 1200, 1000, 700), (500, 100, 1000, 0)]
)
def test_an_exchange_differs_by_todays_prices_only(value: int, wanted: int, given: int, price: int) -> None:
    assert exchange_price(value, wanted=wanted, given=given) == price
