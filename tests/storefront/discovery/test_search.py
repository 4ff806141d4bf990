"""Searching and browsing the shop's own products, with an index and without one."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import event

from search import IndexMissing
from search.index.generation import Read
from storefront.catalog.events import ProductChanged
from storefront.catalog.listing import Found
from storefront.catalog.models import Product, Variant
from storefront.catalog.queries import category_tree
from storefront.catalog.wanted import Wanted
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery import indexing, jobs, live, queries, searching, wording
from storefront.discovery.live import LiveTable
from storefront.discovery.searching import desk, health
from storefront.kernel.clock import now
from storefront.kernel.events import publish
from storefront.kernel.kept import Kept
from storefront.promotions.rules import Scope
from tests import factories as make
from tests.browser import Shopper


@pytest.fixture
def goods(index_free: Flask) -> SimpleNamespace:
    """A few products in two categories; `ids` by name, `slugs` by name."""
    with index_free.app_context(), transaction():
        drinks = make.make_category("Drinks", translations={"zh": {"name": "饮料"}})
        tea = make.make_category("Tea", parent=drinks, translations={"zh": {"name": "茶"}})
        home = make.make_category("Home")
        leaf = make.make_brand("Leaf & Co")
        other = make.make_brand("Otherwise")
        rows = {
            "green": make.make_product(
                "Green tea bags", category=tea, brand_id=leaf.id, price=450, sku="GT-20", popularity=9,
                translations={"zh": {"name": "绿茶包"}}, description="A calm cup",
            ),
            "black": make.make_product("Black tea loose leaf", category=tea, brand_id=other.id, price=900, stock=0),
            "juice": make.make_product("Apple juice", category=drinks, brand_id=other.id, price=300, popularity=50),
            "pot": make.make_product("Tea pot", category=home, brand_id=leaf.id, price=2500),
            "secret": make.make_product("Secret tea", category=tea, is_published=False),
        }  # fmt: skip
        first = make.variant_of(rows["green"])
        first.options, first.barcode, first.compare_at_minor = {"Size": "20 ct"}, "4006381333931", 500
        make.make_variant(rows["green"], price=1900, sku="GT-100", options={"Size": "100 ct"})
        db.session.flush()
        return SimpleNamespace(
            ids={key: row.id for key, row in rows.items()},
            slugs={key: row.slug for key, row in rows.items()},
            brand=leaf.slug,
            drinks=drinks.slug,
            tea_id=tea.id,
        )


@pytest.fixture
def indexed(index_free: Flask, goods: SimpleNamespace) -> SimpleNamespace:
    """The same with an index."""
    with index_free.app_context():
        indexing.rebuild()
    return goods


class Gate:
    """Reads the whole shop as slowly as a test wants it."""

    def __init__(self) -> None:
        self.began, self.goes_on = threading.Event(), threading.Event()

    def read_whole(self, at: datetime) -> live.Whole:
        self.began.set()
        assert self.goes_on.wait(10)
        return live.read_whole(at)


def names(goods: SimpleNamespace, found: Found) -> list[str]:
    by_id = {number: name for name, number in goods.ids.items()}
    return [by_id[number] for number in found.ids]


def search(text: str, **more: object) -> Found:
    return queries.search(Wanted(text=text, **more), 24)  # type: ignore[arg-type]


@pytest.mark.parametrize("with_index", [True, False])
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(text="tea"), {"green", "black", "pot"}),
        (Wanted(text="green tea"), {"green"}),
        (Wanted(text="绿茶"), {"green"}),
        (Wanted(text="tea", in_stock=True), {"green", "pot"}),
        (Wanted(text="tea", on_promotion=True), {"green"}),
        (Wanted(price_from=450, price_to=900), {"green", "black"}),
        (Wanted(text="100% _ ' OR 1=1"), set()),
        (Wanted(), {"green", "black", "juice", "pot"}),
    ],
)
def test_the_same_is_found_with_an_index_and_without(
    index_free: Flask, goods: SimpleNamespace, wanted: Wanted, expected: set[str], with_index: bool
) -> None:
    with index_free.app_context():
        if with_index:
            indexing.rebuild()
        found = queries.search(wanted, 24)
        full = names(goods, found) if not found.relaxed else names(goods, found)[: len(expected)]
        assert set(full) == expected
        assert found.is_complete is with_index


@pytest.mark.parametrize("with_index", [True, False])
def test_a_category_holds_its_subcategories(index_free: Flask, goods: SimpleNamespace, with_index: bool) -> None:
    with index_free.app_context():
        if with_index:
            indexing.rebuild()
        node = category_tree().get(goods.drinks)
        found = queries.browse(node, Wanted(sort="price"), 24)
        assert names(goods, found) == ["juice", "green", "black"]
        brands = {option.label: option.count for option in found.facets[0].options}
        assert brands == {"Leaf & Co": 1, "Otherwise": 2}
        one = queries.browse(node, Wanted(facets={"brand": (goods.brand,)}), 24)
        assert (names(goods, one), one.total) == (["green"], 1)
        assert queries.browse(node, Wanted(page=7), 24).total == 3


def test_sizes_are_counted_and_labelled(index_free: Flask, indexed: SimpleNamespace) -> None:
    with index_free.app_context():
        sizes = search("green tea", facets={"a.size": ("100 ct",)}).facets[1]
        assert (sizes.key, sizes.name) == ("a.size", "Size")
        assert [(option.label, option.is_chosen) for option in sizes.options] == [("20 ct", False), ("100 ct", True)]
        assert names(indexed, search("tea", facets={"a.size": ("100 ct",)})) == ["green"]


def test_an_edit_is_found_after_its_job(index_free: Flask, indexed: SimpleNamespace) -> None:
    with index_free.app_context():
        with transaction():
            product = db.session.get(Product, indexed.ids["pot"])
            product.name, product.updated_at = "Samovar", now()
            db.session.flush()
            indexing.note_changes(product_ids=[product.id, product.id], at=now())
        assert indexing.count_changes() == 1
        assert jobs.take_in_changes()
        assert indexing.count_changes() == 0
        assert names(indexed, search("samovar")) == ["pot"]
        assert "pot" not in names(indexed, search("pot", sort="price"))


def test_a_withdrawn_product_is_gone_before_any_commit(index_free: Flask, indexed: SimpleNamespace) -> None:
    with index_free.app_context():
        assert "green" in names(indexed, search("tea"))
        with transaction():
            product = db.session.get(Product, indexed.ids["green"])
            product.is_published, product.updated_at = False, now()
        desk().refresh()
        assert "green" not in names(indexed, search("tea"))
        with transaction():
            indexing.note_changes(product_ids=[indexed.ids["green"]], at=now())
        jobs.take_in_changes()
        assert health().documents == 3


def test_a_new_price_changes_the_order_without_a_commit(index_free: Flask, indexed: SimpleNamespace) -> None:
    with index_free.app_context():
        before = health().generation
        assert names(indexed, search("tea", sort="price"))[0] == "green"
        with transaction():
            variant = db.session.scalar(db.select(Variant).where(Variant.product_id == indexed.ids["pot"]))
            variant.price_minor, variant.updated_at = 100, now()
        desk().refresh()
        assert names(indexed, search("tea", sort="price"))[0] == "pot"
        assert health().generation == before


@pytest.mark.usefixtures("work_goes_on_beside")
def test_nobody_waits_while_a_large_shop_is_read_again(
    index_free: Flask, indexed: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_AT_ONCE", 1)
    gate = Gate()
    with index_free.app_context():
        assert names(indexed, search("tea", sort="price"))[0] == "green"
        assert desk()._beside.wait(10)
        with transaction():
            for key in ("pot", "juice"):
                variant = db.session.scalar(db.select(Variant).where(Variant.product_id == indexed.ids[key]))
                variant.price_minor, variant.updated_at = 100, now()
        monkeypatch.setattr(searching, "read_whole", gate.read_whole)
        for _ in range(2):
            desk().refresh()
            assert gate.began.wait(10)
            assert names(indexed, search("tea", sort="price"))[0] == "green"
        gate.goes_on.set()
        assert desk()._beside.wait(10)
        assert names(indexed, search("tea", sort="price"))[0] == "pot"


@pytest.mark.usefixtures("work_goes_on_beside")
def test_nobody_waits_for_a_large_shop_that_was_never_read(
    index_free: Flask, indexed: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_AT_ONCE", 1)
    gate = Gate()
    monkeypatch.setattr(searching, "read_whole", gate.read_whole)
    with index_free.app_context():
        with transaction():
            variant = db.session.scalar(db.select(Variant).where(Variant.product_id == indexed.ids["black"]))
            variant.price_minor, variant.updated_at = 100, now()
        Kept.forget_all()
        assert names(indexed, search("tea", sort="price")) == ["green", "black", "pot"], "as the index was told"
        assert gate.began.wait(10)
        path = f"/categories/{next(node.slug for node in category_tree().roots if node.name == 'Drinks')}?sort=price"
    visitor = Shopper(index_free)

    def first() -> str:
        return str(visitor.get(path).all("article a")[0].get_text())

    assert first() == "Apple juice"
    gate.goes_on.set()
    with index_free.app_context():
        assert desk()._beside.wait(10)
        assert wording._kept.get()._beside.wait(10)
        assert names(indexed, search("tea", sort="price"))[0] == "black"
    assert first() == "Black tea loose leaf", "a list that was kept before is made anew"


@pytest.mark.usefixtures("work_goes_on_beside")
def test_what_fails_beside_the_requests_is_tried_again(
    index_free: Flask, indexed: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "MOST_AT_ONCE", 0)

    def broken(at: datetime) -> live.Whole:
        raise OSError("the database has gone")

    with index_free.app_context():
        search("tea")
        assert desk()._beside.wait(10)
        with transaction():
            variant = db.session.scalar(db.select(Variant).where(Variant.product_id == indexed.ids["pot"]))
            variant.price_minor, variant.updated_at = 100, now()
        with monkeypatch.context() as patch:
            patch.setattr(searching, "read_whole", broken)
            desk().refresh()
            assert desk()._beside.wait(10)
        assert "live columns could not be done" in caplog.text
        assert names(indexed, search("tea", sort="price"))[0] == "green"
        desk().refresh()
        assert desk()._beside.wait(10)
        assert names(indexed, search("tea", sort="price"))[0] == "pot"


def test_only_what_was_touched_is_read_again(index_free: Flask, indexed: SimpleNamespace) -> None:
    with index_free.app_context():
        table, start = LiveTable(), now() + timedelta(hours=1)
        assert table.update(start) is not None
        assert table.update(start + timedelta(seconds=20)) is None
        with transaction():
            variant = make.variant_of(db.session.get(Product, indexed.ids["juice"]))
            variant.price_minor, variant.updated_at = 123, start + timedelta(seconds=21)
        columns = table.update(start + timedelta(seconds=22))
        assert columns is not None
        assert 123 in columns.price_minor.tolist()
        assert table.update(start + timedelta(hours=2)) is not None


def test_without_an_index_changes_wait_and_the_sweep_builds_one(index_free: Flask, goods: SimpleNamespace) -> None:
    with index_free.app_context():
        with transaction():
            indexing.note_changes(product_ids=[goods.ids["green"]], at=now())
        assert not jobs.take_in_changes()
        assert indexing.count_changes() == 1
        with pytest.raises(IndexMissing):
            desk().holder.searcher()
        jobs.rebuild_index()
        assert indexing.count_changes() == 0
        assert names(goods, search("green tea"))[0] == "green"


def test_a_typo_is_mended_and_said(indexed: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get("/search?q=aple+juice")
    assert page.all("article[data-sku]")
    assert "aple" in page.one("h1").get_text()
    assert "apple juice" in page.said


def test_the_results_page_is_whole_or_a_fragment(indexed: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get("/search?q=tea&sort=price")
    skus = [str(card["data-sku"]) for card in page.all("article[data-sku]")]
    assert skus[0] == "GT-20"
    fragment = shopper.get("/search?q=tea&sort=price", htmx=True)
    assert not fragment.all("html")
    assert [str(card["data-sku"]) for card in fragment.all("article[data-sku]")] == skus


@pytest.mark.parametrize(
    "query",
    ["", "?q=", "?q=" + "x" * 9000, "?q=NOT+OR+(", "?q=title:x*", "?q=%ff%01", "?q=tea&page=-1", "?q=tea&page=99999",
     "?q=tea&price_from=abc&price_to=-5", "?q=tea&brand=nobody&size=&sort=sideways", "?q=😀", "?brand=a&brand=b"],
)  # fmt: skip
def test_any_address_of_a_search_has_an_answer(indexed: SimpleNamespace, shopper: Shopper, query: str) -> None:
    assert shopper.get(f"/search{query}").status == 200


@pytest.mark.parametrize("with_index", [True, False])
@pytest.mark.parametrize(
    ("code", "sku"),
    [
        *(("GT-100", "GT-100"), ("gt 100", "GT-100"), ("ＧＴ－１００", "GT-100"), ("gt-20", "GT-20")),
        *(("4006381333931", "GT-20"), ("４００６３８１３３３９３１", "GT-20"), ("4006381 333931", "GT-20")),
    ],
)
def test_a_code_leads_straight_to_its_variant(
    index_free: Flask, goods: SimpleNamespace, shopper: Shopper, code: str, sku: str, with_index: bool
) -> None:
    if with_index:
        with index_free.app_context():
            indexing.rebuild()
    page = shopper.get("/search", query_string={"q": code})
    assert (page.status, page.location) == (302, f"/products/{goods.slugs['green']}?sku={sku}")
    assert sku in shopper.get(page.location).text


def test_a_code_of_the_only_variant_leads_to_the_plain_product(indexed: SimpleNamespace, shopper: Shopper) -> None:
    with shopper.app.app_context():
        sku = make.variant_of(db.session.get(Product, indexed.ids["juice"])).sku
    assert shopper.get(f"/search?q={sku}").location == f"/products/{indexed.slugs['juice']}"


def test_a_code_works_without_an_index(goods: SimpleNamespace, shopper: Shopper) -> None:
    assert shopper.get("/search?q=GT-20").location == f"/products/{goods.slugs['green']}?sku=GT-20"
    assert shopper.get("/search?q=GT-999").status == 200


def test_suggestions_are_links(indexed: SimpleNamespace, shopper: Shopper) -> None:
    fragment = shopper.get("/search/suggestions?q=te", htmx=True)
    links = {link.get_text("", strip=True): str(link["href"]) for link in fragment.all("a")}
    assert f"/products/{indexed.slugs['pot']}" in links.values()
    assert any(text.startswith("TeaDrinks") for text in links)
    assert shopper.get("/search/suggestions?q=te").one("h1")
    chinese = Shopper(shopper.app, language="zh").get("/search/suggestions?q=%E8%8C%B6", htmx=True)
    assert chinese.one("[href^='/categories/']").get_text("", strip=True).startswith("茶")


def test_suggestions_without_an_index_are_empty(goods: SimpleNamespace, shopper: Shopper) -> None:
    assert shopper.get("/search/suggestions?q=te", htmx=True).all("a") == []


def test_the_shop_sells_without_an_index_and_says_so(goods: SimpleNamespace, shopper: Shopper) -> None:
    page = shopper.get("/search?q=tea")
    assert {str(card["data-sku"]) for card in page.all("article[data-sku]")} >= {"GT-20"}
    report = shopper.get("/healthz").response
    assert (report.status_code, report.json["status"], report.json["index"]["usable"]) == (200, "degraded", False)
    assert "no search index" in report.json["index"]["problem"]


def test_health_names_the_generation(indexed: SimpleNamespace, shopper: Shopper) -> None:
    index = shopper.get("/healthz").response.json["index"]
    assert (index["usable"], index["documents"], index["segments"], index["problem"]) == (True, 4, 1, "")


def test_the_command_builds_and_tells(index_free: Flask, goods: SimpleNamespace) -> None:
    runner = index_free.test_cli_runner()
    waiting = runner.invoke(args=["search", "status"])
    assert (waiting.exit_code, "reindex" in waiting.output) == (1, True)
    built = runner.invoke(args=["search", "reindex"])
    assert (built.exit_code, "4 products" in built.output) == (0, True)
    assert "4 products in 1 segment" in runner.invoke(args=["search", "status"]).output


def test_a_published_edit_is_indexed_right_after_its_commit(index_free: Flask, indexed: SimpleNamespace) -> None:
    with index_free.app_context():
        with transaction():
            product = db.session.get(Product, indexed.ids["pot"])
            product.name, product.updated_at = "Samovar", now()
            db.session.flush()
            publish(ProductChanged(product.id, now()))
        assert indexing.count_changes() == 0
        assert names(indexed, search("samovar")) == ["pot"]


def test_after_many_small_changes_the_index_is_rebuilt(
    index_free: Flask, indexed: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "MOST_SEGMENTS", 2)
    with index_free.app_context():
        segments = []
        for _ in range(3):
            with transaction():
                indexing.note_changes(product_ids=[indexed.ids["pot"]], at=now())
            assert jobs.take_in_changes()
            segments.append(health().segments)
        assert segments == [2, 1, 2]


def test_a_search_asks_the_database_few_questions(
    index_free: Flask, indexed: SimpleNamespace, shopper: Shopper
) -> None:
    asked: list[str] = []
    address = "/search?q=tea"
    shopper.get(address)
    with index_free.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    shopper.get(address)
    event.remove(engine, "before_cursor_execute", note)
    assert len(asked) <= 8, asked


def test_goods_of_a_running_offer_count_as_on_promotion(
    index_free: Flask, indexed: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with index_free.app_context():
        assert names(indexed, search("tea", on_promotion=True)) == ["green"]
        scope = Scope(category_ids=frozenset({indexed.tea_id}))
        monkeypatch.setattr(live, "promoted_scopes", lambda: (scope,))
        desk().refresh()
        assert set(names(indexed, search("tea", on_promotion=True))) == {"green", "black"}
        monkeypatch.setattr(live, "promoted_scopes", lambda: ())
        desk().refresh()
        assert names(indexed, search("tea", on_promotion=True)) == ["green"]


def test_a_search_that_finds_nothing_says_so_and_offers_something_else(
    indexed: SimpleNamespace, shopper: Shopper
) -> None:
    page = shopper.get("/search?q=zzqqxx")
    assert "Nothing found for “zzqqxx”" in page.words(".nothing")
    assert page.one(".nothing a[href='/categories']")
    assert page.all("#shelf-best-sellers article[data-sku]")


def test_a_kept_category_page_is_made_anew_once_there_is_an_index(
    index_free: Flask, goods: SimpleNamespace, shopper: Shopper
) -> None:
    address = f"/categories/{goods.drinks}"
    assert 'name="a.size"' not in shopper.get(address).text
    with index_free.app_context():
        indexing.rebuild()
    assert 'name="a.size"' in shopper.get(address).text


def test_a_change_that_is_committed_late_is_not_forgotten_with_later_ones(
    index_free: Flask, indexed: SimpleNamespace
) -> None:
    with index_free.app_context():
        with transaction():
            indexing.note_changes(product_ids=[indexed.ids["pot"], indexed.ids["juice"]], at=now())
        late, early = (change_id for change_id, _ in indexing.list_changes(5))
        with transaction():
            indexing.forget_changes([early])
        assert [change_id for change_id, _ in indexing.list_changes(5)] == [late]


def test_what_is_indexed_is_read_after_the_writers_lock_is_taken(
    index_free: Flask, indexed: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with index_free.app_context():
        index = desk().holder.index
        revise = index.revise

        def later(read: Read) -> str:
            with index_free.app_context(), transaction():
                product = db.session.get(Product, indexed.ids["pot"])
                assert product is not None
                product.name = "Samovar"
            return revise(read)

        monkeypatch.setattr(type(index), "revise", lambda _index, read: later(read))
        db.session.get(Product, indexed.ids["pot"])
        indexing.index_products([indexed.ids["pot"]])
        assert names(indexed, search("samovar")) == ["pot"]
