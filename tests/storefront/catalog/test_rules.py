"""Which variant stands for a product, and what its options lead to."""

from __future__ import annotations

from dataclasses import dataclass, field

from storefront.catalog.rules import choose_variant, option_groups


@dataclass(frozen=True)
class V:
    sku: str
    available: int = 5
    options: dict[str, str] = field(default_factory=dict)
    name: str = ""


def shirt(sku: str, colour: str, size: str, available: int = 5) -> V:
    return V(sku, available, {"Colour": colour, "Size": size})


SHIRTS = [shirt("RS", "Red", "S"), shirt("RM", "Red", "M", 0), shirt("BS", "Blue", "S", 0), shirt("BM", "Blue", "M")]


def leads(variants: list[V], current: V) -> dict[str, list[tuple[str, str, bool, bool]]]:
    return {
        group.name: [(choice.label, choice.sku, choice.is_current, choice.is_out) for choice in group.choices]
        for group in option_groups(variants, current)
    }


def test_the_variant_asked_for_is_shown_even_when_sold_out() -> None:
    assert choose_variant(SHIRTS, "RM") is SHIRTS[1]


def test_without_a_wish_the_first_in_stock_is_shown() -> None:
    assert choose_variant([V("a", 0), V("b"), V("c")]).sku == "b"
    assert choose_variant([V("a", 0), V("b", 0)], "unknown").sku == "a"
    assert choose_variant([]) is None


def test_a_single_variant_needs_no_choice() -> None:
    assert option_groups([SHIRTS[0]], SHIRTS[0]) == ()


def test_a_choice_keeps_the_other_options_where_it_can() -> None:
    assert leads(SHIRTS, SHIRTS[0]) == {
        "Colour": [("Red", "RS", True, False), ("Blue", "BS", False, False)],
        "Size": [("S", "RS", True, False), ("M", "RM", False, False)],
    }


def test_a_choice_is_out_when_no_variant_with_it_can_be_bought() -> None:
    variants = [shirt("RS", "Red", "S"), shirt("BS", "Blue", "S", 0), shirt("BM", "Blue", "M", 0)]
    assert leads(variants, variants[0])["Colour"] == [("Red", "RS", True, False), ("Blue", "BS", False, True)]


def test_of_equally_near_variants_one_in_stock_is_chosen() -> None:
    variants = [shirt("RS", "Red", "S"), shirt("BM", "Blue", "M", 0), shirt("BL", "Blue", "L")]
    assert leads(variants, variants[0])["Colour"][1] == ("Blue", "BL", False, False)


def test_an_option_that_never_varies_is_no_choice() -> None:
    variants = [V("a", 5, {"Material": "Oak", "Size": "S"}), V("b", 5, {"Material": "Oak", "Size": "L"})]
    assert list(leads(variants, variants[0])) == ["Size"]


def test_variants_that_options_do_not_tell_apart_go_by_name() -> None:
    variants = [V("a", name="11 oz"), V("b", 0, name="2 lb")]
    assert leads(variants, variants[0]) == {"": [("11 oz", "a", True, False), ("2 lb", "b", False, True)]}
    assert option_groups(variants, variants[1])[0].current == "2 lb"
