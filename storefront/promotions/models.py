"""Tables of promotions: what is offered, the codes that unlock it, and who used it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_list, json_object, minor, moment, name, pk, refers


class Promotion(Base):
    """An offer: conditions x benefits, read into pure values by `queries` and judged by `rules`."""

    __tablename__ = "promotion"
    __table_args__ = (
        CheckConstraint("usage_limit IS NULL OR used_count <= usage_limit", name="uses_within_limit"),
        CheckConstraint("budget_minor IS NULL OR spent_minor <= budget_minor", name="spent_within_budget"),
        CheckConstraint("used_count >= 0 AND spent_minor >= 0", name="counters_not_negative"),
    )

    id: Mapped[pk]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[name]
    translations: Mapped[json_object]
    promotion_class: Mapped[str] = mapped_column(String(16))
    """"item", "order" or "shipping"."""
    priority: Mapped[int] = mapped_column(default=0)
    exclusive: Mapped[bool] = mapped_column(default=False)
    combines_with: Mapped[json_list]
    """What it may stand beside: ["item", "order", "shipping", "coupon"]."""
    requires_code: Mapped[bool] = mapped_column(default=False)
    conditions: Mapped[json_list]
    """[{"kind": "spend_at_least", "amount_minor": 5000}, {"kind": "audience", "members_only": true}]; see `reading`."""
    benefits: Mapped[json_list]
    """[{"kind": "percent_off", "basis_points": 1000, "scope": {"category_ids": [3]}}]: exactly one."""
    is_active: Mapped[bool] = mapped_column(default=True)
    starts_at: Mapped[moment | None]
    ends_at: Mapped[moment | None]
    usage_limit: Mapped[int | None]
    per_customer_limit: Mapped[int | None]
    budget_minor: Mapped[minor | None]
    used_count: Mapped[int] = mapped_column(default=0)
    spent_minor: Mapped[minor] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[moment | None]
    updated_at: Mapped[moment]
    archived_at: Mapped[moment | None]
    """Put away: never offered again and out of the lists, but its uses and figures stay."""
    activated_at: Mapped[moment | None]
    """When it was first made active: until then it is a draft; afterwards, while inactive, it is paused."""
    form_token: Mapped[str | None] = mapped_column(String(40), unique=True, index=True)
    """What the form is known by that it was made with: sent twice, it is one promotion."""

    __mapper_args__ = {"version_id_col": version}


class CouponTemplate(Base):
    """How a promotion's personal coupons come to people: claimed, granted at sign-up, or printed in batches of codes.

    The promotion says what a coupon gives; the template says who may have how many of them, and for how long.
    """

    __tablename__ = "coupon_template"
    __table_args__ = (
        CheckConstraint("claim_limit IS NULL OR claimed_count <= claim_limit", name="claims_within_limit"),
        CheckConstraint("claimed_count >= 0", name="claims_not_negative"),
        CheckConstraint("per_customer_claims >= 1", name="at_least_one_each"),
    )

    id: Mapped[pk]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    promotion_id: Mapped[int] = refers("promotion.id")
    way: Mapped[str] = mapped_column(String(16))
    """"claim", "sign_up" or "batch"; see `promotions.states.CouponWay`."""
    claim_limit: Mapped[int | None]
    claimed_count: Mapped[int] = mapped_column(default=0)
    per_customer_claims: Mapped[int] = mapped_column(default=1)
    claim_starts_at: Mapped[moment | None]
    claim_ends_at: Mapped[moment | None]
    valid_days: Mapped[int | None]
    """A coupon ends so many days after it was given, or at `valid_until`, whichever is first."""
    valid_until: Mapped[moment | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[moment]
    updated_at: Mapped[moment]

    __mapper_args__ = {"version_id_col": version}


class CouponBatch(Base):
    """So many codes made in one go, to be printed or sent."""

    __tablename__ = "coupon_batch"
    __table_args__ = (CheckConstraint("size > 0", name="not_empty"),)

    id: Mapped[pk]
    template_id: Mapped[int] = refers("coupon_template.id")
    name: Mapped[name]
    prefix: Mapped[str] = mapped_column(String(16), default="")
    size: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(120), default="")
    made_at: Mapped[moment]


class CouponCode(Base):
    """A code that unlocks a promotion; stored as `kernel.text.code_key` writes it.

    One that belongs to a customer is a coupon in their wallet. A checkout locks a code that can be used once, so that
    it is not spent twice at the same time.
    """

    __tablename__ = "coupon_code"
    __table_args__ = (CheckConstraint("usage_limit IS NULL OR used_count <= usage_limit", name="uses_within_limit"),)

    id: Mapped[pk]
    promotion_id: Mapped[int] = refers("promotion.id", on_delete="CASCADE")
    code: Mapped[str] = mapped_column(String(64), unique=True)
    usage_limit: Mapped[int | None]
    used_count: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    starts_at: Mapped[moment | None]
    ends_at: Mapped[moment | None]
    template_id: Mapped[int | None] = refers("coupon_template.id")
    batch_id: Mapped[int | None] = refers("coupon_batch.id")
    customer_id: Mapped[int | None] = refers("customer.id", on_delete="CASCADE")
    given_at: Mapped[moment | None]
    locked_by: Mapped[str] = mapped_column(String(64), default="", index=True)
    """The token of the checkout that means to use it, until `locked_until`."""
    locked_until: Mapped[moment | None]


class PromotionUse(Base):
    """The ledger of uses: +1 when an order takes one, -1 when a cancellation gives it back; never edited.

    Money that comes late may open a cancelled order again: then +1 once more.
    """

    __tablename__ = "promotion_use"

    id: Mapped[pk]
    promotion_id: Mapped[int] = refers("promotion.id", on_delete="CASCADE")
    coupon_code_id: Mapped[int | None] = refers("coupon_code.id")
    customer_key: Mapped[str] = mapped_column(String(300), index=True)
    """"customer:12", or "email:..." for a guest."""
    order_number: Mapped[str] = mapped_column(String(32), index=True)
    uses: Mapped[int]
    amount_minor: Mapped[minor]
    at: Mapped[moment]


class OfferStatement(Base):
    """From `at` on an offer lowers the price that pages show on these `terms`; without terms it no longer does.

    Never edited, and kept when the promotion is deleted: what was asked once was asked. See `past_offers`.
    """

    __tablename__ = "offer_statement"

    id: Mapped[pk]
    promotion_id: Mapped[int] = mapped_column(index=True)
    terms: Mapped[json_object]
    """The promotion as `rules.promotion_to_data` writes it, its start and end included."""
    at: Mapped[moment]
