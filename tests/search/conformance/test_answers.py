"""Whatever keeps the terms, the same documents match, in the same tiers, with the same counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import Document, Filters, LiveColumns, Searcher, SearchRequest, Sort
from search.parsing import Group, parse
from tests.search.catalogue import BRANDS, SIZES, TYPES, WORDS
from tests.search.conformance.oracle import Held, levels, matching, tokens_of
from tests.search.test_hostile import QUERIES as HOSTILE

QUERIES = [
    "olive oil",
    "olive oil 500ml",
    "Aldera running shoes large",
    "premium crisp green tea 1 l",
    "desk lamp coffee socks",
    "xyzzy plugh",
    "oil xyzzy",
    "a",
    "绿茶",
    "橄榄油",
    "綠茶",
    "羊毛袜 500 ml",
    "咖啡机跑鞋台灯",
    "茶",
    "绿灯油",
    "aldera 绿茶",
    "coffe makr",
    "notebook",
    "note book",
    "rock'n'roll",
    "rocknroll record",
    "word",
    "olive",
    "w" * 200,
    "汉字典",
    "SKU-00007",
    "AL-0012X",
    "red",
    "t7q d2899z",
    "'singles' \\",
    "drop table x",
    "straße",
]
WORDS_TYPED = [
    *(word for text in (*BRANDS, *TYPES, *WORDS, *SIZES) for word in text.split()),
    *(names[0] for names in TYPES.values()),
    *("500ml", "olve", "socs", "咖啡", "油灯", "nothing", "sku-00012", "note", "book"),
]


@pytest.fixture(scope="module")
def catalogue_tokens(goods: list[Document]) -> dict[int, Held]:
    """The tokens of `goods` by id."""
    return tokens_of(goods)


def check(shop: Searcher, tokens: dict[int, Held], text: str) -> None:
    corrected = shop.search(SearchRequest(text=text)).corrected_query is not None
    groups = parse(text, shop.generation, correct=corrected).groups
    expected, relaxed = matching(tokens, groups) if groups else (dict.fromkeys(tokens, 0), False)
    page = shop.search(SearchRequest(text=text, size=1000))
    if not groups and text.strip():
        assert page.total == 0
        return
    assert (set(page.ids), page.relaxed) == (set(expected), relaxed)
    assert page.total == len(page.ids) == len(expected)
    if page.ids:
        why = shop.explain(SearchRequest(text=text), page.ids[-1])
        assert why is not None
        assert why.tier == expected[page.ids[-1]]


@pytest.mark.parametrize("text", QUERIES)
def test_exactly_what_matches_is_found(shop: Searcher, catalogue_tokens: dict[int, Held], text: str) -> None:
    check(shop, catalogue_tokens, text)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_finds_exactly_what_matches(shop: Searcher, catalogue_tokens: dict[int, Held], text: str) -> None:
    check(shop, catalogue_tokens, text)
    assert len(shop.suggest(text, 5)) <= 5
    shop.explain(SearchRequest(text=text), 1)


@given(words=st.lists(st.sampled_from(WORDS_TYPED), min_size=1, max_size=6))
@settings(max_examples=80, deadline=None)
def test_any_words_find_exactly_what_matches(
    shop: Searcher, catalogue_tokens: dict[int, Held], words: list[str]
) -> None:
    check(shop, catalogue_tokens, " ".join(words))


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_groups_of_every_kind_find_exactly_what_matches(
    shop: Searcher, catalogue_tokens: dict[int, Held], data: st.DataObject
) -> None:
    known = sorted({token for held in list(catalogue_tokens.values())[:40] for token in held.every})
    token = st.sampled_from([*known, "never", "written"])
    term = st.tuples(token, st.sampled_from([1.0, 0.5]))
    phrase = st.tuples(st.lists(token, min_size=1, max_size=3).map(tuple), st.just(0.8))
    group = st.builds(
        lambda terms, share, phrases: Group(
            tuple(dict(terms).items()), share, len(dict(terms)) if share else 0, tuple(phrases)
        ),
        st.lists(term, min_size=1, max_size=4),
        st.sampled_from([None, None, 0.4, 1.0]),
        st.lists(phrase, max_size=2),
    )
    groups = data.draw(st.lists(group, min_size=1, max_size=4))
    found = shop.generation.match(groups, shop.shown)
    expected, relaxed = matching(catalogue_tokens, groups)
    ids = shop.generation.corpus.ids[found.docs].tolist()
    assert dict(zip(ids, found.tiers.tolist(), strict=True)) == expected
    assert found.relaxed == relaxed
    assert (found.scores > 0).all()
    assert (np.diff(found.docs) > 0).all()


@pytest.mark.parametrize("code", ["SKU-00012", "sku 00012", "4000000000012", "A'B\\C", "a b c"])
def test_a_code_finds_its_one_product(shop: Searcher, goods: list[Document], code: str) -> None:
    expected = 5001 if code[0] in "Aa" else 12
    assert shop.find_code(code) == expected
    assert shop.search(SearchRequest(text=code)).exact == expected


@pytest.mark.parametrize("code", ["STALE-1", "", "---", "sku", "00012", "aldera", "\0", "'", "x" * 3000])
def test_what_is_no_code_of_a_living_product_finds_none(shop: Searcher, code: str) -> None:
    assert shop.find_code(code) is None


def test_what_only_replaced_documents_said_is_unknown(shop: Searcher) -> None:
    assert not shop.generation.knows("stale")
    assert shop.generation.knows("oliv")
    assert not shop.generation.knows("xyzzy")
    assert shop.search(SearchRequest(text="stale", correct=False)).total == 0


@pytest.mark.parametrize("token", ["oliv", "stale", "绿茶", "t7q", "word", "never", "~lü", "", "x" * 3000])
def test_tokens_are_counted_in_living_documents(shop: Searcher, catalogue_tokens: dict[int, Held], token: str) -> None:
    expected = sum(token in held.every for held in catalogue_tokens.values())
    assert shop.generation.count(token) == expected
    assert shop.generation.knows(token) == (expected > 0)


def test_spelling_is_corrected_from_words_in_use(shop: Searcher) -> None:
    assert shop.search(SearchRequest(text="aldra coffe makr")).corrected_query == "aldera coffee maker"
    assert shop.search(SearchRequest(text="aldra", correct=False)).corrected_query is None
    assert (
        shop.search(SearchRequest(text="oliveoil", size=1000)).total
        == shop.search(SearchRequest(text="olive oil")).total
    )


FILTERS = [
    Filters(),
    Filters(facets={"brand": ("aldera", "bruma")}),
    Filters(facets={"brand": ("aldera",), "size": ("500 ml", "1 l")}, in_stock=True),
    Filters(scope={"category": ("food",)}, price_from=500, price_to=2500),
    Filters(on_promotion=True, rating_from=4.0),
    Filters(facets={"brand": ("nobody",), "colour": ("red",)}),
    Filters(scope={"nonsense": ("x",)}),
]


@pytest.mark.parametrize("filters", FILTERS, ids=range(len(FILTERS)))
@pytest.mark.parametrize("text", ["", "olive oil", "绿茶", "daily light"])
def test_filters_and_counts_are_those_of_counting_by_hand(
    shop: Searcher, goods: list[Document], catalogue_tokens: dict[int, Held], text: str, filters: Filters
) -> None:
    page = shop.search(SearchRequest(text=text, filters=filters, size=1000, facet_limit=1000))
    groups = parse(text, shop.generation).groups
    scoped = [one for one in goods if all(_has(one, name, values) for name, values in filters.scope.items())]
    found = matching({one.id: catalogue_tokens[one.id] for one in scoped}, groups)[0] if groups else None
    hits = [one for one in scoped if found is None or one.id in found]

    def kept(without: str = "") -> list[Document]:
        return [one for one in hits if _passes(one, filters, without)]

    assert set(page.ids) == {one.id for one in kept()}
    assert page.total == len(kept())
    assert page.in_stock == sum(one.in_stock for one in kept("in_stock"))
    assert page.on_promotion == sum(one.on_promotion for one in kept("on_promotion"))
    for name in ("brand", "category", "size"):
        expected: dict[str, int] = {}
        for one in kept(name):
            for value in _values(one, name):
                expected[value] = expected.get(value, 0) + 1
        assert {choice.value: choice.count for choice in page.facets[name] if choice.count} == expected
    prices = [one.price_minor for one in kept("price")]
    assert (page.price is None) == (not prices)
    if page.price:
        assert (page.price.lowest, page.price.highest) == (min(prices), max(prices))
        assert sum(bucket.count for bucket in page.price.buckets) == len(prices)


@pytest.mark.parametrize("text", ["", "olive oil", "绿茶", "premium"])
def test_every_order_is_total_and_pages_lose_and_repeat_nothing(
    shop: Searcher, goods: list[Document], text: str
) -> None:
    by_id = {one.id: one for one in goods}
    keys = {
        Sort.PRICE_ASC: lambda one: one.price_minor,
        Sort.PRICE_DESC: lambda one: -one.price_minor,
        Sort.NEWEST: lambda one: -one.published_on,
        Sort.SALES: lambda one: -one.popularity,
        Sort.RATING: lambda one: -one.rating,
    }
    level = levels(tokens_of(goods), parse(text, shop.generation).groups)
    for sort in Sort:
        whole = shop.search(SearchRequest(text=text, sort=sort, size=1000)).ids
        pages = [shop.search(SearchRequest(text=text, sort=sort, size=17, page=page)).ids for page in range(1, 21)]
        assert tuple(number for page in pages for number in page) == whole
        if sort in keys:
            key = keys[sort]
            assert list(whole) == sorted(whole, key=lambda number: (-level[number], key(by_id[number]), number))
    beyond = shop.search(SearchRequest(text=text, page=10_000))
    assert (beyond.ids, beyond.total) == ((), len(whole))


def test_an_explanation_adds_up_to_the_score_and_names_the_tokens(shop: Searcher) -> None:
    request = SearchRequest(text="aldera olive oil 500ml 绿茶")
    ids = shop.search(request).ids
    scores: list[float] = []
    for number in ids[:10]:
        why = shop.explain(request, number)
        assert why is not None
        factors = float(np.prod([factor for _, factor in why.factors]))
        assert why.score == pytest.approx(sum(points for _, points in why.parts) * factors, rel=1e-5)
        scores.append((why.tier, why.score))
    assert scores == sorted(scores, reverse=True)
    assert shop.explain(request, 999_999) is None


def test_new_live_columns_need_no_write(shop: Searcher, goods: list[Document]) -> None:
    rows = [(one.id, one.id, one.id != 5, one.id == 7, 1.0, 0, 0.0) for one in goods if one.id not in {9, 12}]
    fresh = shop.refresh(LiveColumns.of(rows))
    assert fresh.search(SearchRequest(sort=Sort.PRICE_ASC, size=3)).ids == (1, 2, 3)
    assert fresh.search(SearchRequest(filters=Filters(on_promotion=True))).ids == (7,)
    assert fresh.search(SearchRequest()).total == len(goods) - 2
    assert fresh.find_code("SKU-00012") is None
    assert shop.find_code("SKU-00012") == 12


def test_suggestions_are_the_same_code_over_the_same_columns(shop: Searcher) -> None:
    kinds = {(one.kind, one.value) for one in shop.suggest("oli", 10)}
    assert ("category", "olive oil") in kinds
    assert ("brand", "aldera") in {(one.kind, one.value) for one in shop.suggest("ald", 10)}
    assert any(one.kind == "product" for one in shop.suggest("aldera oil", 10))
    assert shop.suggest("绿", 3)[0].kind == "category"
    assert shop.suggest("") == ()


def test_a_named_category_and_brand_come_first(shop: Searcher, goods: list[Document]) -> None:
    by_id = {one.id: one for one in goods}
    first = [by_id[number] for number in shop.search(SearchRequest(text="fjord wool socks")).ids[:3]]
    assert all(one.product_type == "Wool socks" for one in first)


def _values(one: Document, name: str) -> tuple[str, ...]:
    if name == "brand":
        return (one.brand.value,) if one.brand else ()
    return tuple(label.value for label in one.categories) if name == "category" else one.facets.get(name, ())


def _has(one: Document, name: str, values: tuple[str, ...]) -> bool:
    return bool(set(_values(one, name)) & set(values))


def _passes(one: Document, filters: Filters, without: str) -> bool:
    checks = {name: _has(one, name, values) for name, values in filters.facets.items()}
    checks["price"] = (filters.price_from or 0) <= one.price_minor <= (filters.price_to or 2**62)
    checks["in_stock"] = one.in_stock or not filters.in_stock
    checks["on_promotion"] = one.on_promotion or not filters.on_promotion
    checks["rating"] = one.rating >= (filters.rating_from or 0)
    return all(fine for name, fine in checks.items() if name != without)
