"""Options, and the combinations that they make."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from storefront.catalog import matrix
from storefront.catalog.matrix import Option, Value
from storefront.kernel.errors import Invalid


@dataclass(frozen=True)
class Had:
    sku: str
    options: dict[str, str] = field(default_factory=dict)


def option(name: str, *values: str) -> Option:
    return Option(name, tuple(map(Value, values)))


SIZE, COLOUR = option("Size", "S", "M"), option("Colour", "red", "blue")


def test_every_combination_stands_in_the_order_of_its_values() -> None:
    cells = matrix.lay_out([SIZE, COLOUR], [Had("A", {"Colour": "blue", "Size": "S"})])
    assert [(cell.name, cell.sku) for cell in cells] == [
        ("S / red", ""),
        ("S / blue", "A"),
        ("M / red", ""),
        ("M / blue", ""),
    ]
    assert not any(cell.is_completed for cell in cells)


def test_without_options_there_is_one_variant() -> None:
    (cell,) = matrix.lay_out([], [])
    assert (cell.name, matrix.propose_skus("CUP", [cell], [])) == ("", ["CUP"])


def test_two_variants_that_would_be_the_same_are_refused_by_name() -> None:
    with pytest.raises(Invalid, match="A and B would both be “S”"):
        matrix.lay_out([SIZE], [Had("A"), Had("B", {"Size": "S"})])


@pytest.mark.parametrize("plan", [[COLOUR], [option("Size", "M", "L"), COLOUR]])
def test_what_variants_have_cannot_go(plan: list[Option]) -> None:
    with pytest.raises(Invalid, match="A has"):
        matrix.lay_out(plan, [Had("A", {"Size": "S"})])


def test_proposed_skus_differ_and_tell_chinese_values_by_their_number() -> None:
    plan = [option("尺码", "大", "小"), option("Fit", "a b", "a-b")]
    cells = matrix.lay_out(plan, [])
    assert matrix.propose_skus("x-{尺码}-{Fit}", cells, plan) == ["X-1-AB", "X-1-AB-2", "X-2-AB", "X-2-AB-2"]


def test_options_are_kept_as_they_are_written_and_learn_from_variants() -> None:
    stored = (Option("Size", (Value("S", "小"),), "尺码"),)
    assert matrix.read_options(matrix.write_options(stored)) == stored
    found = matrix.options_in_use(stored, [Had("A", {"Size": "L", "Fit": "slim"})])
    assert [(each.name, each.texts) for each in found] == [("Size", ("S", "L")), ("Fit", ("slim",))]
    assert matrix.words_of(stored, "zh") == {"Size": "尺码", "S": "小"}
    assert matrix.words_of(stored, "en") == {}


@pytest.mark.parametrize(("typed", "kept"), [(" ab-1 ", "AB-1"), ("ａｂ１", "AB1"), ("红-1", "红-1")])
def test_skus_are_stored_narrow_and_upper(typed: str, kept: str) -> None:
    assert matrix.checked_sku(typed) == kept


@pytest.mark.parametrize("typed", ["", "A/B", "A?B", "X" * 65])
def test_what_is_no_sku_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        matrix.checked_sku(typed)
