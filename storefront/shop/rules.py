"""Merchant settings as one frozen value, with their defaults and limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from email_validator import EmailNotValidError, validate_email

from storefront.kernel.errors import N_, Invalid
from storefront.kernel.money import is_currency
from storefront.places.countries import COUNTRIES

_AT_LEAST_ONE = (
    *("page_size", "largest_quantity", "unpaid_minutes", "lowest_price_days", "coupon_lock_minutes"),
    *("points_worth", "points_expire_days", "tier_days", "analytics_keep_days"),
    *("bank_transfer_days", "ask_payment_minutes", "keep_payment_messages_days"),
    *("auto_confirm_days", "tracking_poll_hours"),
    *("copy_keep_days", "ask_again_minutes", "approval_days", "stand_in_minutes", "customer_active_days"),
)
_LIMITS = ("refund_approval_above", "promotion_approval_above", "low_stock_threshold", "show_near_misses")
_NOT_NEGATIVE = (
    "capture_held_hours",
    "deletion_wait_days",
    "invoice_keep_years",
    "remind_payment_minutes",
    "points_per_unit",
    "after_sale_days",
    *_LIMITS,
)
_PERCENT = ("points_most_percent", "restocking_fee_percent", "return_alert_percent")
_ONE_OF: Mapping[str, tuple[frozenset[str], str]] = {
    "locale": (frozenset({"en", "zh"}), N_("The shop speaks English and Chinese only.")),
    "tax_mode": (frozenset({"inclusive", "exclusive"}), N_("Tax is either “inclusive” or “exclusive”.")),
    "refund_policy": (frozenset({"share", "re-price", "keep"}), N_("A refund counts by share, re-price or keep.")),
}
MOST_EXPLORED = 5
NO_EMAIL = "hello@localhost"
"""What stands for the address of a shop that has given none yet."""


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """What the merchant decides. Every field has a default with which a shop can open."""

    name: str = "Our shop"
    currency: str = "USD"
    timezone: str = "UTC"
    locale: str = "en"
    email: str = NO_EMAIL
    country: str = "US"
    tax_mode: str = "inclusive"
    """Whether prices contain tax ("inclusive") or it is added to them at checkout ("exclusive")."""
    page_size: int = 24
    low_stock_threshold: int = 5
    largest_quantity: int = 99
    unpaid_minutes: int = 30
    remind_payment_minutes: int = 10
    """So long before the time to pay is over the customer is reminded; 0 reminds nobody."""
    after_sale_days: int = 30
    auto_confirm_days: int = 10
    """After how many days on its way a parcel is taken to have arrived, if nobody says anything."""
    tracking_poll_hours: int = 4
    """How often a carrier is asked where a parcel is."""
    show_near_misses: int = 2
    show_lowest_price: bool = False
    """Whether a reduced price is shown beside the lowest of the last `lowest_price_days` (EU 2019/2161)."""
    lowest_price_days: int = 30
    coupon_lock_minutes: int = 15
    points_per_unit: int = 1
    """Points earned for each whole unit of the currency that was paid; 0 means that the shop has no points."""
    points_worth: int = 100
    """How many points are worth one whole unit of the currency."""
    points_most_percent: int = 50
    """How much of an order's goods points may pay."""
    points_expire_days: int = 365
    tier_days: int = 365
    """Over how many days spending counts towards a tier."""
    analytics_keep_days: int = 400
    """For how many days it is kept what shoppers searched for, and what came of it."""
    bank_account_holder: str = ""
    """With a number beside it, shoppers may pay by bank transfer."""
    bank_account_number: str = ""
    bank_name: str = ""
    bank_transfer_days: int = 7
    """For how many days an order waits for a bank transfer."""
    refund_late_payments: bool = True
    """Whether money that comes in for an order that was cancelled goes back by itself, or waits for a person."""
    capture_held_hours: int = 0
    """After how many hours money that a provider only holds is taken by itself; 0 leaves it to a person."""
    ask_payment_minutes: int = 10
    """After how many minutes the provider is asked what became of a payment that it has not told about."""
    keep_payment_messages_days: int = 180
    """For how many days it is kept what providers sent."""
    seller_name: str = ""
    """Who sells, as invoices say it; "" is the shop's name."""
    seller_address: str = ""
    seller_tax_id: str = ""
    deletion_wait_days: int = 7
    """For how many days the deletion of an account can be called off."""
    invoice_keep_years: int = 10
    """For how many years an invoice names its buyer although they were forgotten; 0 forgets them there, too."""
    copy_keep_days: int = 7
    """For how many days customers can fetch the copy of their data that they asked for."""
    explore_percent: int = 0
    """Of how many personal shelves in a hundred the last place tries a product that is new in the shop; at most 5."""
    refund_policy: str = "share"
    """How much of what was paid goes back: "share", "re-price" or "keep"; see the plaque of `returns`."""
    refund_freight: bool = False
    """Whether delivery is paid back with the last of the goods although the shop did nothing wrong."""
    restocking_fee_percent: int = 0
    """What is kept of a refund for goods that come back although nothing was wrong with them."""
    free_return_postage: bool = False
    """Whether the shop pays for sending goods back although nothing was wrong with them."""
    return_address: str = ""
    """Where goods are sent back to; lines are parted by ";". Without one the label says to ask."""
    return_alert_percent: int = 15
    """From which share of its sold pieces on a product that comes back is shown as a worry."""
    slots_need_second_person: bool = True
    """Whether what is put on pages is looked at by somebody else than who wrote it before shoppers see it."""
    factor_for_all_staff: bool = False
    """Whether everybody who works here needs a second factor, whatever their role."""
    ask_again_minutes: int = 15
    """After how many minutes the most dangerous doings ask who one is once more."""
    stand_in_minutes: int = 30
    """For how many minutes at most a member of staff stands in for a customer."""
    customer_active_days: int = 90
    """For how many days after an order a customer counts as active."""
    customer_lapsed_days: int = 180
    """After how many days without an order a customer counts as lapsed."""
    refund_approval_above: int = 0
    """Above how many whole units of the currency a refund needs a second person; 0: never."""
    promotion_approval_above: int = 0
    """From which expected cost on, in whole units of the currency, a promotion needs a second person; 0: never."""
    below_cost_approval: bool = False
    """Whether a price below what the goods cost needs a second person."""
    approval_days: int = 7
    """For how many days a request waits for a second person."""

    def __post_init__(self) -> None:
        """Refuse what makes no sense, all of it at once."""
        if problems := tuple(_problems_of(self)):
            raise WrongSettings(problems)


class WrongSettings(Invalid):
    """Settings that make no sense: `problems` names each with its field, and the first speaks for all."""

    def __init__(self, problems: tuple[Invalid, ...]) -> None:
        self.problems = problems
        super().__init__(problems[0].text, field=problems[0].field, **problems[0].facts)


def from_rows(rows: Mapping[str, object]) -> ShopSettings:
    """Build settings from stored key-value pairs. Keys that no longer mean anything are ignored, and a value that an
    older version stored and this one refuses counts as its default, so that the shop stays open."""
    known = {field.name for field in fields(ShopSettings)}
    values: dict[str, Any] = {key: value for key, value in rows.items() if key in known}
    try:
        return ShopSettings(**values)
    except WrongSettings as refusal:
        wrong = {problem.field for problem in refusal.problems}
        return ShopSettings(**{key: value for key, value in values.items() if key not in wrong})


def _problems_of(settings: ShopSettings) -> Iterator[Invalid]:
    yield from _problems_of_the_shop(settings)
    for field, (choices, refusal) in _ONE_OF.items():
        if getattr(settings, field) not in choices:
            yield Invalid(refusal, field=field)
    for field in _AT_LEAST_ONE:
        if getattr(settings, field) < 1:
            yield Invalid(N_("This must be at least 1."), field=field)
    for field in _NOT_NEGATIVE:
        if getattr(settings, field) < 0:
            yield Invalid(N_("This must be at least 0."), field=field)
    if settings.customer_lapsed_days <= settings.customer_active_days:
        yield Invalid(N_("A customer lapses later than they are active."), field="customer_lapsed_days")
    for field in _PERCENT:
        if not 0 <= getattr(settings, field) <= 100:
            yield Invalid(N_("A share is between 0 and 100."), field=field)
    if not 0 <= settings.explore_percent <= MOST_EXPLORED:
        yield Invalid(N_("New products are tried on 0 to 5 percent of the shelves."), field="explore_percent")


def _problems_of_the_shop(settings: ShopSettings) -> Iterator[Invalid]:
    if not settings.name.strip():
        yield Invalid(N_("A shop needs a name."), field="name")
    if not _is_email(settings.email):
        yield Invalid(
            N_("This e-mail address does not look right. It should look like name@example.com."), field="email"
        )
    if settings.country not in COUNTRIES:
        yield Invalid(
            N_("There is no country “%(code)s”. Use a code of two letters, such as US or CN."),
            field="country",
            code=settings.country,
        )
    if not is_currency(settings.currency):
        yield Invalid(
            N_("There is no currency “%(code)s”. Use a code of three letters, such as USD or CNY."),
            field="currency",
            code=settings.currency,
        )
    if not _is_zone(settings.timezone):
        yield Invalid(N_("There is no time zone called “%(zone)s”."), field="timezone", zone=settings.timezone)


@lru_cache(maxsize=64)
def _is_email(text: str) -> bool:
    if text == NO_EMAIL:
        return True
    try:
        validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return False
    return True


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True
