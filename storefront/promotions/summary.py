"""A whole promotion in plain sentences: what it gives, on what, to whom, when, beside what, how often."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import flask_babel
from babel.dates import format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.pricing.label import Label
from storefront.pricing.snapshot import Stage
from storefront.promotions.naming import Names
from storefront.promotions.rules import Audience, Condition, Promotion, Scope, SpendAtLeast
from storefront.promotions.words import terms_of
from storefront.shop.queries import get_settings
from storefront.web.filters import money_text
from storefront.web.locale import babel_locale, current_locale

_: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext
MOST_NAMED = 4

OTHERS: dict[Stage, str] = {
    Stage.ITEM: N_("item promotions"),
    Stage.ORDER: N_("order promotions"),
    Stage.SHIPPING: N_("delivery promotions"),
    Stage.COUPON: N_("coupons"),
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of a promotion in all, as staff set them; `codes` are the public ones."""

    uses: int | None = None
    per_customer: int | None = None
    budget: Money | None = None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One aspect of a promotion: what it is about, as an untranslated word, and its sentence."""

    about: str
    words: str


def summary_of(promotion: Promotion, names: Names, bounds: Bounds) -> tuple[Told, ...]:
    """Return a promotion's sentences in reading order; what does not matter is left out."""
    told = (
        Told(N_("Gives"), gives_words(promotion, names)),
        Told(N_("Which goods"), _("On %(goods)s.", goods=scope_words(promotion.scope, names))),
        Told(N_("Conditions"), " ".join(condition_words(each, names) for each in promotion.conditions)),
        Told(N_("For whom"), audience_words(promotion.audience, names)),
        Told(N_("Time"), time_words(promotion.starts_at, promotion.ends_at)),
        Told(N_("Codes"), _code_words(promotion, bounds.codes)),
        Told(N_("Beside others"), combination_words(promotion)),
        Told(N_("Limits"), limit_words(bounds)),
    )
    return tuple(each for each in told if each.words)


def told_to_shoppers(promotion: Promotion, names: Names) -> tuple[Told, ...]:
    """Return the sentences of an offer's own page: its terms, without what only staff would ask."""
    bounds = Bounds(per_customer=promotion.limits.per_customer)
    return tuple(each for each in summary_of(promotion, names, bounds) if each.about != "Codes")


def gives_words(promotion: Promotion, names: Names) -> str:
    """Say what a promotion gives, its conditions left out: "Spend $199, save $20; spend $399, save $60."."""
    benefit = promotion.benefit
    bare = Label.of(benefit.kind, "", **{**benefit.facts(), "on": promotion.falls_on.value})
    rungs = getattr(benefit, "rungs", ())
    if benefit.kind == "spend_ladder":
        amounts = [{"spend": money_text(rung.spend), "off": money_text(rung.off)} for rung in rungs]
        steps = [_("Spend %(spend)s, save %(off)s", **amounts[0])]
        steps += [_("spend %(spend)s, save %(off)s", **each) for each in amounts[1:]]
        return _stop(_("; ").join(steps))
    said = [_stop(terms_of(bare))]
    if benefit.kind == "bundle":
        parts = (_part_words(part.scope, part.count, names) for part in getattr(benefit, "parts", ()))
        said.append(_("Together: %(parts)s.", parts=listed(parts)))
    get_scope = getattr(benefit, "get_scope", None)
    if isinstance(get_scope, Scope):
        said.append(_("The reduced ones are from %(goods)s.", goods=scope_words(get_scope, names)))
    return " ".join(said) if current_locale() == "en" else "".join(said)


def _part_words(scope: Scope, count: int, names: Names) -> str:
    """Name a part of a set: "any 2 from Tortilla chips"."""
    if scope == Scope(category_ids=scope.category_ids):
        return _("any %(count)s from %(goods)s", count=count, goods=_either(scope.category_ids, names.categories))
    return _("%(count)s of %(goods)s", count=count, goods=scope_words(scope, names))


def scope_words(scope: Scope, names: Names) -> str:
    """Name the goods of a scope: "everything in Snacks, except Candy"."""
    parts = []
    if scope.category_ids:
        parts.append(_("everything in %(names)s", names=_either(scope.category_ids, names.categories)))
    if scope.brand_ids:
        parts.append(_("goods by %(names)s", names=_either(scope.brand_ids, names.brands)))
    if scope.collection_ids:
        parts.append(_("goods of the collection %(names)s", names=_either(scope.collection_ids, names.collections)))
    if scope.attributes:
        parts.append(_("goods with %(names)s", names=_either(scope.attributes, {})))
    words = _(" that are also ").join(parts)
    named = [*(names.products.get(id_, f"#{id_}") for id_ in sorted(scope.product_ids))]
    named += [names.skus.get(sku, sku) for sku in sorted(scope.skus)]
    if named:
        own = _short(named)
        words = _("%(goods)s, and also %(named)s", goods=words, named=own) if words else own
    words = words or _("everything")
    if scope.exclude is not None:
        return _("%(goods)s, except %(others)s", goods=words, others=scope_words(scope.exclude, names))
    return words


def condition_words(condition: Condition, names: Names) -> str:
    """Say what a cart must have."""
    goods = scope_words(condition.scope, names) if condition.scope is not None else ""
    if isinstance(condition, SpendAtLeast):
        amount = money_text(condition.amount)
        if goods:
            return _("When at least %(amount)s is spent on %(goods)s.", amount=amount, goods=goods)
        return _("When at least %(amount)s is spent on these goods.", amount=amount)
    if goods:
        return ngettext(
            "When at least %(num)s piece of %(goods)s is bought.",
            "When at least %(num)s pieces of %(goods)s are bought.",
            condition.count,
            goods=goods,
        )
    return ngettext(
        "When at least %(num)s piece of these goods is bought.",
        "When at least %(num)s pieces of these goods are bought.",
        condition.count,
    )


def audience_words(audience: Audience, names: Names) -> str:
    """Say for whom it is."""
    said = []
    if audience.tiers:
        said.append(_("members of the tier %(names)s", names=_either(audience.tiers, names.tiers)))
    elif audience.members_only:
        said.append(_("members"))
    if audience.groups:
        said.append(_("customers of the group %(names)s", names=_either(audience.groups, names.groups)))
    if audience.most_orders == 0:
        said.append(_("customers who have not ordered yet"))
    elif audience.most_orders is not None:
        said.append(
            ngettext(
                "customers with at most %(num)s order so far",
                "customers with at most %(num)s orders so far",
                audience.most_orders,
            )
        )
    if not said:
        return _("For everybody.")
    return _("For %(customers)s.", customers=_(" who are also ").join(said))


def time_words(starts_at: datetime | None, ends_at: datetime | None) -> str:
    """Say when it runs, in the shop's zone."""
    if starts_at and ends_at:
        return _("From %(start)s until %(end)s.", start=moment_words(starts_at), end=moment_words(ends_at))
    if starts_at:
        return _("From %(start)s until further notice.", start=moment_words(starts_at))
    if ends_at:
        return _("Until %(end)s.", end=moment_words(ends_at))
    return _("Until further notice.")


def moment_words(moment: datetime) -> str:
    """Write a moment of the shop's zone with its weekday: "Mon, Dec 1, 2026 00:00"."""
    local = moment.astimezone(ZoneInfo(get_settings().timezone))
    locale = babel_locale()
    return f"{format_skeleton('yMMMEd', local, locale=locale)} {format_skeleton('Hm', local, locale=locale)}"


def combination_words(promotion: Promotion) -> str:
    """Say what it may not stand beside."""
    if promotion.exclusive:
        return _("Not together with any other promotion.")
    beside = promotion.combines_with or frozenset()
    shut_out = [_(words) for stage, words in OTHERS.items() if stage not in beside]
    if not shut_out:
        return _("Together with any other promotion.")
    return _("Not together with other %(kinds)s.", kinds=listed(shut_out, "or"))


def limit_words(bounds: Bounds) -> str:
    """Say how often and how much."""
    said = []
    if bounds.uses is not None:
        count = format_decimal(bounds.uses, locale=babel_locale())
        said.append(ngettext("at most once in all", "at most %(count)s times in all", bounds.uses, count=count))
    if bounds.per_customer is not None:
        said.append(
            _("once per customer")
            if bounds.per_customer == 1
            else _("%(count)s times per customer", count=bounds.per_customer)
        )
    if bounds.budget is not None:
        said.append(_("for at most %(budget)s altogether", budget=money_text(bounds.budget)))
    text = listed(said)
    return _stop(text[:1].upper() + text[1:]) if text else ""


def listed(words: Iterable[str], style: Literal["standard", "or"] = "standard") -> str:
    """Join words as the reader's language does; `style` is Babel's ("standard" is and, "or")."""
    return format_list(list(words), style, locale=babel_locale())


def _code_words(promotion: Promotion, codes: Sequence[str]) -> str:
    if not promotion.needs_code:
        return ""
    if codes:
        return _("Needs the code %(codes)s.", codes=listed(_few(list(codes)), "or"))
    return _("Needs a coupon.")


def _either(keys: Iterable[int] | Iterable[str], names: object) -> str:
    known = names if isinstance(names, dict) else {}
    return listed(_few(sorted(str(known.get(key, key)) for key in keys)), "or")


def _short(named: Sequence[str]) -> str:
    return listed(_few(list(named)))


def _few(words: list[str]) -> list[str]:
    """Return at most a handful of words, the rest as a number."""
    if len(words) <= MOST_NAMED:
        return words
    rest = len(words) - MOST_NAMED + 1
    return [*words[: MOST_NAMED - 1], ngettext("%(num)s more", "%(num)s more", rest)]


def _stop(words: str) -> str:
    return f"{words}。" if current_locale() == "zh" else f"{words}."
