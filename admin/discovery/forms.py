"""What staff type about a synonym, and about a query that is to be judged."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Form, IntegerField, SelectField, StringField, TextAreaField

from admin.discovery.tables import LANGUAGES, ONE_LANGUAGE
from storefront.discovery.models import SearchSynonym
from storefront.discovery.synonyms import SynonymPlan, split_words

LONGEST = 5_000


class SynonymForm(Form):
    """Words of both sides, one on each line."""

    version = IntegerField(default=0)
    words = TextAreaField(_("Words"))
    means = TextAreaField(_("Also find"))
    language = SelectField(_("Language"))
    note = StringField(_("Note"))
    is_active = BooleanField(_("Active"), default=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [(value, gettext(words)) for value, words in LANGUAGES.items()]

    def read(self) -> SynonymPlan:
        """Return what was typed; raises Invalid."""
        return SynonymPlan(
            words=split_words((self.words.data or "")[:LONGEST]),
            means=split_words((self.means.data or "")[:LONGEST]),
            language=self.language.data or "",
            note=self.note.data or "",
            is_active=bool(self.is_active.data),
        )


def synonym_form(row: SearchSynonym) -> SynonymForm:
    """Return the form that shows a synonym as it is stored."""
    return SynonymForm(
        data={
            "version": row.version,
            "words": "\n".join(row.words),
            "means": "\n".join(row.means),
            "language": row.language,
            "note": row.note,
            "is_active": row.is_active,
        }
    )


class QueryForm(Form):
    """A query to be judged."""

    query = StringField(_("Search"))
    language = SelectField(_("Language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [(value, gettext(words)) for value, words in ONE_LANGUAGE]
