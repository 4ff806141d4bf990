"""All goods in columns say of a scope what each of them says of it alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storefront.kernel.money import Money
from storefront.promotions.rules import Scope
from storefront.promotions.rules.goods import NO_GOODS, Good, Goods

NUMBERS, SKUS = st.integers(0, 4), st.sampled_from(["A", "B", "C", "D"])
SAID = st.sampled_from(["Color=red", "Color=blue", "Size=L", "Size=M", "Kind=x"])
BARE = {
    "product_ids": st.frozensets(NUMBERS, max_size=2),
    "skus": st.frozensets(SKUS, max_size=2),
    "category_ids": st.frozensets(NUMBERS, max_size=2),
    "brand_ids": st.frozensets(NUMBERS, max_size=2),
    "collection_ids": st.frozensets(NUMBERS, max_size=2),
    "attributes": st.frozensets(SAID, max_size=3),
}
SCOPES = st.recursive(
    st.builds(Scope, **BARE),
    lambda inner: st.builds(Scope, **BARE, exclude=inner.filter(lambda scope: not scope.is_everything)),
    max_leaves=3,
)
AMOUNTS = st.none() | st.integers(0, 1000).map(lambda minor: Money(minor, "USD"))
GOODS = st.lists(
    st.builds(
        Good,
        sku=SKUS,
        price=st.integers(0, 1000).map(lambda minor: Money(minor, "USD")),
        product_id=NUMBERS,
        brand_id=st.none() | NUMBERS,
        category_ids=st.frozensets(NUMBERS, max_size=3),
        collection_ids=st.frozensets(NUMBERS, max_size=2),
        attributes=st.frozensets(SAID, max_size=3),
        cost=AMOUNTS,
        minimum_price=AMOUNTS,
        available=st.none() | st.integers(-2, 9),
    ),
    max_size=4,
    unique_by=lambda good: good.sku,
)


@given(GOODS, st.lists(SCOPES, max_size=3))
def test_scopes_mean_the_same_of_all_as_of_each(each: list[Good], scopes: list[Scope]) -> None:
    goods = Goods.of(each)
    assert [goods.at(place) for place in range(len(goods))] == each
    for _ in range(2):
        assert goods.meant_by(*scopes).tolist() == [any(good.is_in(scope) for scope in scopes) for good in each]
    for scope in scopes:
        assert goods.meant_by(scope).tolist() == [good.is_in(scope) for good in each]
    assert [goods.find(good.sku) for good in each] == list(range(len(each)))
    assert goods.find("E") is None


@given(GOODS, SCOPES, st.none() | st.integers(0, 3))
def test_the_cheapest_and_those_that_earn_least(each: list[Good], scope: Scope, most: int | None) -> None:
    goods = Goods.of(each)
    meant = goods.meant_by(scope)
    costly = [good for good in each if good.is_in(scope) and good.price.minor]
    cheapest = min(costly, key=lambda good: (good.price.minor, good.sku), default=None)
    place = goods.cheapest(meant)
    assert (None if place is None else goods.at(place)) == cheapest

    def kept(good: Good) -> float:
        floor = max(amount.minor for amount in (good.cost, good.minimum_price) if amount is not None)
        return 1 - floor / good.price.minor

    known = [good for good in costly if good.cost is not None or good.minimum_price is not None]
    assert [goods.at(place) for place in goods.earning_least(meant, most)] == sorted(known, key=kept)[:most]


def test_no_goods_are_meant_by_nothing_and_found_by_nobody() -> None:
    assert len(NO_GOODS) == 0
    assert not NO_GOODS.meant_by(Scope()).any()
    assert NO_GOODS.find("A") is None
    assert NO_GOODS.cheapest(NO_GOODS.meant_by(Scope())) is None
