"""What shoppers find, in which order, and why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from whoosh.index import open_dir

from search import Document, Filters, Label, LiveColumns, Searcher, SearchRequest, Sort, WhooshIndex
from search.index.terms import decode, decode_publicly
from search.schema import FIELDS
from tests.search.catalogue import catalogue, document, searcher

SOCKS = Label("socks", ("Socks", "袜子"))
LAPTOPS = Label("laptops", ("Laptops & tablets", "笔记本电脑"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """A few goods whose order can be reasoned about."""
    goods = [
        Document(id=1, title="Red cotton socks", categories=(SOCKS,), codes=("4006381333931",)),
        Document(id=2, title="Red wine glass, with a picture of cotton socks"),
        Document(
            id=3, title="Noise cancelling headphones WH-1000XM4", brand=Label("sony", ("Sony",)), model="WH-1000XM4"
        ),
        Document(id=4, title="Hard disk 2 TB", codes=("HD-2000",)),
        Document(id=5, title="Notebook 27 inch", categories=(LAPTOPS,)),
        Document(id=6, title="Extra virgin olive oil 500 ml", popularity=2.0),
        Document(id=7, title="Extra virgin olive oil 0.5 l", popularity=90.0),
        Document(id=8, title="Extra virgin olive oil 500ml", popularity=90.0, in_stock=False),
        Document(id=9, title="Dragon well tea", other_titles=("西湖龙井绿茶礼盒",)),
        Document(id=10, title="Jasmine tea", other_titles=("茉莉花茶",)),
        *(Document(id=20 + n, title=f"Hard disk cover no {n}", brand=Label("sony", ("Sony",))) for n in range(12)),
    ]
    return searcher(tmp_path_factory.mktemp("shop"), goods)


def found(shop: Searcher, text: str, **more: object) -> list[int]:
    """Return the ids of the first page."""
    return list(shop.search(SearchRequest(text=text, **more)).ids)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("red cotton socks", 1),
        ("袜子", 1),
        ("wh1000xm4", 3),
        ("WH 1000XM4", 3),
        ("wh-1000xm4", 3),
        ("2tb", 4),
        ("2000 GB", 4),
        ('27"', 5),
        ("tablets", 5),
        ("note book", 5),
        ("noise canceling headphone", 3),
        ("龙井", 9),
        ("龍井綠茶", 9),
        ("茉莉 tea", 10),
        ("ｊａｓｍｉｎｅ", 10),
    ],
)
def test_this_text_finds_this_product_first(shop: Searcher, text: str, first: int) -> None:
    assert found(shop, text)[0] == first


def test_a_size_is_found_however_it_is_written(shop: Searcher) -> None:
    for text in ("olive oil 500ml", "olive oil 0.5 L", "olive oil 500毫升"):
        assert found(shop, text)[:3] == [7, 6, 8]


def test_a_run_together_word_is_cut_in_two(shop: Searcher) -> None:
    answer = shop.search(SearchRequest(text="harddisk"))
    assert answer.total == 13
    assert answer.corrected_query is None


def test_a_misspelt_word_is_corrected_and_said_so(shop: Searcher) -> None:
    answer = shop.search(SearchRequest(text="Sony headphnoes"))
    assert answer.ids[0] == 3
    assert answer.corrected_query == "sony headphones"
    uncorrected = shop.search(SearchRequest(text="Sony headphnoes", correct=False))
    assert uncorrected.corrected_query is None
    assert uncorrected.relaxed


def test_known_words_and_short_words_are_never_corrected(shop: Searcher) -> None:
    for text in ("socks", "red", "xyz", "12345678", "龙井茶叶"):
        assert shop.search(SearchRequest(text=text)).corrected_query is None


def test_all_words_first_then_fewer(shop: Searcher) -> None:
    answer = shop.search(SearchRequest(text="red cotton socks disk"))
    assert answer.relaxed
    assert answer.ids[:2] == (1, 2)
    full = shop.search(SearchRequest(text="hard disk cover"))
    assert (full.total, full.relaxed) == (12, False)


def test_every_order_is_strict_and_ties_go_by_id(shop: Searcher) -> None:
    assert found(shop, "hard disk cover", sort=Sort.PRICE_ASC) == [20 + n for n in range(12)]
    assert found(shop, "", sort=Sort.SALES)[:3] == [7, 8, 6]


def test_popular_goods_in_stock_come_first_when_nothing_is_typed(shop: Searcher) -> None:
    assert found(shop, "", size=2) == [7, 6]


def test_a_code_is_found_exactly(shop: Searcher) -> None:
    assert shop.search(SearchRequest(text="4006381333931")).exact == 1
    assert shop.search(SearchRequest(text=" hd 2000 ")).exact == 4
    assert shop.search(SearchRequest(text="socks")).exact is None


def test_an_explanation_adds_up_to_the_score(shop: Searcher) -> None:
    why = shop.explain(SearchRequest(text="red cotton socks"), 1)
    assert why is not None
    factors = float(np.prod([factor for _, factor in why.factors]))
    assert why.score == pytest.approx(sum(points for _, points in why.parts) * factors, rel=1e-5)
    assert (why.tier, why.groups) == (3, 3)
    assert ("category:socks", 12.0) in why.parts
    assert shop.explain(SearchRequest(text="red cotton socks"), 6) is None
    assert shop.explain(SearchRequest(text="red cotton socks"), 999) is None


def test_rows_of_live_columns_are_found_and_replaced() -> None:
    rows = [(n, 100 * n, n != 5, n == 7, float(n), n, 4.5) for n in (3, 9, 5, 7)]
    columns = LiveColumns.of(rows)
    assert columns.rows({5, 7, 8}) == {row[0]: row for row in rows if row[0] in {5, 7}}
    fresh = (9, 1, False, True, 0.0, 0, 0.0)
    other = columns.changed({9: fresh, 5: None, 4: (4, 44, True, True, 1.0, 1, 1.0), 8: None})
    assert sorted(other.ids.tolist()) == [3, 4, 7, 9]
    assert other.rows({3, 9}) == {3: rows[0], 9: fresh}
    assert {kind.dtype for kind in (other.price_minor, other.in_stock)} == {np.dtype(np.int64), np.dtype(np.bool_)}
    assert columns.rows([row[0] for row in rows]) == {row[0]: row for row in rows}, "these are as they were"
    assert LiveColumns.of([]).changed({9: fresh}).rows([9]) == {9: fresh}


def test_new_prices_and_stock_need_no_commit(tmp_path: Path) -> None:
    shop = searcher(tmp_path, catalogue(30))
    rows = [(n, 100 * n, n != 5, n == 7, 1.0, 0, 0.0) for n in range(1, 31) if n != 9]
    fresh = shop.refresh(LiveColumns.of([*rows, (777, 1, True, True, 0.0, 0, 0.0)]))
    assert fresh.search(SearchRequest(sort=Sort.PRICE_ASC, size=3)).ids == (1, 2, 3)
    assert fresh.search(SearchRequest(filters=Filters(on_promotion=True))).ids == (7,)
    assert 5 not in fresh.search(SearchRequest(filters=Filters(in_stock=True), size=30)).ids
    assert fresh.search(SearchRequest()).total == 29, "a document without a live row is hidden"
    assert fresh.search(SearchRequest(text="SKU-00009")).exact is None
    assert shop.search(SearchRequest()).total == 30, "the searcher before is as it was"
    assert shop.refresh(LiveColumns.of([])).search(SearchRequest(text="oil")).total == 0


def test_blocks_read_directly_are_what_the_public_interface_gives(tmp_path: Path) -> None:
    writer = WhooshIndex(tmp_path)
    writer.rebuild(catalogue(2500))
    name = writer.apply([document(3), document(9000)], [7, 8])
    reader = open_dir(str(tmp_path / name), readonly=True).reader()
    compared = 0
    for leaf, _ in reader.leaf_readers():
        gone = set(leaf.segment().deleted_docs())
        for field in (*FIELDS, "code"):
            for token in list(leaf.field_terms(field))[:60]:
                docs, counts = decode(leaf, field, token)
                kept = ~np.isin(docs, list(gone))
                public = decode_publicly(leaf.postings(field, token))
                assert docs[kept].tolist() == public[0].tolist()
                assert counts[kept].tolist() == public[1].tolist()
                compared += docs.size
    assert compared > 2500 * 2
    reader.close()


def test_an_empty_index_answers(tmp_path: Path) -> None:
    empty = searcher(tmp_path, [])
    answer = empty.search(SearchRequest(text="anything"))
    assert (answer.ids, answer.total, answer.price) == ((), 0, None)
    assert empty.search(SearchRequest()).total == 0
    assert empty.suggest("any") == ()
    WhooshIndex(tmp_path).upsert([document(1)])
    assert Searcher(WhooshIndex(tmp_path).open()).search(SearchRequest()).ids == (1,)


def test_documents_refuse_impossible_numbers() -> None:
    for wrong in ({"id": -1}, {"price_minor": -1}, {"popularity": float("nan")}, {"rating": 6.0}):
        with pytest.raises(ValueError, match=r"range|popularity|rating"):
            document(1, **wrong)
    with pytest.raises(ValueError, match="equally long"):
        LiveColumns(*(np.zeros(2 + (n == 3)) for n in range(7)))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["olive oil", "aldera running shoes", "coffee maker", "绿茶", "red food"])
def test_explanations_of_all_kinds_of_questions_add_up(shelf: Searcher, text: str) -> None:
    page = shelf.search(SearchRequest(text=text, size=10))
    for number, score in zip(page.ids, page.scores, strict=True):
        told = shelf.explain(SearchRequest(text=text), number)
        assert told is not None
        assert told.score == pytest.approx(score)
        total = sum(points for _, points in told.parts)
        for _, factor in told.factors:
            total *= factor
        assert total == pytest.approx(score, rel=1e-5)
