"""Which language and zone a request reads in.

The choice is a cookie set by the language switch; without it, what the browser asks for; without that, the shop's own
language, a setting of the merchant. Templates call `gettext` bound
to the request's catalogue, because the generic look-up costs more than the rest of a card.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import flask_babel
from babel.numbers import format_decimal
from flask import Flask, g, has_app_context, has_request_context, request
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

LOCALES = {"en": "English", "zh": "简体中文"}
DEFAULT = "en"
COOKIE = "lang"
BABEL_NAMES = {"en": "en", "zh": "zh_Hans_CN"}
HTML_NAMES = {"en": "en", "zh": "zh-Hans"}
_globals = g._get_current_object
"""`g` itself: its proxy costs eight times as much for an attribute, and each word on a page asks for its language."""


def current_locale() -> str:
    """Return "en" or "zh" for this request; outside a request, the default."""
    try:
        chosen: str = _globals()._locale
    except (AttributeError, RuntimeError):  # not chosen yet, or nobody is asking
        chosen = _choose()
    return chosen


def _choose() -> str:
    if not has_request_context():
        return DEFAULT
    cookie = request.cookies.get(COOKIE, "")
    g._locale = cookie if cookie in LOCALES else _from_header(request.headers.get("Accept-Language", "")) or _of_shop()
    return str(g._locale)


def _of_shop() -> str:
    return str(g.shop.locale) if "shop" in g else DEFAULT


@lru_cache(maxsize=256)
def _from_header(accepted: str) -> str:
    """Return the language that the browser asks for, or "" when it asks for none of ours."""
    best = parse_accept_header(accepted, LanguageAccept).best_match(["en", "zh", "zh-CN", "zh-Hans", "zh-TW", "zh-HK"])
    return best[:2] if best else ""


def babel_locale() -> str:
    """Return the locale name that Babel knows."""
    return BABEL_NAMES[current_locale()]


def localized(text: str, translations: dict[str, Any] | None, field: str = "name", locale: str | None = None) -> str:
    """Return a row's text in the reader's language, else as it was written."""
    if not translations:
        return text
    words = translations.get(locale or current_locale())
    return (words.get(field) or text) if words else text


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Write in `locale` for a while, whoever is reading: a letter is in its recipient's language."""
    before = g.get("_locale")
    g._locale = locale if locale in LOCALES else DEFAULT
    try:
        with flask_babel.force_locale(BABEL_NAMES[g._locale]):
            yield
    finally:
        if before is None:
            g.pop("_locale", None)
        else:
            g._locale = before


_catalogues: dict[str, Any] = {}


def _catalogue(locale: str) -> Any:
    """Return the messages of a language: found once, where Flask-Babel looks for the reader's each time."""
    found = _catalogues.get(locale)
    if found is None:
        with flask_babel.force_locale(BABEL_NAMES[locale]):
            found = flask_babel.get_translations()
        if has_app_context():  # without one there are no messages at all
            _catalogues[locale] = found
    return found


@pass_eval_context
def _gettext(context: EvalContext, message: str, **variables: object) -> str:
    if variables:
        text, markup = _found(message, current_locale())
        return (markup if context.autoescape else text) % variables
    return _finished(message, current_locale())[context.autoescape]


@pass_eval_context
def _ngettext(context: EvalContext, singular: str, plural: str, num: int, **variables: object) -> str:
    words = str(_catalogue(current_locale()).ungettext(singular, plural, num))
    text = Markup(words) if context.autoescape else words  # noqa: S704 - our catalogue
    return text % {"num": whole_number(num, current_locale()), **variables}


@lru_cache(maxsize=5_000)
def whole_number(value: int, locale: str) -> str:
    """Return a whole number with the separators of a language."""
    return str(format_decimal(value, locale=BABEL_NAMES[locale]))


def term(word: str) -> str:
    """Return a merchant's word ("Brand", "Size") in the reader's language where the catalogue knows it; unlike a
    message it is neither markup nor a format.
    """
    return _found(word, current_locale())[0] if word else ""


@lru_cache(maxsize=8_000)
def _found(message: str, locale: str) -> tuple[str, Markup]:
    """Return a message of the reader's catalogue as text and as markup."""
    words = str(_catalogue(locale).ugettext(message))
    return words, Markup(words)  # noqa: S704 - our catalogue


@lru_cache(maxsize=8_000)
def _finished(message: str, locale: str) -> tuple[str, Markup]:
    """Return a message without variables; it is a format all the same, and its percent signs are doubled."""
    text, markup = _found(message, locale)
    return text % {}, markup % {}


def init_app(app: Flask) -> None:
    """Install the fast gettext in templates, and what layouts need to say the language."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]
    app.jinja_env.globals.update(
        _=_gettext,
        gettext=_gettext,
        ngettext=_ngettext,
        term=term,
        current_locale=current_locale,
        LOCALES=LOCALES,
        localized=localized,
        html_lang=lambda locale="": HTML_NAMES.get(locale or current_locale(), locale),
    )
