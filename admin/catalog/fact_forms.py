"""Forms made from what there is: facts of a type, words of pictures, rows of variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Form, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from admin.catalog.heads import Head
from admin.catalog.product_forms import Args, at_most
from storefront.catalog import types
from storefront.catalog.product_types import attributes_now
from storefront.catalog.states import AttributeKind
from storefront.catalog.types import Attribute, Facts, Typed
from storefront.kernel.errors import Invalid
from storefront.web.errors import message_of
from storefront.web.locale import current_locale

FREE, FREE_ZH = "free", "free_zh"


class FactsForm(Form):
    """Facts: those of the product's type under "fact-1", "fact-1-zh", and free ones as lines."""

    attributes: Sequence[Attribute] = ()
    version = IntegerField(default=0)

    def read(self) -> tuple[Facts, Facts]:
        """Return what was typed, in both languages; what is wrong stands beside its field, and raises Invalid."""
        written, wrong = {}, None
        for number, attribute in enumerate(self.attributes, 1):
            field, chinese = self[f"fact-{number}"], self._fields.get(f"fact-{number}-zh")
            try:
                fact = types.write_fact(attribute, Typed(field.data or "", (chinese.data or "") if chinese else ""))
            except Invalid as refusal:
                wrong = refusal
                field.errors = [message_of(refusal)]
                continue
            if fact is not None:
                written[attribute.name] = fact
        free = types.read_lines(self[FREE].data or "", field=FREE)
        free_zh = types.read_lines(self[FREE_ZH].data or "", field=FREE_ZH)
        if wrong is not None:
            raise wrong
        return types.join_facts(self.attributes, written, free, free_zh)


def facts_form(head: Head, args: Args | None) -> FactsForm:
    """Return the form of a product's type as it is stored, or as it was sent."""
    product = head.product
    attributes = attributes_now(product.product_type)
    facts: dict[str, str] = product.attributes or {}
    facts_zh: dict[str, str] = ((product.translations or {}).get("zh") or {}).get("attributes") or {}
    fields: dict[str, Any] = {"attributes": attributes}
    data: dict[str, Any] = {"version": product.version}
    for number, attribute in enumerate(attributes, 1):
        name, typed = f"fact-{number}", types.read_fact(attribute, facts, facts_zh)
        fields[name], data[name] = _field(attribute, typed.en), typed.en
        if attribute.kind == AttributeKind.TEXT:
            label = gettext("%(name)s in Chinese", name=attribute.name_in(current_locale()))
            fields[f"{name}-zh"], data[f"{name}-zh"] = StringField(label, [at_most(types.LONGEST_TEXT)]), typed.zh
    free = types.free_facts(facts, [each.name for each in attributes])
    free_zh = types.free_facts(facts_zh, [each.name_in("zh") for each in attributes])
    free_zh = {} if free_zh == free else free_zh
    fields[FREE], data[FREE] = TextAreaField(_("Further facts")), types.write_lines(free)
    fields[FREE_ZH], data[FREE_ZH] = TextAreaField(_("Further facts in Chinese")), types.write_lines(free_zh)
    form = _form(FactsForm, fields)(args, data=data)
    return form  # type: ignore[no-any-return]


def _field(attribute: Attribute, stored: str) -> Any:
    name = attribute.name_in(current_locale())
    if not attribute.options:
        label = f"{name} ({attribute.unit})" if attribute.unit else name
        return StringField(label, [at_most(types.LONGEST_TEXT)])
    chinese = current_locale() == "zh"
    options = [(en, zh if chinese and zh else en) for en, zh in attribute.options]
    if stored and stored not in dict(options):
        options.append((stored, gettext("%(name)s (gone)", name=stored)))
    return _select(name, [("", "–"), *options])


def texts_form(rows: Sequence[Any], version: int, alts: Mapping[int, Any], args: Args | None) -> Form:
    """Return the form with what each picture of a gallery shows, in both languages."""
    fields: dict[str, Any] = {"version": IntegerField(default=0)}
    data: dict[str, Any] = {"version": version}
    for number, row in enumerate(rows, 1):
        words = gettext("What picture %(number)s shows", number=number)
        zh = gettext("What picture %(number)s shows, in Chinese", number=number)
        fields[f"alt-{row.id}"], data[f"alt-{row.id}"] = StringField(words, [at_most(255)]), alts[row.id].en
        fields[f"alt_zh-{row.id}"], data[f"alt_zh-{row.id}"] = StringField(zh, [at_most(255)]), alts[row.id].zh
    form: Form = _form(Form, fields)(args, data=data)
    return form


def variants_form(
    variants: Sequence[Any], version: int, pictures: Sequence[tuple[str, str]], args: Args | None
) -> Form:
    """Return the form with what is known of each variant; `pictures` are those of the gallery, with words."""
    fields: dict[str, Any] = {"version": IntegerField(default=0)}
    data: dict[str, Any] = {"version": version}
    for row in variants:
        choices = [("", gettext("Main picture")), *pictures]
        if row.picture and row.picture not in dict(pictures):
            choices.append((row.picture, gettext("A picture of its own")))
        fields |= {
            f"weight-{row.id}": StringField(gettext("Weight of %(sku)s in grams", sku=row.sku)),
            f"barcode-{row.id}": StringField(gettext("Barcode of %(sku)s", sku=row.sku), [at_most(64)]),
            f"picture-{row.id}": _select(gettext("Picture of %(sku)s", sku=row.sku), choices),
            f"active-{row.id}": BooleanField(gettext("%(sku)s is on sale", sku=row.sku)),
        }
        data |= {
            f"weight-{row.id}": str(row.weight_grams),
            f"barcode-{row.id}": row.barcode or "",
            f"picture-{row.id}": row.picture,
            f"active-{row.id}": row.is_active,
        }
    form: Form = _form(Form, fields)(args, data=data)
    return form


def _select(label: str, options: Sequence[tuple[str, str]]) -> Any:
    choices = [SelectChoice(value=value, label=words) for value, words in options]
    return SelectField(label, choices=choices, validate_choice=False)


def _form(base: type[Form], fields: Mapping[str, Any]) -> Any:
    return type("MadeForm", (base,), dict(fields))
