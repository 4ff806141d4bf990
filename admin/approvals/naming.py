"""What requests for approval are about, by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from storefront.approvals.models import ApprovalRequest
from storefront.catalog.models import Product
from storefront.database.base import db
from storefront.flash.models import FlashSale, FlashSession
from storefront.kernel.text import is_id
from storefront.pricing.models import PriceList
from storefront.promotions.models import Promotion
from storefront.web.locale import localized

_SESSIONS = select(FlashSession.id, FlashSale.name, FlashSale.translations).join(
    FlashSale, FlashSale.id == FlashSession.flash_sale_id
)
_NAMED: Mapping[str, tuple[Any, Any]] = {
    "promotion": (select(Promotion.id, Promotion.name, Promotion.translations), Promotion.id),
    "product": (select(Product.id, Product.name, Product.translations), Product.id),
    "price_list": (select(PriceList.id, PriceList.name, PriceList.translations), PriceList.id),
    "flash_sale": (select(FlashSale.id, FlashSale.name, FlashSale.translations), FlashSale.id),
    "flash_session": (_SESSIONS, FlashSession.id),
}
"""How objects of a kind are called; all others are known by their numbers."""


def names_about(requests: Iterable[ApprovalRequest]) -> dict[tuple[str, str], str]:
    """Return what requests are about, by the kind and the key of their object, in the reader's language.

    What has no name, or is gone, is told by its key.
    """
    wanted: dict[str, set[str]] = defaultdict(set)
    for each in requests:
        wanted[each.object_kind].add(each.object_key)
    names = {(kind, key): key for kind, keys in wanted.items() for key in keys}
    for kind, keys in wanted.items():
        if kind in _NAMED:
            rows, column = _NAMED[kind]
            for row in db.session.execute(rows.where(column.in_([int(key) for key in keys if is_id(key)]))):
                names[kind, str(row.id)] = localized(row.name, row.translations)
    return names
