"""The report on goods: which products and categories sold most, earned most, rose and fell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import g
from flask_babel import gettext as _
from sqlalchemy import case, func, select

from admin.access import staff_here
from admin.figures.asking import Asked
from admin.figures.reporting import Link, Made, Share, columns
from storefront.accounts.permissions import Permission
from storefront.catalog.models import Category, Product
from storefront.database.base import db
from storefront.figures import queries
from storefront.figures.days import Days
from storefront.figures.rules import Kind as FigureKind
from storefront.figures.rules import change_of, ratio
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.web.locale import localized

MOST, MOST_IN_FILE = 50, 10_000
SORTS: dict[str, str] = {
    "units": N_("Most pieces"),
    "net": N_("Highest net sales"),
    "margin": N_("Highest margin"),
    "rise": N_("Rising"),
    "fall": N_("Falling"),
}
_SUMMED = ("units", "goods", "known", "cost")
_SALES = (
    (N_("Pieces"), True),
    (N_("Net sales"), True),
    (N_("The time before"), True),
    (N_("Change"), True),
    (N_("Margin"), True),
    (N_("Margin rate"), True),
)
NOTES = (
    N_("Goods after discounts without tax, before refunds; gifts count in the margin and not as pieces."),
    N_("The margin is that of the goods whose cost is known."),
)


def make_products(asked: Asked, args: dict[str, str]) -> Made:
    """Return the products that sold, in the order asked for."""
    sort = args.get("sort", "")
    sort = sort if sort in SORTS else "units"
    sums = _sums(asked.days)
    order = {
        "units": sums.c.units.desc(),
        "net": sums.c.goods.desc(),
        "margin": (sums.c.known - sums.c.cost).desc(),
        "rise": (sums.c.goods - sums.c.before).desc(),
        "fall": (sums.c.goods - sums.c.before).asc(),
    }[sort]
    most = MOST_IN_FILE if args.get("file") else MOST
    rows = db.session.execute(
        select(sums, Product.name, Product.translations)
        .outerjoin(Product, Product.id == sums.c.product_id)
        .order_by(order, sums.c.product_id)
        .limit(most)
    ).all()
    tabs = [(words, _url("products", asked, sort=key), key == sort) for key, words in SORTS.items()]
    return Made(
        columns((N_("Product"), False), *_SALES),
        [(_product(row), *_cells(row)) for row in rows],
        N_("Products that sold"),
        asked,
        notes=[*NOTES, N_("The first 50 are shown; the file has all of them.")],
        tabs=tabs,
        compared=asked,
    )


def make_categories(asked: Asked, args: dict[str, str]) -> Made:
    """Return the top categories that sold, or what lies within one, the highest net sales first."""
    within = args.get("within", "")
    inside = within if within.isascii() and within.isdecimal() and len(within) < 10 else ""
    sums = _sums(asked.days)
    found = db.session.execute(
        select(Category.path, *(func.sum(sums.c[name]).label(name) for name in (*_SUMMED, "before")))
        .select_from(sums)
        .join(Product, Product.id == sums.c.product_id)
        .join(Category, Category.id == Product.category_id)
        .group_by(Category.path)
    ).all()
    groups = _grouped(found, inside)
    names = {row.id: row for row in _names([*groups, *([int(inside)] if inside else [])])}
    ordered = sorted(groups.items(), key=lambda each: -each[1]["goods"])
    trail = [(N_("All categories"), _url("categories", asked), not inside)]
    if inside and int(inside) in names:
        row = names[int(inside)]
        trail.append((localized(row.name, row.translations), _url("categories", asked, within=inside), True))
    return Made(
        columns((N_("Category"), False), *_SALES),
        [
            (_category(names.get(key), asked, is_leaf=str(key) == inside), *_cells(_Row(sums)))
            for key, sums in ordered
            if key in names
        ],
        N_("Categories that sold"),
        asked,
        notes=NOTES,
        tabs=trail,
        compared=asked,
    )


class _Row:
    """Sums by name, as a row of a query has them."""

    def __init__(self, sums: dict[str, int]) -> None:
        self.__dict__.update(sums)


def _grouped(rows: Sequence[Any], inside: str) -> dict[int, dict[str, int]]:
    """Add up paths ("/1/5/9/") by the category below `inside`, or at the top; what lies right in it is its own."""
    groups: dict[int, dict[str, int]] = {}
    for row in rows:
        parts = row.path.strip("/").split("/")
        if inside and inside not in parts:
            continue
        place = parts.index(inside) + 1 if inside else 0
        key = int(parts[min(place, len(parts) - 1)])
        sums = groups.setdefault(key, dict.fromkeys((*_SUMMED, "before"), 0))
        for name in sums:
            sums[name] += int(getattr(row, name))
    return groups


def _names(ids: Sequence[int]) -> Sequence[Any]:
    columns_ = Category.id, Category.name, Category.translations
    return db.session.execute(select(*columns_).where(Category.id.in_(ids))).all() if ids else []


def _sums(days: Days) -> Any:
    """Sums by product over the days, and its net sales of as many days before."""
    before = days.before()
    rows = queries.goods_in(Days(before.first, days.last), parted=days.first)
    is_now = rows.c.day >= days.first
    now = [func.sum(case((is_now, rows.c[name]), else_=0)).label(name) for name in _SUMMED]
    past = func.sum(case((is_now, 0), else_=rows.c.goods)).label("before")
    return select(rows.c.product_id, *now, past).group_by(rows.c.product_id).subquery()


def _cells(row: Any) -> tuple[object, ...]:
    net, before, known = int(row.goods), int(row.before), int(row.known)
    earned = known - int(row.cost)
    currency = g.shop.currency
    return (
        int(row.units),
        Money(net, currency),
        Money(before, currency),
        Share(change_of(net, before, FigureKind.MONEY), is_change=True),
        Money(earned, currency) if known or row.cost else None,
        Share(ratio(earned, known)),
    )


def _product(row: Any) -> object:
    if row.name is None:
        return _("A product that is gone (%(id)s)", id=row.product_id)
    name = localized(row.name, row.translations)
    return Link(name, f"/admin/products/{row.product_id}") if staff_here().may(Permission.PRODUCTS_VIEW) else name


def _category(row: Any, asked: Asked, *, is_leaf: bool) -> object:
    name = localized(row.name, row.translations)
    return name if is_leaf else Link(name, _url("categories", asked, within=str(row.id)))


def _url(report: str, asked: Asked, **more: str) -> str:
    query = f"&{urlencode(more)}" if more else ""
    return f"/admin/reports/{report}?{asked.query}{query}"
