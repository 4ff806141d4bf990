"""Closed sets of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from storefront.kernel.errors import N_


class ProductRole(StrEnum):
    """What a merchant has a product for: to bring people in, to earn, to be known by."""

    TRAFFIC = "traffic"
    PROFIT = "profit"
    IMAGE = "image"


ROLE_WORDS: Mapping[str, str] = {
    ProductRole.TRAFFIC: N_("Brings people in"),
    ProductRole.PROFIT: N_("Earns the profit"),
    ProductRole.IMAGE: N_("Stands for the shop"),
}


class AttributeKind(StrEnum):
    """How a fact is typed."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    BOOLEAN = "boolean"


KIND_WORDS: Mapping[str, str] = {
    AttributeKind.TEXT: N_("Text"),
    AttributeKind.NUMBER: N_("Number"),
    AttributeKind.CHOICE: N_("One of several values"),
    AttributeKind.BOOLEAN: N_("Yes or no"),
}


class Standing(StrEnum):
    """How a product stands to the shoppers."""

    DRAFT = "draft"
    PLANNED = "planned"
    SHOWN = "shown"
    OVER = "over"
