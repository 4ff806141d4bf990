"""Pages of their own, at /campaigns/<address>."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.content.forms import CampaignForm, campaign_form_of
from admin.content.queries import campaign_figures
from admin.content.views.blueprint import blueprint
from admin.days import day_of
from admin.merging import merge, seen_values
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.content import campaigns as content
from storefront.content.errors import StaleCampaign
from storefront.content.models import Campaign
from storefront.content.queries import campaign_page
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal

URL = "/admin/campaigns"


@blueprint.get("/campaigns")
@requires(Permission.SLOTS_VIEW)
def campaigns() -> Response:
    """List campaigns, the newest first, with what came of them."""
    rows = content.list_campaigns()
    return render_page(
        "admin/content/campaigns.html",
        campaigns=rows,
        figures=campaign_figures(rows, day_of(now(), g.shop.timezone)),
        at=now(),
    )


@blueprint.get("/campaigns/new")
@requires(Permission.SLOTS_EDIT)
def new_campaign() -> Response:
    """Show an empty campaign."""
    return _page(CampaignForm())


@blueprint.post("/campaigns")
@requires(Permission.SLOTS_EDIT)
def add_campaign() -> Response:
    """Make a campaign, and go on to fill its page."""
    form = CampaignForm(request.form)
    try:
        if form.validate():
            with transaction():
                row = content.add_campaign(plan=form.read(), by=staff_here().actor, at=now())
            flash(_("The campaign is there. Now add slots to its page."), "success")
            return redirect_to(f"/admin/home-slots?page={campaign_page(row.id)}")
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _page(form, status=422)


@blueprint.get("/campaigns/<int:campaign_id>")
@requires(Permission.SLOTS_VIEW)
def campaign(campaign_id: int) -> Response:
    """Show a campaign."""
    row = content.get_campaign(campaign_id)
    return _page(campaign_form_of(row), row)


@blueprint.post("/campaigns/<int:campaign_id>")
@requires(Permission.SLOTS_EDIT)
def change_campaign(campaign_id: int) -> Response:
    """Change a campaign; who was slower is told what changed meanwhile."""
    row, form = content.get_campaign(campaign_id), CampaignForm(request.form)
    try:
        if form.validate():
            with transaction():
                content.change_campaign(
                    campaign_id=campaign_id,
                    version=form.version.data or 0,
                    plan=form.read(),
                    by=staff_here().actor,
                    at=now(),
                )
            flash(_("Saved."), "success")
            return redirect_to(f"{URL}/{campaign_id}")
    except StaleCampaign as refusal:
        return _page(form, content.get_campaign(campaign_id), refusal=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _page(form, row, status=422)


@blueprint.post("/campaigns/<int:campaign_id>/removal")
@requires(Permission.SLOTS_EDIT)
def remove_campaign(campaign_id: int) -> Response:
    """Remove a campaign with its page."""
    if request.form.get("sure") != "yes":
        row = content.get_campaign(campaign_id)
        return _page(campaign_form_of(row), row, asks=True)
    with transaction():
        slug = content.remove_campaign(campaign_id=campaign_id, by=staff_here().actor, at=now())
    flash(_("The page /campaigns/%(slug)s is gone.", slug=slug), "success")
    return redirect_to(URL)


def _page(
    form: CampaignForm,
    row: Campaign | None = None,
    *,
    refusal: ShopError | None = None,
    status: int = 200,
    **more: Any,
) -> Response:
    stored = campaign_form_of(row) if row else None
    told = merge(form, stored, request.form) if refusal and stored else []
    changes = list_entries_about("campaign", str(row.id)) if row else []
    return render_page(
        "admin/content/campaign.html",
        form=form,
        row=row,
        version=row.version if row else 0,
        seen=seen_values(stored) if stored else {},
        refusal=message_of(refusal) if refusal else "",
        told=told,
        zone=g.shop.timezone,
        entries=changes,
        people=people(changes),
        status=status,
        **more,
    )
