"""What the page of a rule shows beside what is typed: choices, names, products, and the preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from admin.catalog.queries import find_products
from admin.discovery.brands import brand_names, take_brands
from admin.discovery.queries import Goods, goods_by_ids
from admin.discovery.typed_rules import FACTORS
from admin.promotions.choices import Choices, choices
from admin.promotions.typed import Typed
from admin.promotions.values import read_moment
from storefront.catalog.card_lists import cards_by_ids
from storefront.catalog.cards import Card
from storefront.catalog.queries import category_tree
from storefront.discovery.asking import facet_names
from storefront.discovery.merchandising import RulePlan, draft_of, list_rules
from storefront.discovery.previewing import Preview, preview
from storefront.discovery.rules import Asked, Audience
from storefront.discovery.searching import find_searcher, or_else
from storefront.kernel.text import squeeze
from storefront.web.locale import current_locale

MOST_FOUND = 12
KINDS = ("brand", "category", "collection")
ATTRIBUTE = "a."
"""What the name of an attribute's facet may begin with."""


@dataclass(frozen=True, slots=True)
class RuleForm:
    """Everything that the fields of a rule need: `brands` are the names, by slug, of those that it is about."""

    typed: Typed
    choices: Choices
    brands: Mapping[str, str]
    attributes: Mapping[str, str]
    """Facets of attributes by the names that they are typed by: {"size": "size"}."""
    products: Mapping[str, Goods]
    found: Sequence[Any]
    zone: str

    @property
    def factors(self) -> Mapping[str, str]:
        return FACTORS

    def boost_options(self, kind: str) -> Sequence[tuple[str, str]]:
        """Return what can be moved up or down, as (value of the field, words)."""
        return [(f"{kind}|{value}", words) for value, words in self.choices.of(kind)]

    def boost_words(self, key: str) -> str:
        """Return what a row moves up or down."""
        facet, _bar, value = key.partition("|")
        if facet not in KINDS:
            return f"{facet.removeprefix(ATTRIBUTE)}: {value}"
        options = self.brands if facet == "brand" else dict(self.choices.of(facet))
        return options.get(value, f"#{value}").strip()


@dataclass(frozen=True, slots=True)
class ShownPreview:
    """A preview, with the cards of what it lists by product id; `is_searchable` is False while no index answers."""

    preview: Preview | None
    cards: Mapping[int, Card]

    @property
    def is_searchable(self) -> bool:
        return self.preview is not None


def form_for(typed: Typed, zone: str) -> RuleForm:
    """Return what the fields show around what is typed."""
    ids = [int(text) for name in ("pins", "buries") for text in typed.all(name) if text.isdecimal() and len(text) < 10]
    wanted = squeeze(typed.get("find"))[:100]
    boosted = (key.removeprefix("brand|") for key in typed.all("boost") if key.startswith("brand|"))
    return RuleForm(
        typed=typed,
        choices=choices(),
        brands=brand_names((*boosted, *typed.all("narrow-brand"))),
        attributes=known_attributes(),
        products={str(number): goods for number, goods in goods_by_ids(ids).items()},
        found=find_goods(wanted),
        zone=zone,
    )


def find_goods(text: str) -> Sequence[Goods]:
    """Return the most sold products whose name contains `text`, or one of whose SKUs begins so."""
    ids = [row.id for row in find_products(text, MOST_FOUND)] if text else []
    found = goods_by_ids(ids)
    return [found[number] for number in ids if number in found]


def _no_attributes() -> Mapping[str, str]:
    return {}


@or_else(_no_attributes)
def known_attributes() -> Mapping[str, str]:
    """Return the facets of the index beside brand, category and collection, by the names that they are typed by."""
    searcher = find_searcher()
    names = facet_names(searcher) if searcher else ()
    return {name.removeprefix(ATTRIBUTE): name for name in names if name not in KINDS}


def take_typed(typed: Typed) -> None:
    """Take what is named by typing into the rule: brands, and an attribute."""
    take_brands(typed)
    _take_attribute(typed)


def _take_attribute(typed: Typed) -> None:
    """Turn a typed attribute ("size=11 oz") into a row of what is moved up or down."""
    text = squeeze(typed.get("boost-attribute"))
    if not text:
        return
    name, mark, value = (part.strip() for part in text.replace("＝", "=").partition("="))
    known = known_attributes()
    if not mark or not value:
        typed.refuse("boost-attribute", _("Write an attribute as name=value, such as size=11 oz."))
    elif name.lower() not in known:
        names = ", ".join(known) or _("none")
        typed.refuse(
            "boost-attribute", _("There is no attribute “%(name)s”. There are: %(names)s.", name=name, names=names)
        )
    else:
        typed.values.setlist("boost", [*typed.all("boost"), f"{known[name.lower()]}|{value}"])
        typed.values["boost-attribute"] = ""


def _no_preview(typed: Typed, plan: RulePlan, rule_id: int, zone: str, at: datetime) -> ShownPreview:
    return ShownPreview(None, {})


@or_else(_no_preview)
def preview_of(typed: Typed, plan: RulePlan, rule_id: int, zone: str, at: datetime) -> ShownPreview:
    """Return what a plan changes for whom the form names."""
    searcher = find_searcher()
    if searcher is None:
        return _no_preview(typed, plan, rule_id, zone, at)
    draft = draft_of(plan, rule_id)
    text = squeeze(typed.get("preview-query"))[:200]
    tree = category_tree()
    numbers = sorted(plan.conditions.category_ids)
    node = next((found for number in numbers if (found := tree.find(number))), None) if not text else None
    who = typed.get("preview-audience")
    asked = Asked(
        text=text,
        category_ids=tree.line(node.id) if node else frozenset(numbers),
        language=typed.get("preview-language") or "en",
        is_signed_in=who not in {"", Audience.GUESTS.value},
        groups=frozenset((who.removeprefix("group:"),)) if who.startswith("group:") else frozenset(),
        at=_moment(typed.get("preview-at"), zone) or at,
    )
    made = preview(searcher, asked, draft, list_rules(), node)
    ids = dict.fromkeys(each.product_id for each in (*made.before, *made.after))
    return ShownPreview(made, {card.product_id: card for card in cards_by_ids(ids, current_locale())})


def first_query(typed: Typed) -> str:
    """Return the search that a preview begins with: the first that the rule is about."""
    lines = (line for name in ("equals", "starts", "contains") for line in typed.get(name).splitlines())
    return next((line.strip() for line in lines if line.strip()), "")


def _moment(text: str, zone: str) -> datetime | None:
    try:
        return read_moment(text, zone) if text else None
    except ValueError:
        return None
