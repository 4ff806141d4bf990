"""What staff type about a category."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Form, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from storefront.catalog.categories import LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_TITLE, CategoryPlan
from storefront.kernel.text import squeeze
from storefront.media.pictures import is_picture


def _at_most(count: int) -> Any:
    return Length(max=count, message=_("This is too long."))


class CategoryForm(Form):
    """A category's words in both languages, its address and its picture."""

    version = IntegerField(default=0)
    name = StringField(
        _("Name of the category"), [InputRequired(_("A category needs a name.")), _at_most(LONGEST_NAME)]
    )
    name_zh = StringField(_("Name in Chinese"), [_at_most(LONGEST_NAME)])
    slug = StringField(_("Address"), [_at_most(100)])
    picture = HiddenField(_("Picture"))
    is_published = BooleanField(_("Published: shoppers see it, and what is below it"), default=True)
    seo_title = StringField(_("Title for search engines"), [_at_most(LONGEST_TITLE)])
    seo_title_zh = StringField(_("Title for search engines, in Chinese"), [_at_most(LONGEST_TITLE)])
    seo_description = TextAreaField(_("Description for search engines"), [_at_most(LONGEST_DESCRIPTION)])
    seo_description_zh = TextAreaField(_("Description for search engines, in Chinese"), [_at_most(LONGEST_DESCRIPTION)])

    def read(self) -> CategoryPlan:
        """Return what was typed; raises Invalid."""
        words = {name: self[name].data or "" for name in CategoryPlan.__slots__ if name not in {"slug", "is_published"}}
        if not is_picture(words["picture"]):
            words["picture"] = ""
        slug = squeeze(self.slug.data or "").strip("/").lower()
        return CategoryPlan(slug=slug, is_published=bool(self.is_published.data), **words)


def form_of(plan: CategoryPlan, version: int) -> CategoryForm:
    """Return the form that shows a category as it is stored."""
    stored = {name: getattr(plan, name) for name in CategoryPlan.__slots__}
    return CategoryForm(data={**stored, "version": version})
