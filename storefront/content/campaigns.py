"""Writes and reads of campaigns by staff: pages with an address and a time of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from storefront.audit import services as audit
from storefront.content.errors import StaleCampaign
from storefront.content.models import Campaign, Slot
from storefront.content.plans import LONGEST_SLUG, CampaignPlan
from storefront.content.queries import campaign_page, forget_slots
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import first_free, slugify


def list_campaigns() -> Sequence[Campaign]:
    """Return all campaigns, the newest first."""
    return db.session.scalars(select(Campaign).order_by(Campaign.id.desc())).all()


def get_campaign(campaign_id: int) -> Campaign:
    """Return a campaign's row, or NotFound."""
    found = db.session.get(Campaign, campaign_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def add_campaign(*, plan: CampaignPlan, by: str, at: datetime) -> Campaign:
    """Make a campaign; its page is empty until it has slots."""
    row = Campaign(slug=plan.slug or _free_slug(plan.texts["en"]["title"]), updated_at=at)
    _fill(row, plan)
    db.session.add(row)
    _store(row.slug)
    changes = {key: (None, value) for key, value in _told(row).items()}
    audit.record(actor=by, action="campaign.add", about=("campaign", str(row.id)), changes=changes, at=at)
    return row


def change_campaign(*, campaign_id: int, version: int, plan: CampaignPlan, by: str, at: datetime) -> Campaign:
    """Change a campaign as it was at `version`."""
    row = db.session.get(Campaign, campaign_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.version != version:
        raise StaleCampaign
    before = _told(row)
    _fill(row, plan)
    row.updated_at = at
    _store(row.slug)
    after = _told(row)
    changes = {key: (before[key], after[key]) for key in after}
    audit.record(actor=by, action="campaign.change", about=("campaign", str(row.id)), changes=changes, at=at)
    return row


def remove_campaign(*, campaign_id: int, by: str, at: datetime) -> str:
    """Remove a campaign with its slots and all that was in them; return its address."""
    row = get_campaign(campaign_id)
    told, slug = _told(row), row.slug
    db.session.execute(Slot.__table__.delete().where(Slot.page == campaign_page(campaign_id)))  # type: ignore[attr-defined]
    db.session.delete(row)
    db.session.flush()
    changes = {key: (value, None) for key, value in told.items()}
    audit.record(actor=by, action="campaign.remove", about=("campaign", str(campaign_id)), changes=changes, at=at)
    after_commit(forget_slots)
    return slug


def _free_slug(title: str) -> str:
    """Return an address that no campaign has, after its title: "spring-sale", "spring-sale-2"."""
    wanted = slugify(title, fallback="campaign", longest=LONGEST_SLUG - 5)
    taken = set(db.session.scalars(select(Campaign.slug).where(Campaign.slug.startswith(wanted, autoescape=True))))
    return first_free(wanted, taken)


def _store(slug: str) -> None:
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError:
        raise Invalid(N_("There is a campaign at /campaigns/%(slug)s already."), field="slug", slug=slug) from None
    after_commit(forget_slots)


def _fill(row: Campaign, plan: CampaignPlan) -> None:
    row.slug, row.is_published = plan.slug or row.slug, plan.is_published
    row.starts_at, row.ends_at = plan.starts_at, plan.ends_at
    row.texts = {
        language: {key: text.strip() for key, text in words.items() if text.strip()}
        for language, words in plan.texts.items()
    }


def _told(row: Campaign) -> dict[str, object]:
    return {
        "slug": row.slug,
        "published": row.is_published,
        "starts_at": row.starts_at.isoformat() if row.starts_at else None,
        "ends_at": row.ends_at.isoformat() if row.ends_at else None,
        "en": row.texts.get("en"),
        "zh": row.texts.get("zh"),
    }
