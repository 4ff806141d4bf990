"""Taxes: whether prices contain them, classes, rates, and what was taken in a period."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, make_response, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.analytics.periods import span_of
from admin.audit.queries import people
from admin.days import day_of, end_of, start_of
from admin.merging import merge, seen_values
from admin.pricing.taxes import queries
from admin.pricing.taxes.forms import MODES, ClassForm, ModeForm, RateForm, class_form_of, rate_form_of
from admin.pricing.taxes.listing import TAX_RATES
from admin.pricing.taxes.tables import REPORT, links_of, sheet
from admin.tables import ListState, read_state
from admin.tables.showing import show_list
from storefront.accounts.countries import country_name
from storefront.accounts.permissions import Permission
from storefront.analytics.reports import Span
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.kernel.sheets import MARK
from storefront.pricing.taxes import services as taxes
from storefront.pricing.taxes.errors import ClassInUse, StaleTax
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.locale import babel_locale
from storefront.web.refusals import show_refusal

blueprint = Blueprint("taxes", __name__)


@blueprint.get("/taxes")
@requires(Permission.TAXES_VIEW)
def overview() -> Response:
    """Show the mode, the classes and the rates."""
    return _overview()


@blueprint.post("/taxes/mode")
@requires(Permission.TAXES_EDIT)
def choose_mode() -> Response:
    """Let prices contain tax, or let it be added to them."""
    form = ModeForm(request.form)
    try:
        with transaction():
            taxes.choose_mode(mode=form.read(), by=staff_here().actor, at=now())
    except Invalid as refusal:
        show_refusal(form, refusal)
        return _overview(form, status=422)
    return _saved()


@blueprint.get("/taxes/classes/new")
@requires(Permission.TAXES_EDIT)
def new_class() -> Response:
    """Show an empty class."""
    return _class_page(ClassForm())


@blueprint.post("/taxes/classes")
@requires(Permission.TAXES_EDIT)
def add_class() -> Response:
    """Make a class."""
    form = ClassForm(request.form)
    try:
        if form.validate():
            with transaction():
                taxes.add_class(plan=form.read(), by=staff_here().actor, at=now())
            return _saved()
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _class_page(form, status=422)


@blueprint.get("/taxes/classes/<int:class_id>")
@requires(Permission.TAXES_EDIT)
def tax_class(class_id: int) -> Response:
    """Show a class."""
    return _class_page(class_form_of(queries.get_class(class_id)), class_id)


@blueprint.post("/taxes/classes/<int:class_id>")
@requires(Permission.TAXES_EDIT)
def change_class(class_id: int) -> Response:
    """Change a class; who was slower is told what changed meanwhile."""
    queries.get_class(class_id)
    form = ClassForm(request.form)
    try:
        if form.validate():
            at, by, version = now(), staff_here().actor, form.version.data or 0
            with transaction():
                taxes.change_class(class_id=class_id, version=version, plan=form.read(), by=by, at=at)
            return _saved()
    except StaleTax as refusal:
        return _class_page(form, class_id, refusal=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _class_page(form, class_id, status=422)


@blueprint.post("/taxes/classes/<int:class_id>/removal")
@requires(Permission.TAXES_EDIT)
def remove_class(class_id: int) -> Response:
    """Delete a class that nothing needs."""
    try:
        with transaction():
            taxes.remove_class(class_id=class_id, version=_version(), by=staff_here().actor, at=now())
    except (StaleTax, ClassInUse) as refusal:
        form = class_form_of(queries.get_class(class_id))
        return _class_page(form, class_id, refusal=refusal, status=409)
    return _saved(_("The class is deleted."))


@blueprint.get("/taxes/rates/new")
@requires(Permission.TAXES_EDIT)
def new_rate() -> Response:
    """Show an empty rate, of the class and country that the address names."""
    known = {name: request.args.get(name, "")[:60] for name in ("tax_class", "country", "region")}
    return _rate_page(_rate_form(data={**known, "part": "1"}))


@blueprint.post("/taxes/rates")
@requires(Permission.TAXES_EDIT)
def add_rate() -> Response:
    """Make a rate."""
    form = _rate_form(request.form)
    try:
        if form.validate():
            with transaction():
                taxes.add_rate(plan=form.read(), by=staff_here().actor, at=now())
            return _saved()
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _rate_page(form, status=422)


@blueprint.get("/taxes/rates/<int:rate_id>")
@requires(Permission.TAXES_EDIT)
def rate(rate_id: int) -> Response:
    """Show a rate."""
    return _rate_page(_stored_rate(rate_id), rate_id)


@blueprint.post("/taxes/rates/<int:rate_id>")
@requires(Permission.TAXES_EDIT)
def change_rate(rate_id: int) -> Response:
    """Change a rate; who was slower is told what changed meanwhile."""
    queries.get_rate(rate_id)
    form = _rate_form(request.form)
    try:
        if form.validate():
            at, by, version = now(), staff_here().actor, form.version.data or 0
            with transaction():
                taxes.change_rate(rate_id=rate_id, version=version, plan=form.read(), by=by, at=at)
            return _saved()
    except StaleTax as refusal:
        return _rate_page(form, rate_id, refusal=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _rate_page(form, rate_id, status=422)


@blueprint.post("/taxes/rates/<int:rate_id>/removal")
@requires(Permission.TAXES_EDIT)
def remove_rate(rate_id: int) -> Response:
    """Delete a rate."""
    try:
        with transaction():
            taxes.remove_rate(rate_id=rate_id, version=_version(), by=staff_here().actor, at=now())
    except StaleTax as refusal:
        return _rate_page(_stored_rate(rate_id), rate_id, refusal=refusal, status=409)
    return _saved(_("The rate is deleted. Orders keep what they were taxed."))


@blueprint.get("/taxes/report")
@requires(Permission.TAXES_VIEW)
def report() -> Response:
    """Show the tax of the orders that were paid in some days, by rate."""
    state = read_state(REPORT, request.args)
    span = _span(state)
    return render_page(
        "admin/pricing/tax_report.html",
        state=state,
        span=span,
        report=_report(span),
        links=links_of(day_of(now(), g.shop.timezone), span),
        country=_country,
        csv_url=state.url().replace(REPORT.url, f"{REPORT.url}.csv", 1),
    )


@blueprint.get("/taxes/report.csv")
@requires(Permission.TAXES_VIEW)
def report_csv() -> Response:
    """Return the report as a table for a spreadsheet."""
    span = _span(read_state(REPORT, request.args))
    answer = make_response(MARK + "".join(sheet(_report(span))))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="taxes-{span.first}-{span.last}.csv"'
    return answer


def _overview(form: ModeForm | None = None, *, status: int = 200) -> Response:
    return show_list(
        TAX_RATES,
        status=status,
        form=form or ModeForm(data={"mode": g.shop.tax_mode}),
        notes={mode.value: (_(note), "") for mode, (_words, note) in MODES.items()},
        classes=queries.list_classes(),
    )


def _class_page(
    form: ClassForm, class_id: int | None = None, *, refusal: ShopError | None = None, status: int = 200
) -> Response:
    row = queries.get_class(class_id) if class_id else None
    stored = class_form_of(row) if row else None
    return render_page(
        "admin/pricing/tax_class.html",
        row=row,
        **_edited(form, stored, ("tax_class", row.code if row else ""), refusal),
        status=status,
    )


def _rate_page(
    form: RateForm, rate_id: int | None = None, *, refusal: ShopError | None = None, status: int = 200
) -> Response:
    return render_page(
        "admin/pricing/tax_rate.html",
        rate_id=rate_id,
        zone=g.shop.timezone,
        **_edited(form, _stored_rate(rate_id) if rate_id else None, ("tax_rate", str(rate_id or "")), refusal),
        status=status,
    )


def _edited(form: Any, stored: Any, about: tuple[str, str], refusal: ShopError | None) -> dict[str, Any]:
    """Return what a form's page shows; after a conflict beside what is stored now, and ready to be saved over it."""
    entries = list_entries_about(*about) if stored else []
    return {
        "form": form,
        "version": stored.version.data if stored else 0,
        "seen": seen_values(stored) if stored else {},
        "told": merge(form, stored, request.form) if stored and isinstance(refusal, StaleTax) else [],
        "refusal": message_of(refusal) if refusal else "",
        "entries": entries,
        "people": people(entries),
    }


def _rate_form(*args: Any, **kwargs: Any) -> RateForm:
    return RateForm(*args, classes=queries.class_choices(), home=g.shop.country, **kwargs)


def _stored_rate(rate_id: int) -> RateForm:
    return rate_form_of(queries.get_rate(rate_id), classes=queries.class_choices(), home=g.shop.country)


def _span(state: ListState) -> Span:
    return span_of(state.day("paid_from"), state.day("paid_to"), 30, day_of(now(), g.shop.timezone))


def _report(span: Span) -> queries.Report:
    return queries.tax_report(start_of(span.first, g.shop.timezone), end_of(span.last, g.shop.timezone))


def _country(code: str) -> str:
    return country_name(code, babel_locale())


def _version() -> int:
    return request.form.get("version", -1, type=int)


def _saved(words: str = "") -> Response:
    flash(words or _("Saved."), "success")
    return redirect_to("/admin/taxes")
