"""What every page of the shop may ask of loyalty."""

from __future__ import annotations

from flask import Flask, g

from storefront.kernel.money import Money
from storefront.loyalty import queries
from storefront.promotions.rules.points import points_worth


def init_app(app: Flask) -> None:
    """Let templates say whether there are points, what they are worth, and whether there is anything to show."""
    app.jinja_env.globals.update(has_points=_has_points, has_loyalty=_has_loyalty)
    app.jinja_env.filters["points_worth"] = _worth


def _has_points() -> bool:
    return bool(g.shop.points_per_unit)


def _has_loyalty() -> bool:
    return _has_points() or bool(queries.list_tiers())


def _worth(points: int) -> Money:
    return points_worth(points, g.shop.points_worth, g.shop.currency)
