"""What is typed by whoever asks, a shopper or staff for one: rows by their own names, since an order has many, and
photographs; and what the form shows of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.media.photos import LARGEST_BYTES
from storefront.media.services import store_picture
from storefront.orders.models import Order
from storefront.returns import exchanging, queries
from storefront.returns.errors import (
    BadPhoto,
    NamedTwice,
    NotAQuantity,
    NothingToReturn,
    ReasonMissing,
    TooManyPhotos,
)
from storefront.returns.offering import Offer, offer_for
from storefront.returns.rules import MOST_PHOTOS, Asked, AskedLine, check
from storefront.returns.states import REASONS_OF, Remedy, ReturnKind, ReturnReason
from storefront.shop.queries import get_settings
from storefront.web.errors import message_of
from storefront.web.measures import sized

LARGEST_REQUEST = MOST_PHOTOS * LARGEST_BYTES + 1024 * 1024
"""In bytes, of a form with its photographs."""
_ROW = re.compile(r"quantity-(\d{1,12})", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,18}", re.ASCII)


@dataclass(slots=True)
class Typed:
    """What the form holds, as it was typed, and what is wrong with it by field."""

    kind: ReturnKind
    remedy: Remedy
    rows: MultiDict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_filled(self) -> bool:
        """Whether anything was chosen; a page that was just opened holds nothing."""
        return any(_ROW.fullmatch(name) for name in self.rows)

    @property
    def note(self) -> str:
        return self.rows.get("note", "").replace("\r\n", "\n")

    def show(self, name: str) -> str:
        """Return what was typed there."""
        return self.rows.get(name, "").strip()[:64]

    def refuse(self, refusal: Invalid, default: str = "lines") -> None:
        """Show a refusal beside its field."""
        self.errors[refusal.field or default] = message_of(refusal)

    def asked(self, photos: Iterable[str] = ()) -> Asked:
        """Return what was asked for; refuses with Invalid, which names a field."""
        lines = []
        for name in dict.fromkeys(name for name in self.rows if _ROW.fullmatch(name)):
            line_id, typed = int(name.removeprefix("quantity-")), self.rows.getlist(name)
            if len(typed) > 1:
                raise NamedTwice(field=name)
            quantity = _quantity(typed[0], name)
            if quantity:
                lines.append(AskedLine(line_id, quantity, self._reason(line_id), self._wanted(line_id)))
        return Asked(self.kind, self.remedy, tuple(lines), self.note, tuple(photos))

    def _reason(self, line_id: int) -> ReturnReason:
        try:
            return ReturnReason(self.rows.get(f"reason-{line_id}", ""))
        except ValueError:
            raise ReasonMissing(field=f"reason-{line_id}") from None

    def _wanted(self, line_id: int) -> int | None:
        text = self.rows.get(f"variant-{line_id}", "")
        return int(text) if _NUMBER.fullmatch(text) and len(text) < 12 else None


def read_typed(rows: MultiDict[str, str]) -> Typed:
    """Read the form, or the address that holds it."""
    kinds, remedies = set(ReturnKind), set(Remedy)
    kind = ReturnKind(rows["kind"]) if rows.get("kind") in kinds else ReturnKind.RETURN
    chosen = Remedy(rows["remedy"]) if rows.get("remedy") in remedies else Remedy.REFUND
    remedy = {ReturnKind.RETURN: Remedy.REFUND, ReturnKind.EXCHANGE: Remedy.REPLACE}.get(kind, chosen)
    return Typed(kind, remedy, rows)


def offer_typed(order: Order, typed: Typed) -> Offer | None:
    """Return what was chosen comes to; what is wrong with it is written beside its field."""
    try:
        asked, lines = typed.asked(), queries.list_claimable(order.id)
        check(asked, lines, days=get_settings().after_sale_days, at=now())
        exchanging.check_exchange(asked, lines)
        return offer_for(order, asked.kind, asked.remedy, asked.lines)
    except Invalid as refusal:
        typed.refuse(refusal)
        return None


def form_of(order: Order, typed: Typed, offer: Offer | None) -> dict[str, Any]:
    """Return what the form shows: the order's lines as far as they can be asked for, and what was chosen comes to.

    Refuses with NothingToReturn where nothing can be asked for.
    """
    lines, days, at = queries.list_claimable(order.id), get_settings().after_sale_days, now()
    under_way = queries.find_open(order.id)
    open_kinds = [kind for kind in ReturnKind if any(line.is_open(kind, days=days, at=at) for line in lines)]
    if not open_kinds and not typed.is_filled:
        raise NothingToReturn
    return {
        "order": order,
        "typed": typed,
        "offer": offer if not under_way else None,
        "under_way": under_way,
        "lines": [(line, line.most(typed.kind), line.is_open(typed.kind, days=days, at=at)) for line in lines],
        "names": {line.line_id: sized(line.name, line.variant_name) for line in lines},
        "kinds": list(ReturnKind),
        "reasons": REASONS_OF[typed.kind],
        "siblings": queries.siblings_of(line.variant_id for line in lines if line.variant_id),
        "days": days,
        "most_photos": MOST_PHOTOS,
    }


def keep_photos(files: Iterable[FileStorage]) -> tuple[str, ...]:
    """Keep what was uploaded, judged by its content; refuses with what is wrong with which file."""
    named = [file for file in files if file.filename]
    if len(named) > MOST_PHOTOS:
        raise TooManyPhotos(field="photos", most=MOST_PHOTOS)
    kept = []
    for file in named:
        try:
            kept.append(store_picture(data=file.stream.read(LARGEST_BYTES + 1)))
        except Invalid as refusal:
            name = (file.filename or "")[:80]
            raise BadPhoto(field="photos", name=name, why=message_of(refusal)) from None
    return tuple(dict.fromkeys(kept))


def _quantity(text: str, name: str) -> int:
    """Read how many; nothing typed is none. Below none is refused here, far too many by the rules."""
    plain = text.strip()
    if not plain:
        return 0
    if not _NUMBER.fullmatch(plain) or int(plain) < 0:
        raise NotAQuantity(field=name)
    return int(plain)
