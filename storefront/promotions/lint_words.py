"""What the linter finds, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable

import flask_babel

from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.promotions.rules.findings import Finding, Odd
from storefront.web.filters import money_text

_: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext


def finding_words(finding: Finding) -> str:
    """Say what is odd about a promotion, and what might be done about it."""
    facts = {name: money_text(fact) if isinstance(fact, Money) else fact for name, fact in finding.facts}
    if finding.kind is Odd.BELOW_COST and facts.pop("at_least", 0):
        return _(
            "At least %(count)s products would be sold below their cost, the worst is %(sku)s: sold at %(price)s, it "
            "costs you %(cost)s.",
            **facts,
        )
    if finding.kind is Odd.BELOW_COST:
        return ngettext(
            "%(num)s product would be sold below its cost: %(sku)s at %(price)s costs you %(cost)s.",
            "%(num)s products would be sold below their cost, the worst is %(sku)s: sold at %(price)s, it costs you "
            "%(cost)s.",
            int(facts.pop("count")),
            **facts,
        )
    if finding.kind is Odd.HELD_BY_MINIMUM:
        return ngettext(
            "A minimum price keeps %(num)s product from the full reduction.",
            "Minimum prices keep %(num)s products from the full reduction.",
            int(facts["count"]),
        )
    if finding.kind is Odd.RUNG_NEVER_PAYS and "pieces" in facts:
        return _(
            "Step %(rung)s (%(pieces)s pieces) saves no more than the step before it.",
            rung=facts["rung"],
            pieces=facts["pieces"],
        )
    return _(_WORDS[finding.kind], **facts)


_WORDS = {
    Odd.UNREADABLE: N_("Its terms cannot be read."),
    Odd.NO_GOODS: N_("No product matches, so nobody would ever get it. Choose other products."),
    Odd.ENDED: N_("It has ended already, so nobody would get it."),
    Odd.UNREACHABLE: N_("Its threshold is higher than any cart can get. Choose a lower one."),
    Odd.OUT_OF_STOCK: N_("There is not enough in stock to reach its threshold."),
    Odd.NO_USES: N_("Its uses or its budget are zero, so nobody would get it."),
    Odd.NOBODY: N_("No customer can be “%(who)s”, so nobody would get it."),
    Odd.NO_CODES: N_("It asks for a code, but there is none yet."),
    Odd.NO_GIFT: N_("There is no product with the SKU %(skus)s to give away."),
    Odd.GIFT_OUT_OF_STOCK: N_("Its gift is out of stock, so nobody gets one for now."),
    Odd.ALWAYS: N_("It applies to every order of everybody. Is that what you want?"),
    Odd.THRESHOLD_ALWAYS_MET: N_("Every cart with these products reaches its threshold."),
    Odd.COSTS_NOTHING: N_(
        "The reduction is as much as the goods cost, or more: %(sku)s, which costs %(price)s, would cost nothing."
    ),
    Odd.BUDGET_TOO_SMALL: N_("Its budget of %(budget)s is less than one use takes (%(needed)s)."),
    Odd.RUNG_NEVER_PAYS: N_(
        "Step %(rung)s (spend %(spend)s, save %(off)s) is worth less than ordering more often at the step before it."
    ),
    Odd.TWO_EXCLUSIVE: N_("“%(name)s” stands alone too and is for the same products: only one of the two applies."),
    Odd.NOT_TOGETHER: N_(
        "It does not combine with “%(name)s”, which is for the same products: the better one applies."
    ),
    Odd.DUPLICATE: N_("“%(name)s” gives the same for the same products at the same time."),
}
