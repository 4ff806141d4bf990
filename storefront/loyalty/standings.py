"""Writes of tiers: who stands in which and why, and the tiers themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, literal, select, update

from storefront.accounts import services as accounts
from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.database.columns import UtcDateTime
from storefront.kernel.errors import NotFound
from storefront.kernel.money import Money
from storefront.loyalty.booking import SYSTEM
from storefront.loyalty.errors import SpendTaken, TierChanged, TierKeyTaken
from storefront.loyalty.models import Tier, TierChange
from storefront.loyalty.queries import forget_tiers, read_tiers
from storefront.loyalty.tiers import Spending, standing_for


@dataclass(frozen=True, slots=True)
class TierDraft:
    """What staff say about a tier; `name_zh` may be empty."""

    key: str
    name: str
    name_zh: str
    spend: Money
    earn_basis_points: int


def place_in_tier(*, customer_id: int, spending: Callable[[], Spending], at: datetime) -> str:
    """Let a customer stand where the spending leads, note why if that is new, and return the tier's key.

    `spending` is asked once the customer's row is locked, so two evaluations never cross.
    """
    before = accounts.get_locked_tier(customer_id)
    if before is None:
        return ""
    spent = spending().amount
    tier = standing_for(spent, read_tiers()).tier
    after = tier.key if tier else ""
    if after != before:
        accounts.set_tier(customer_id=customer_id, tier=after)
        values = {"customer_id": customer_id, "before": before, "after": after, "spent_minor": spent.minor}
        db.session.execute(insert(TierChange).values(**values, actor=SYSTEM, at=at))
    return after


def add_tier(*, draft: TierDraft, at: datetime) -> Tier:
    """Begin a tier; who belongs into it moves at the next evaluation."""
    _refuse_taken(draft, None)
    tier = Tier(key=draft.key, **_values(draft, at))
    db.session.add(tier)
    db.session.flush()
    forget_tiers()
    return tier


def change_tier(*, tier_id: int, draft: TierDraft, seen: datetime, at: datetime) -> Tier:
    """Change what a tier is called, asks for and gives; its key stays. `seen` is when the form's tier was saved."""
    _refuse_taken(draft, tier_id)
    changed = db.session.execute(
        update(Tier)
        .where(Tier.id == tier_id, Tier.updated_at == seen)
        .values(**_values(draft, at))
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise TierChanged
    forget_tiers()
    return get_tier(tier_id)


def delete_tier(*, tier_id: int, by: str, at: datetime) -> int:
    """End a tier and move who stands in it to the one below, where their spending leads without it; return how many."""
    tier = get_tier(tier_id)
    below = select(Tier.key).where(Tier.spend_minor < tier.spend_minor).order_by(Tier.spend_minor.desc()).limit(1)
    after = db.session.scalar(below) or ""
    latest = (
        select(TierChange.spent_minor)
        .where(TierChange.customer_id == Customer.id)
        .order_by(TierChange.id.desc())
        .limit(1)
        .correlate(Customer)
        .scalar_subquery()
    )
    why = select(
        Customer.id,
        literal(tier.key),
        literal(after),
        func.coalesce(latest, tier.spend_minor),
        literal(by),
        literal(at, UtcDateTime()),
    ).where(Customer.tier == tier.key)
    columns = ["customer_id", "before", "after", "spent_minor", "actor", "at"]
    db.session.execute(insert(TierChange).from_select(columns, why))
    moved = accounts.move_tier(before=tier.key, after=after)
    db.session.execute(delete(Tier).where(Tier.id == tier_id))
    db.session.flush()
    forget_tiers()
    return moved


def get_tier(tier_id: int) -> Tier:
    """Return a tier's row, or NotFound."""
    found = db.session.scalar(select(Tier).where(Tier.id == tier_id).execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def _values(draft: TierDraft, at: datetime) -> dict[str, object]:
    return {
        "name": draft.name,
        "translations": {"zh": {"name": draft.name_zh}} if draft.name_zh else {},
        "spend_minor": draft.spend.minor,
        "earn_basis_points": draft.earn_basis_points,
        "updated_at": at,
    }


def _refuse_taken(draft: TierDraft, tier_id: int | None) -> None:
    others = select(Tier.key, Tier.spend_minor).where(Tier.id != (tier_id or 0))
    for other in db.session.execute(others):
        if other.key == draft.key:
            raise TierKeyTaken
        if other.spend_minor == draft.spend.minor:
            raise SpendTaken
