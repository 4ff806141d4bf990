"""What pages say of returns."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _

from storefront.returns.words import CONDITIONS, KINDS, POLICIES, REASONS, STATES

_WORDS = {**STATES, **REASONS}


def return_words(value: str) -> str:
    """Return what a state or a reason is called in the reader's language."""
    return str(_(_WORDS.get(value, value)))


def return_kind(kind: str) -> str:
    """Return what a kind of request is called."""
    return str(_(KINDS.get(kind, kind)))


def condition_words(condition: str) -> str:
    """Return what a condition is called."""
    return str(_(CONDITIONS.get(condition, condition)))


def policy_words(policy: str) -> str:
    """Return in a sentence how a refund is counted."""
    return str(_(POLICIES.get(policy, policy)))


def init_app(app: Flask) -> None:
    """Give templates the words."""
    for name, function in (
        *(("return_words", return_words), ("return_kind", return_kind)),
        *(("condition_words", condition_words), ("policy_words", policy_words)),
    ):
        app.jinja_env.filters[name] = function
