"""Promotions as plain JSON-able data and back, strictly: what is not understood is refused, never skipped.

The shape follows the dataclasses: a field is a key, an amount `x` is the whole number `x_minor` in the promotion's one
currency, a set is a sorted list, and conditions and benefits carry their `kind`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from datetime import datetime
from enum import StrEnum
from itertools import repeat
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints

from storefront.kernel.errors import N_, Invalid
from storefront.kernel.money import Money
from storefront.promotions.rules.benefits import AmountOff, Benefit, DeliveryFor, DeliveryOff, PercentOff
from storefront.promotions.rules.bundle import Bundle, BundlePart
from storefront.promotions.rules.buy_get import BuyGet
from storefront.promotions.rules.conditions import BuyAtLeast, Condition, SpendAtLeast
from storefront.promotions.rules.count_ladder import CountLadder, CountRung
from storefront.promotions.rules.count_price import CountPrice
from storefront.promotions.rules.gift import Gift
from storefront.promotions.rules.nth_item import NthItem
from storefront.promotions.rules.promotion import Audience, Limits, Promotion
from storefront.promotions.rules.scope import Scope
from storefront.promotions.rules.spending import Rung, SpendLadder, SpendRepeat

Data = dict[str, object]

BENEFITS: dict[str, type] = {
    cls.kind: cls
    for cls in (
        PercentOff,
        AmountOff,
        SpendLadder,
        SpendRepeat,
        NthItem,
        CountPrice,
        CountLadder,
        BuyGet,
        Bundle,
        DeliveryOff,
        DeliveryFor,
        Gift,
    )
}
CONDITIONS: dict[str, type] = {cls.kind: cls for cls in (SpendAtLeast, BuyAtLeast)}
_VALUES: tuple[type, ...] = (Promotion, Scope, Audience, Limits, Rung, CountRung, BundlePart)
_FIELDS: dict[type, list[tuple[Field[object], object]]] = {}


class BadPromotion(Invalid):
    """Data that is no promotion: where, and what is wrong with it."""

    message = N_("“%(where)s” %(problem)s.")

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(field=where, where=where or "promotion", problem=problem)


def promotion_to_data(promotion: Promotion) -> Data:
    """Return a promotion as JSON-able data; `promotion_from_data` gives an equal one back."""
    return _object_to(promotion)


def promotion_from_data(data: object) -> Promotion:
    """Read a promotion; raises BadPromotion, which names the path and the problem, for anything not understood."""
    currency = data.get("currency") if isinstance(data, Mapping) else None
    if not isinstance(currency, str):
        raise BadPromotion("currency", "is missing")
    promotion = _object_from(Promotion, data, "", currency)
    assert isinstance(promotion, Promotion)
    return promotion


def benefit_to_data(benefit: Benefit) -> Data:
    return {"kind": benefit.kind, **_object_to(benefit)}


def benefit_from_data(data: object, currency: str) -> Benefit:
    """Read a benefit; raises BadPromotion for an unknown kind or a bad value."""
    benefit: Benefit = _kind_from(BENEFITS, data, "benefit", currency)  # type: ignore[assignment]
    return benefit


def condition_to_data(condition: Condition) -> Data:
    return {"kind": condition.kind, **_object_to(condition)}


def condition_from_data(data: object, currency: str) -> Condition:
    """Read a condition; raises BadPromotion for an unknown kind or a bad value."""
    condition: Condition = _kind_from(CONDITIONS, data, "condition", currency)  # type: ignore[assignment]
    return condition


def scope_to_data(scope: Scope) -> Data:
    return _object_to(scope)


def scope_from_data(data: object) -> Scope:
    """Read a scope; raises BadPromotion for an unknown key or a bad value."""
    scope: Scope = _object_from(Scope, data, "scope", "")  # type: ignore[assignment]
    return scope


def audience_to_data(audience: Audience) -> Data:
    return _object_to(audience)


def audience_from_data(data: object) -> Audience:
    """Read an audience; raises BadPromotion for an unknown key or a bad value."""
    audience: Audience = _object_from(Audience, data, "audience", "")  # type: ignore[assignment]
    return audience


def _object_to(value: object) -> Data:
    data: Data = {}
    for item, hint in _fields_of(type(value)):
        content = getattr(value, item.name)
        if content is None or (item.default is not MISSING and content == item.default):
            continue
        data[_key(item.name, hint)] = _to(content)
    return data


def _to(content: object) -> object:
    if isinstance(content, frozenset | tuple):
        parts = [_to(each) for each in content]
        return sorted(parts) if isinstance(content, frozenset) else parts  # type: ignore[type-var]
    if isinstance(content, Money | datetime):
        return content.minor if isinstance(content, Money) else content.isoformat()
    if isinstance(content, str | int):
        return content.value if isinstance(content, StrEnum) else content
    kind = getattr(content, "kind", None)
    return {"kind": kind, **_object_to(content)} if kind else _object_to(content)


def _kind_from(kinds: Mapping[str, type], data: object, where: str, currency: str) -> object:
    if not isinstance(data, Mapping):
        raise BadPromotion(where, "is not an object")
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        raise BadPromotion(f"{where}.kind", f"is none of {', '.join(sorted(kinds))}")
    return _object_from(kinds[kind], {k: v for k, v in data.items() if k != "kind"}, where, currency)


def _object_from(cls: type, data: object, where: str, currency: str) -> object:
    if not isinstance(data, Mapping):
        raise BadPromotion(where, "is not an object")
    known = {_key(item.name, hint): (item, hint) for item, hint in _fields_of(cls)}
    for key in data:
        if key not in known:
            raise BadPromotion(_path(where, str(key)), "is unknown")
    values: dict[str, object] = {}
    for key, (item, hint) in known.items():
        if data.get(key) is not None:
            values[item.name] = _from(hint, data[key], _path(where, key), currency)
        elif item.default is MISSING and item.default_factory is MISSING:
            raise BadPromotion(_path(where, key), "is missing")
    try:
        return cls(**values)
    except (ValueError, TypeError) as error:
        raise BadPromotion(where, f"is refused: {error}") from error


def _from(hint: object, content: object, where: str, currency: str) -> object:
    hint = _without_none(hint)
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (frozenset, tuple):
        if not isinstance(content, Sequence) or isinstance(content, str):
            raise BadPromotion(where, "is not a list")
        kinds = repeat(inner[0]) if inner[-1] is Ellipsis or origin is frozenset else inner
        pairs = zip(kinds, content, strict=False)
        parts = [_from(kind, each, f"{where}[{i}]", currency) for i, (kind, each) in enumerate(pairs)]
        return frozenset(parts) if origin is frozenset else tuple(parts)
    if hint is Benefit:
        return _kind_from(BENEFITS, content, where, currency)
    if hint == Condition:
        return _kind_from(CONDITIONS, content, where, currency)
    if hint in _VALUES:
        return _object_from(hint, content, where, currency)
    return _plain_from(hint, content, where, currency)


def _plain_from(hint: object, content: object, where: str, currency: str) -> object:
    whole = isinstance(content, int) and not isinstance(content, bool)
    try:
        if hint is Money and isinstance(content, int) and whole:
            return Money(content, currency)
        if hint is datetime and isinstance(content, str):
            return datetime.fromisoformat(content)
        if isinstance(hint, type) and issubclass(hint, StrEnum) and isinstance(content, str):
            return hint(content)
    except ValueError as error:
        raise BadPromotion(where, f"is refused: {error}") from error
    if (hint is int and whole) or (hint in (str, bool) and type(content) is hint):
        return content
    raise BadPromotion(where, f"is not {_WORDS.get(hint, 'a whole number')}")


_WORDS: dict[object, str] = {str: "a text", bool: "true or false", datetime: "a time"}


def _fields_of(cls: type) -> list[tuple[Field[object], object]]:
    if cls not in _FIELDS:
        hints = get_type_hints(cls)
        _FIELDS[cls] = [(item, hints[item.name]) for item in fields(cls) if item.init]
    return _FIELDS[cls]


def _key(name: str, hint: object) -> str:
    return f"{name}_minor" if _without_none(hint) is Money else name


def _without_none(hint: object) -> object:
    if get_origin(hint) in (Union, UnionType) and type(None) in get_args(hint):
        rest = [each for each in get_args(hint) if each is not type(None)]
        return rest[0] if len(rest) == 1 else Union[tuple(rest)]  # noqa: UP007
    return hint


def _path(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key
