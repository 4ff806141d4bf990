"""Parts of pages that look alike for many readers: each is drawn once for every way that it can look.

`{{ draw_once("components/_footer.html", {"own_path": current_path()}, has_flash=...) }}` draws the part with the facts
named, in this reader's language and appearance, and puts what differs with each page into its gaps afterwards, escaped.
The part must ask for nothing else that changes.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import lru_cache

from flask import Flask, current_app
from markupsafe import Markup, escape

from storefront.web.appearance import theme
from storefront.web.assets import asset
from storefront.web.locale import current_locale

MOST_PARTS = 2_000
NONE: Mapping[str, str] = {}


def draw_once(template: str, gaps: Mapping[str, str] = NONE, /, **facts: Hashable) -> Markup:
    """Return a part of a page; `gaps` are variables of the template that it merely shows."""
    drawn = _drawn(template, tuple(gaps), tuple(facts.items()), current_locale(), theme(), asset("icons.svg"))
    for name, text in gaps.items():
        drawn = drawn.replace(_gap(name), escape(text))
    return Markup(drawn)  # noqa: S704 - our own template, and gaps that are escaped


@lru_cache(maxsize=MOST_PARTS)
def _drawn(template: str, gaps: tuple[str, ...], facts: tuple[tuple[str, Hashable], ...], *_look: str) -> str:
    holes = {name: Markup(_gap(name)) for name in gaps}  # noqa: S704 - a name in a template of ours
    return current_app.jinja_env.get_template(template).render(holes | dict(facts))


def _gap(name: str) -> str:
    """Return what stands for a gap in a drawn part; whatever is shown escaped cannot hold it."""
    return f"<!--{name}-->"


def init_app(app: Flask) -> None:
    """Give templates `draw_once`."""
    app.jinja_env.globals["draw_once"] = draw_once
