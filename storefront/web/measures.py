"""Package sizes in the reader's words: "10.5 oz" is 10.5盎司 and "Standard" is 标准装.

A merchant writes a size once. Its figures stay as they are, a measure that the catalogue of messages knows is said in
the reader's language, and anything else stays as it was written.
"""

from __future__ import annotations

import re
from functools import lru_cache

from flask import Flask

from storefront.kernel.errors import N_
from storefront.web.locale import DEFAULT, current_locale, term

MEASURES = (
    *(N_("oz"), N_("fl oz"), N_("lb"), N_("g"), N_("kg"), N_("ml"), N_("L"), N_("pt"), N_("qt"), N_("gal")),
    *(N_("in"), N_("inch"), N_("ft"), N_("sq ft"), N_("yd"), N_("cm"), N_("ct"), N_("pack"), N_("dozen")),
    *(N_("piece"), N_("pieces"), N_("load"), N_("loads"), N_("use"), N_("uses"), N_("stem"), N_("stems")),
    *(N_("roll"), N_("rolls"), N_("sheets"), N_("pair"), N_("pairs"), N_("cups"), N_("bags"), N_("boxes")),
)
"""What stands behind a figure."""
KINDS = (
    *(N_("Standard"), N_("Small"), N_("Medium"), N_("Large"), N_("Mini")),
    *(N_("Loose"), N_("Kit"), N_("Carton"), N_("Bunch"), N_("Bag"), N_("Size")),
)
"""What stands alone, or before a figure."""
BETWEEN = N_(", ")
"""What stands between a name and its size."""


def _any_of(words: tuple[str, ...]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_KNOWN = re.compile(rf"(?<=\d) ?(?P<measure>{_any_of(MEASURES)})\b|\b(?P<kind>{_any_of(KINDS)})\b")


def size_words(size: str) -> str:
    """Return a size in the reader's language."""
    return size if current_locale() == DEFAULT else _in_words(size, current_locale())


def sized(name: str, size: str) -> str:
    """Return what a sold thing is called where its size belongs to the name: "Milk, 1 pt"."""
    return f"{name}{term(BETWEEN)}{size_words(size)}" if size else name


@lru_cache(maxsize=20_000)
def _in_words(size: str, _locale: str) -> str:
    return _KNOWN.sub(lambda found: term(found["measure"] or found["kind"]), size)


def init_app(app: Flask) -> None:
    """Install the filters."""
    app.jinja_env.filters.update(size_words=size_words, sized=sized)
