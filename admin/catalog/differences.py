"""What somebody else changed meanwhile, beside what was typed: so that nothing is lost on either side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from admin.catalog.forms import Grid, WordsForm, amount_text
from admin.catalog.queries import ProductFacts


@dataclass(frozen=True, slots=True)
class Difference:
    """One field where the stored value and the typed one differ; `kind` is "text" or "switch"."""

    label: str
    now: str
    yours: str
    kind: str = "text"


def differences_of_words(form: WordsForm, facts: ProductFacts) -> Sequence[Difference]:
    """Compare what was typed about a product with what is stored."""
    found = []
    for name in ("name", "name_zh", "description", "description_zh"):
        now, yours = getattr(facts.words, name), (form[name].data or "").replace("\r\n", "\n")
        if now.strip() != yours.strip():
            found.append(Difference(form[name].label.text, now, yours))
    if facts.words.is_published != bool(form.is_published.data):
        now, yours = ("yes" if on else "" for on in (facts.words.is_published, form.is_published.data))
        found.append(Difference(form.is_published.label.text, now, yours, "switch"))
    return found


def differences_of_prices(grid: Grid, facts: ProductFacts, currency: str) -> Sequence[Difference]:
    """Compare typed prices with the stored ones."""
    found = []
    for variant in facts.variants:
        for prefix, minor in (("price", variant.price_minor), ("before", variant.compare_at_minor)):
            now, yours = amount_text(minor, currency), grid.show(f"{prefix}-{variant.id}", amount_text(minor, currency))
            if now != yours:
                found.append(Difference(f"{variant.sku} {variant.name}".strip(), now, yours))
    return found


def differences_of_stock(grid: Grid, facts: ProductFacts) -> Sequence[Difference]:
    """Compare counted stock with the stored levels."""
    found = []
    for variant in facts.variants:
        for level in variant.levels:
            now = str(level.on_hand)
            yours = grid.show(f"stock-{variant.id}-{level.warehouse_id}", now)
            if now != yours:
                found.append(Difference(f"{variant.sku} · {level.warehouse}", now, yours))
    return found
