"""Sizes in the reader's language."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.web.measures import sized


@pytest.mark.parametrize(
    ("size", "chinese"),
    [
        ("10.5 oz", "10.5盎司"),
        ("32 fl oz", "32液盎司"),
        ("4 × 8 oz", "4 × 8盎司"),
        ("10–1.2 lb", "10–1.2磅"),
        ("13 inch / 8GB", "13英寸 / 8GB"),
        ("Standard", "标准装"),
        ("Size 4", "规格 4"),
        ("mustard", "mustard"),
        ("Kitten food", "Kitten food"),
        ("2 gallons", "2 gallons"),
        ("100% cotton, L", "100% cotton, L"),
    ],
)
def test_a_size_is_said_in_the_readers_language_and_else_left_as_it_was(app: Flask, size: str, chinese: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert sized("牛奶", size) == f"牛奶，{chinese}"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert sized("Milk", size) == f"Milk, {size}"


def test_what_comes_in_one_size_has_a_name_only(app: Flask) -> None:
    with app.test_request_context():
        assert sized("Milk", "") == "Milk"
