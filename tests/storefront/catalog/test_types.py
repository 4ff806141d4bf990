"""Facts of a type: typed, written for readers, and read back."""

from __future__ import annotations

import pytest

from storefront.catalog import types
from storefront.catalog.states import AttributeKind
from storefront.catalog.types import Attribute, Typed
from storefront.kernel.errors import Invalid

TEXT = Attribute("Fit", AttributeKind.TEXT, name_zh="版型")
NUMBER = Attribute("Length", AttributeKind.NUMBER, unit="cm")
CHOICE = Attribute("Material", AttributeKind.CHOICE, choices=(("Linen", "亚麻"), ("Silk", "")))
YES_NO = Attribute("Washable", AttributeKind.BOOLEAN, is_required=True)


@pytest.mark.parametrize(
    ("attribute", "typed", "kept"),
    [
        (TEXT, Typed(" loose  fit ", "宽松"), ("loose fit", "宽松")),
        (TEXT, Typed("loose"), ("loose", "loose")),
        (NUMBER, Typed("12.50"), ("12.5 cm", "12.5 cm")),
        (NUMBER, Typed("12,5 cm"), ("12.5 cm", "12.5 cm")),
        (NUMBER, Typed("-3"), ("-3 cm", "-3 cm")),
        (CHOICE, Typed("Linen"), ("Linen", "亚麻")),
        (CHOICE, Typed("Silk"), ("Silk", "Silk")),
        (YES_NO, Typed("No"), ("No", "否")),
        (NUMBER, Typed(" "), None),
    ],
)
def test_what_is_typed_is_kept_as_shoppers_read_it(
    attribute: Attribute, typed: Typed, kept: tuple[str, str] | None
) -> None:
    assert types.write_fact(attribute, typed) == kept


@pytest.mark.parametrize(
    ("attribute", "text"),
    [(NUMBER, "long"), (NUMBER, "1e9"), (NUMBER, "nan"), (NUMBER, "1" * 20), (CHOICE, "Steel"), (YES_NO, "")],
)
def test_what_cannot_be_is_refused(attribute: Attribute, text: str) -> None:
    with pytest.raises(Invalid):
        types.write_fact(attribute, Typed(text))


@pytest.mark.parametrize("attribute", [TEXT, NUMBER, CHOICE])
def test_a_form_shows_again_what_was_typed(attribute: Attribute) -> None:
    typed = {"Fit": Typed("loose", "宽松"), "Length": Typed("12.5"), "Material": Typed("Linen")}[attribute.name]
    written = types.write_fact(attribute, typed)
    assert written
    facts, facts_zh = types.join_facts([attribute], {attribute.name: written}, {}, {})
    assert types.read_fact(attribute, facts, facts_zh) == typed


def test_facts_in_chinese_are_as_many_as_in_english_so_that_one_names_the_other() -> None:
    facts, facts_zh = types.join_facts(
        [TEXT, NUMBER], {"Fit": ("loose", "宽松"), "Length": ("1 cm", "1 cm")}, {"A": "b"}, {}
    )
    assert list(facts) == ["Fit", "Length", "A"]
    assert facts_zh == {"版型": "宽松", "Length": "1 cm", "A": "b"}


def test_facts_that_say_the_same_in_both_languages_are_kept_once() -> None:
    assert types.join_facts([NUMBER], {"Length": ("1 cm", "1 cm")}, {"A": "b"}, {})[1] == {}


def test_the_types_facts_come_first_in_its_order() -> None:
    assert list(types.in_order({"Z": "1", "B": "2", "A": "3"}, ["A", "B", "C"])) == ["A", "B", "Z"]


def test_lines_are_read_and_written() -> None:
    facts = types.read_lines("Material: Cotton\n\n产地：中国\nRatio: 1:2", field="free")
    assert facts == {"Material": "Cotton", "产地": "中国", "Ratio": "1:2"}
    assert types.read_lines(types.write_lines(facts), field="free") == facts
