"""Files are read as they come, or refused with a sentence."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from storefront.imports import reading, shapes
from storefront.imports.errors import BadFile
from storefront.imports.fields import BY_KEY, Field, Part, guess
from storefront.imports.reading import look_at, open_table
from storefront.imports.shapes import shape_of
from storefront.imports.values import Known, pairs_of, pairs_text, read
from storefront.kernel.errors import Invalid
from storefront.kernel.sheets import guarded, unguarded
from tests.storefront.imports.files import book_of, csv_of

TABLE = [("货号", "商品名称", "售价"), ("A-1", "陶瓷杯子，蓝色", "12.50"), ("A-2", "玻璃碗", "8.00")]


def _rows(content: bytes) -> list[list[str]]:
    headers, rows = open_table(content, shape_of(content))
    return [headers, *(cells for _place, cells in rows)]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"],
)
@pytest.mark.parametrize("by", [",", ";", "\t"])
def test_every_encoding_and_separator_gives_the_same_table(encoding: str, by: str) -> None:
    assert _rows(csv_of(TABLE, by=by, encoding=encoding)) == [list(row) for row in TABLE]


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("big5", ("貨號", "商品名稱與說明", "這裡的價錢還沒有決定")),
        ("cp1252", ("Größe", "Café crème brûlée", "naïve señor")),
    ],
)
def test_other_encodings_are_recognised_too(encoding: str, names: tuple[str, ...]) -> None:
    table = [("SKU", "Name", "Text"), *[names] * 20]
    assert _rows(csv_of(table, encoding=encoding))[1] == list(names)


def test_workbooks_are_read_with_titles_merged_cells_and_numbers_as_they_look() -> None:
    table = [("SKU", "Price", "Weight", "Published"), (1001, 0.1 + 0.2, 250.0, True), ("007", 19.99, None, "no")]
    assert _rows(book_of(table, merged="Prices for May")) == [
        ["SKU", "Price", "Weight", "Published"],
        ["1001", "0.3", "250", "yes"],
        ["007", "19.99", "", "no"],
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "This file is empty."),
        (b"\r\n \r\n", "This file is empty."),
        (b"SKU,Price\r\n", "no row below"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "not a table"),
        (b"\xd0\xcf\x11\xe0 old", "old XLS"),
        (b"PK\x03\x04 broken", "damaged"),
        (b'SKU,Price\r\nA,"12\r\nB,13', "Line 2 is broken"),
        (csv_of([[f"Column {n}" for n in range(300)], ["x"] * 300]), "300 columns"),
        (csv_of([("SKU", "Text"), ("A", "x" * 70_000)]), "too long"),
        (b"\xff\xfeS\x00K\x00U\x00,\x00\x00\xd8", "not text"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(content: bytes, says: str) -> None:
    with pytest.raises(BadFile) as refusal:
        look_at(content, shape_of(content))
    assert says in str(refusal.value)


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "LARGEST_UNPACKED", 1_000_000)
    room = BytesIO(book_of([("SKU", "Price"), ("A", 1)]))
    with zipfile.ZipFile(room, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet9.xml", b"0" * 2_000_000)
    with pytest.raises(BadFile, match="unpacks to more"):
        shape_of(room.getvalue())
    other = BytesIO()
    with zipfile.ZipFile(other, "w") as book:
        book.writestr("holiday.txt", "x")
    with pytest.raises(BadFile, match="not a table"):
        shape_of(other.getvalue())


def test_a_table_with_too_many_rows_is_refused_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 50)
    content = csv_of([("SKU",), *((f"A{n}",) for n in range(200))])
    _headers, rows = open_table(content, shape_of(content))
    with pytest.raises(BadFile, match="more than 50 rows"):
        list(rows)


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1 (234)", "-x", "@SUM(A1)", "'=x", "''@", "\tx", "＝1"])
def test_what_a_spreadsheet_would_run_is_guarded_and_comes_back_as_it_was(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["-5", "+5.25", "plain", "'tis", "", "12:30"])
def test_numbers_and_plain_text_are_left_alone(text: str) -> None:
    assert unguarded(guarded(text)) == guarded(text) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("1,234.50", "1234.50"),
        ("¥12", "12.00"),
        ("￥ 12.5", "12.50"),
        ("12元", "12.00"),
        ("CNY 3", "3.00"),
        ("0", "0.00"),
    ],
)
def test_amounts_are_read_as_people_write_them(cell: str, text: str) -> None:
    assert read(BY_KEY["price"], cell, Known("CNY")) == text


@pytest.mark.parametrize(
    ("key", "cell", "says"),
    [
        ("price", "$12", "Amounts are in CNY here, without “$”."),
        ("price", "12.345", "CNY has 2 decimals at most."),
        ("price", "12,50", "Enter an amount such as 1,250.00."),
        ("price", "-1", "A price cannot be negative."),
        ("price", "1000000000.01", "This amount is too high."),
        ("price", "1" * 40, "This amount is too high."),
        ("price", "1e5", "Enter an amount such as 1,250.00."),
        ("price", "[empty]", "This cannot be emptied."),
        ("barcode", "6.90123E+12", "The spreadsheet has rounded this number."),
        ("barcode", "69 01/2", "A barcode is made of"),
        ("weight", "heavy", "Enter a weight in grams"),
        ("weight", "1.5", "Enter a weight in grams"),
        ("published", "perhaps", "Enter yes or no."),
        ("attributes", "Glass", "Write name: value"),
        ("attributes", "A: 1 | A: 2", "“A” is there twice."),
        ("handle", "Blue Cup!", "An address is made of"),
        ("name", "x" * 256, "Use at most 255 characters."),
        ("category", "Nowhere", "There is no such category."),
    ],
)
def test_what_cannot_be_meant_is_told_in_a_sentence(key: str, cell: str, says: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(BY_KEY[key], cell, Known("CNY"))
    assert says in str(refusal.value)


@pytest.mark.parametrize("cell", ["-1", "1.5", "many", "1e3", "99999999999"])
def test_pieces_are_whole_and_not_negative(cell: str) -> None:
    with pytest.raises(Invalid):
        read(Field("stock:MAIN", "Stock", Part.STOCK, "pieces"), cell, Known("CNY"))
    assert read(Field("stock:MAIN", "Stock", Part.STOCK, "pieces"), "1,200", Known("CNY")) == "1200"


def test_pairs_survive_what_stands_in_them() -> None:
    pairs = {"Care: cold": "30 | 40 \\ more", "Text": "two\nlines: here"}
    assert pairs_of(pairs_text(pairs)) == pairs
    assert pairs_of("材质：玻璃\n颜色: 蓝") == {"材质": "玻璃", "颜色": "蓝"}


def test_columns_are_recognised_in_both_languages() -> None:
    headers = [
        "商家编码",
        "商品名称",
        "售价",
        "划线价",
        "库存（MAIN）",
        "Stock: East side",
        "属性: 材质",
        "备注",
        "Price",
    ]
    found = guess(headers, habits={}, warehouses={"MAIN": "Main", "EAST": "East side"}, said={})
    assert found == ["sku", "name", "price", "compare_at", "stock:MAIN", "stock:EAST", "attribute:材质", "", ""]
