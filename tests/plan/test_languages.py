"""Every text that a person can read exists in English and in Simplified Chinese, with the same placeholders."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "storefront" / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.py", "python"), ("**/templates/**", "jinja2")]
OPTIONS = {"**/templates/**": {"trim_blocks": "true", "lstrip_blocks": "true"}}
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")
SAME_IN_BOTH = re.compile(r"^[\W\d_]*$|^(%\(\w+\)[sd]|[\s·×:：“”/()（）%+.,。-])+$")


@lru_cache(maxsize=1)
def _messages() -> set[str | tuple[str, ...]]:
    found: set[str | tuple[str, ...]] = set()
    for package in ("storefront", "admin"):
        rows = extract_from_dir(ROOT / package, METHODS, OPTIONS, KEYWORDS)
        found |= {message for _, _, message, _, _ in rows}
    return found


@lru_cache(maxsize=1)
def _catalogue() -> dict[str | tuple[str, ...], str | tuple[str, ...]]:
    with CATALOGUE.open("rb") as file:
        return {message.id: message.string for message in read_po(file) if message.id and not message.fuzzy}


def test_chinese_is_complete() -> None:
    catalogue = _catalogue()
    missing = [message for message in _messages() if not all(_strings(catalogue.get(message, "")))]
    assert sorted(map(str, missing)) == []


def test_nothing_is_kept_that_nobody_says() -> None:
    messages = _messages()
    assert sorted(str(message) for message in _catalogue() if message not in messages) == []


def test_placeholders_survive_translation() -> None:
    wrong = []
    for message, translated in _catalogue().items():
        wanted = set(PLACEHOLDER.findall(_strings(message)[-1]))
        wrong += [
            str(message) for text in _strings(translated) if set(PLACEHOLDER.findall(text)) - {"%%"} != wanted - {"%%"}
        ]
    assert wrong == []


def test_chinese_is_chinese() -> None:
    """A translation without one Chinese character is either a name, a sign or a forgotten text."""
    names = {"SKU", "English", "简体中文", "JavaScript", "ID", "UTC", "CSV", "PayPal"}
    plain = [
        str(message)
        for message, translated in _catalogue().items()
        if not re.search(r"[\u4e00-\u9fff]", _strings(translated)[0])
        and not SAME_IN_BOTH.match(_strings(translated)[0])
        and _strings(translated)[0] not in names
    ]
    assert plain == []


@pytest.mark.parametrize("mark", ["，，", "。。", " ，", "( ", " )"])
def test_punctuation_is_tidy(mark: str) -> None:
    assert [translated for translated in _catalogue().values() if mark in _strings(translated)[0]] == []


def _strings(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
