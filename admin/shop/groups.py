"""The settings as a table: which stand together, what each means, and what breaks when a dangerous one changes.

A setting that is not here has a screen of its own (how prices hold tax; who needs a second factor) or is set by
`flask shop set`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from storefront.kernel.errors import N_
from storefront.shop.rules import ShopSettings

DEFAULTS = {field.name: field.default for field in fields(ShopSettings)}


@dataclass(frozen=True, slots=True)
class Field:
    """One setting: `label` and `hint` are untranslated."""

    key: str
    label: str
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    """(value, words) of a closed set."""
    breaks: str = ""
    """What a change breaks; it is made only by who says that they have read this."""
    input_type: str = ""
    """What kind of text it is, as HTML names it."""

    @property
    def default(self) -> object:
        return DEFAULTS[self.key]

    @property
    def is_switch(self) -> bool:
        return isinstance(self.default, bool)

    @property
    def is_number(self) -> bool:
        return isinstance(self.default, int) and not self.is_switch

    @property
    def is_required(self) -> bool:
        """Say whether it may not be left empty."""
        return not self.is_switch and self.default != ""


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that stand together."""

    key: str
    title: str
    fields: tuple[Field, ...]


_LOCALES = (("en", "English"), ("zh", "简体中文"))
_REFUNDS = (
    ("share", N_("its share of what was paid")),
    ("re-price", N_("what the order would cost less without it")),
    ("keep", N_("its share, and discounts stay with the rest")),
)
GROUPS: tuple[Group, ...] = (
    Group(
        "shop",
        N_("The shop"),
        (
            Field("name", N_("Name of the shop"), N_("Stands on every page and in every letter.")),
            Field("email", N_("E-mail of the shop"), N_("Where customers write to."), input_type="email"),
            Field("country", N_("Country"), N_("Two letters, such as US or CN.")),
            Field("locale", N_("Language of the shop"), N_("Whoever wants no other language gets it."), _LOCALES),
            Field("timezone", N_("Time zone"), N_("Such as Asia/Shanghai: when a day begins and ends here.")),
            Field(
                "currency",
                N_("Currency"),
                N_("Three letters, such as USD or CNY."),
                breaks=N_(
                    "Prices are not converted: each number then counts in the new currency. Carts, coupons and limits "
                    "change with them; orders that were placed keep their currency."
                ),
            ),
        ),
    ),
    Group(
        "selling",
        N_("Selling"),
        (
            Field("page_size", N_("Products on a page")),
            Field("low_stock_threshold", N_("Low on stock from"), N_("From so few pieces on, a product runs low.")),
            Field("largest_quantity", N_("Most pieces of one article in a cart")),
            Field("unpaid_minutes", N_("Minutes to pay"), N_("After that an unpaid order is cancelled.")),
            Field(
                "remind_payment_minutes",
                N_("Minutes before the end to remind of paying"),
                N_("0 reminds nobody."),
            ),
            Field("show_near_misses", N_("Savings just out of reach that a cart shows")),
            Field("coupon_lock_minutes", N_("Minutes that a checkout holds a coupon")),
            Field(
                "show_lowest_price",
                N_("Show the lowest price of late beside a reduced one"),
                N_("The European Union wants this (2019/2161)."),
            ),
            Field("lowest_price_days", N_("Days that count for it")),
            Field(
                "customer_active_days",
                N_("Days after an order in which a customer is active"),
                N_("By these and by how often they bought, the list of customers tells segments apart."),
            ),
            Field("customer_lapsed_days", N_("Days without an order after which a customer has lapsed")),
        ),
    ),
    Group(
        "delivery",
        N_("Delivery"),
        (
            Field(
                "auto_confirm_days",
                N_("Days until a parcel counts as arrived"),
                N_("If neither carrier nor customer says anything."),
            ),
            Field("tracking_poll_hours", N_("Hours between two questions to a carrier")),
            Field("after_sale_days", N_("Days in which goods can be returned")),
        ),
    ),
    Group(
        "points",
        N_("Points and tiers"),
        (
            Field("points_per_unit", N_("Points for each unit of the currency"), N_("0: the shop has no points.")),
            Field("points_worth", N_("Points that are worth one unit of the currency")),
            Field("points_most_percent", N_("Most percent of the goods that points pay")),
            Field("points_expire_days", N_("Days until points expire")),
            Field("tier_days", N_("Days over which spending counts towards a tier")),
        ),
    ),
    Group(
        "payments",
        N_("Payments and invoices"),
        (
            Field(
                "bank_account_holder",
                N_("Holder of the bank account"),
                N_("With a number beside it, customers may pay by bank transfer."),
            ),
            Field("bank_account_number", N_("Number of the bank account")),
            Field("bank_name", N_("Name of the bank")),
            Field("bank_transfer_days", N_("Days that an order waits for a bank transfer")),
            Field(
                "refund_late_payments",
                N_("Money for a cancelled order goes back by itself"),
                N_("Else it waits for a person."),
            ),
            Field(
                "capture_held_hours",
                N_("Hours until held money is taken by itself"),
                N_("For providers that only hold it. 0: a person takes it, on the money page of each order."),
            ),
            Field("ask_payment_minutes", N_("Minutes until a silent provider is asked")),
            Field("seller_name", N_("Seller on invoices"), N_("Empty: the name of the shop.")),
            Field("seller_address", N_("Address of the seller")),
            Field("seller_tax_id", N_("Tax number of the seller")),
        ),
    ),
    Group(
        "returns",
        N_("Returns"),
        (
            Field("refund_policy", N_("What goes back for returned goods"), "", _REFUNDS),
            Field("refund_freight", N_("Delivery is paid back with the last of the goods")),
            Field("restocking_fee_percent", N_("Percent kept when nothing was wrong with the goods")),
            Field("free_return_postage", N_("The shop pays for sending goods back although nothing was wrong")),
            Field("return_address", N_("Where goods are sent back to"), N_("Lines are parted by “;”.")),
            Field("return_alert_percent", N_("Percent of returned pieces that is a worry")),
        ),
    ),
    Group(
        "keeping",
        N_("How long things are kept"),
        (
            Field("analytics_keep_days", N_("Days that searches and what came of them are kept")),
            Field("keep_payment_messages_days", N_("Days that messages of payment providers are kept")),
            Field("deletion_wait_days", N_("Days in which the deletion of an account can be called off")),
            Field("invoice_keep_years", N_("Years that invoices keep their buyer"), N_("As long as tax law asks.")),
            Field("copy_keep_days", N_("Days in which customers can fetch the copy of their data")),
        ),
    ),
    Group(
        "access",
        N_("Approvals and access"),
        (
            Field(
                "refund_approval_above",
                N_("One person sends back at most"),
                N_("In whole units of the currency for one order, or in points for a customer in a day. 0: no limit."),
            ),
            Field(
                "promotion_approval_above",
                N_("One person starts promotions that cost at most"),
                N_("Its budget, else what a trial on past orders expects. 0: one person decides alone."),
            ),
            Field("below_cost_approval", N_("A price below cost needs a second person")),
            Field(
                "slots_need_second_person",
                N_("What stands on pages is let through by a second person"),
                N_("Switch it off where one person does it all."),
            ),
            Field("approval_days", N_("Days that a request waits")),
            Field("stand_in_minutes", N_("Most minutes that staff see the shop as a customer does")),
            Field(
                "ask_again_minutes",
                N_("Minutes until the password or code is asked for again"),
                N_("Before staff, roles, settings and the like are changed."),
            ),
        ),
    ),
)
BY_KEY = {group.key: group for group in GROUPS}
