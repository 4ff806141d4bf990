"""What requests for approval are about, by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

from sqlalchemy import select

from storefront.approvals.models import ApprovalRequest
from storefront.catalog.models import Product
from storefront.database.base import db
from storefront.flash.models import FlashSale, FlashSession
from storefront.kernel.text import is_id
from storefront.pricing.models import PriceList
from storefront.promotions.models import Promotion
from storefront.web.naming import names_by_id


def _sessions(ids: Collection[int]) -> dict[int, str]:
    of = dict(
        db.session.execute(select(FlashSession.id, FlashSession.flash_sale_id).where(FlashSession.id.in_(ids))).all()
    )
    names = names_by_id(FlashSale, set(of.values()))
    return {session_id: names[sale_id] for session_id, sale_id in of.items()}


_READERS: Mapping[str, Callable[[Collection[int]], dict[int, str]]] = {
    "promotion": partial(names_by_id, Promotion),
    "product": partial(names_by_id, Product),
    "price_list": partial(names_by_id, PriceList),
    "flash_sale": partial(names_by_id, FlashSale),
    "flash_session": _sessions,
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
        if kind in _READERS:
            read = _READERS[kind]([int(key) for key in keys if is_id(key)])
            names |= {(kind, str(number)): name for number, name in read.items()}
    return names
