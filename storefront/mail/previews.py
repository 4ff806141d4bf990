"""Samples that any letter may tell: a link."""

from __future__ import annotations

from flask import current_app


def _url() -> object:
    return f"{current_app.config['SHOP'].public_url}/sample"


FACTS = {"url": _url}
