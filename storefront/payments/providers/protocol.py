"""What every provider can be asked, in plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from storefront.config import Config
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.payments.errors import BadSignature, ProviderFailed
from storefront.payments.states import DisputeState, PaymentState, TransactionKind, TransactionResult
from storefront.shop.rules import ShopSettings


@dataclass(frozen=True, slots=True)
class Device:
    """What the shopper sits at; it decides which of a provider's pages they see."""

    is_mobile: bool = False
    address: str = ""
    is_in_wechat: bool = False
    """Whether the page is read inside the WeChat app, which lets no other app in."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a provider is asked to collect; `reference` is ours and comes back with the outcome.

    `handle` is the provider's own name for the attempt, once it has given one. The addresses are absolute.
    """

    reference: str
    provider: str
    order_number: str
    amount: Money
    state: PaymentState
    captured: Money
    email: str = ""
    locale: str = "en"
    description: str = ""
    return_url: str = ""
    cancel_url: str = ""
    notify_url: str = ""
    handle: str = ""
    created_at: datetime | None = None
    expires_at: datetime | None = None
    """Until when the order waits."""
    captured_as: str = ""
    """The provider's reference of the money that came in; what a refund names."""
    device: Device = field(default=Device())


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What a provider is asked to send back; the same `key` twice is one refund."""

    key: str
    payment: Request
    amount: Money
    psp_reference: str = ""
    """The provider's own name for it, once it has given one."""


@dataclass(frozen=True, slots=True)
class Start:
    """What the shopper sees next: the provider's page (`url`), a code to scan (`qr`, as text), a page of ours about
    this attempt (`on_our_page`), or nothing where there is nothing to do now.
    """

    url: str = ""
    qr: str = ""
    on_our_page: bool = False
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a provider says became of a request. The same `idempotency_key` twice is one fact.

    Make the key from the fact and not from the message ("stripe-pi_1-captured"), so that a webhook, a query and the
    answer to a call that tell the same are one; it and `psp_reference` are unique over all providers. `refund` is our
    key of a refund, "" for one that was made elsewhere, say in the provider's own pages.
    """

    reference: str
    kind: TransactionKind
    result: TransactionResult
    amount: Money
    psp_reference: str
    idempotency_key: str
    facts: Mapping[str, str]
    refund: str = ""


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that a dispute moved: to the payer (CHARGEBACK), back to us (CHARGEBACK_BACK), or a fee for it (FEE,
    FEE_BACK), which may be in another currency than the payment. The same `key` twice is one movement.
    """

    kind: TransactionKind
    amount: Money
    key: str
    psp_reference: str = ""


@dataclass(frozen=True, slots=True)
class Contested:
    """What a provider says of a payment that its payer contests, in whatever order it says it.

    `told_at` says how new it is. `movements` are what moved by then. A provider that tells no movements says in `lost`
    what went to the payer in the end, once that is decided; money that was told otherwise before is counted in. `name`
    is the provider's, "" where it tells of money that was taken and names no dispute.
    """

    reference: str
    name: str
    state: DisputeState
    amount: Money
    told_at: datetime
    reason: str = ""
    due_at: datetime | None = None
    url: str = ""
    movements: tuple[Movement, ...] = ()
    lost: Money | None = None


Told = Outcome | Contested
"""What a message can say."""


@dataclass(frozen=True, slots=True)
class Notification:
    """A message as it arrived: header names in lower case, the raw body, the query string.

    It may be read again hours after it came: whether a signature is too old is measured at `received_at`.
    """

    headers: Mapping[str, str]
    body: bytes
    query: str = ""
    received_at: datetime = field(default_factory=now)


class Provider(Protocol):
    """What the shop needs from whoever takes the money.

    Calls are made outside any transaction and may be repeated: the reference or the key is what makes two of them one.
    Whatever goes wrong on the way is a ProviderFailed that says whether another try may help.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    description: ClassVar[str]
    pays_on_delivery: ClassVar[bool]
    refunds_by_hand: ClassVar[bool]
    """Whether a person pays the money back and says so."""
    listens: ClassVar[bool]
    """Whether it sends messages to a webhook."""
    acknowledgement: ClassVar[tuple[str, str]]
    """What it wants to hear once its message has arrived: a body and its media type."""
    at_once: ClassVar[Start | None]
    """What the shopper sees next where nobody is to be asked for it, so that an attempt is opened as it begins."""

    def __init__(self, config: Config) -> None: ...

    def is_offered(self, settings: ShopSettings) -> bool:
        """Say whether shoppers can choose it here: its keys are there, and the merchant has said what it needs."""

    def holds_for(self, settings: ShopSettings) -> timedelta | None:
        """Return how long an order waits for this money; None where it is paid at the door."""

    def start(self, request: Request) -> Start:
        """Let the provider take the attempt on and return what the shopper sees next."""

    def handle_notification(self, notification: Notification) -> Sequence[Told]:
        """Return what a message says, nothing where it is of no concern here; refuses with BadSignature."""

    def capture(self, request: Request) -> Outcome:
        """Take the money that was authorised."""

    def withdraw(self, request: Request) -> None:
        """Say that nobody is to pay this any more, and let authorised money go."""

    def refund(self, refund: RefundRequest) -> Outcome:
        """Send money back; the outcome may be a REQUEST that has no end yet."""

    def query(self, request: Request) -> Outcome | None:
        """Return what became of an attempt, None while that is open."""

    def query_refund(self, refund: RefundRequest) -> Outcome | None:
        """Return what became of a refund, None while that is open or where the provider knows of none."""


class Online:
    """What most providers have in common: keys from the environment, paid within minutes, refunds by a call."""

    pays_on_delivery: ClassVar[bool] = False
    refunds_by_hand: ClassVar[bool] = False
    listens: ClassVar[bool] = True
    acknowledgement: ClassVar[tuple[str, str]] = ("", "text/plain")
    at_once: ClassVar[Start | None] = None

    def __init__(self, config: Config) -> None:
        self.config = config

    def key(self, name: str) -> str:
        """Return one of the keys that the environment holds for providers, "" where it does not."""
        return self.config.payment_keys.get(name, "")

    def holds_for(self, settings: ShopSettings) -> timedelta | None:
        return timedelta(minutes=settings.unpaid_minutes)

    def handle_notification(self, notification: Notification) -> Sequence[Told]:
        raise BadSignature

    def capture(self, request: Request) -> Outcome:
        raise ProviderFailed("this provider authorises nothing", permanent=True)

    def withdraw(self, request: Request) -> None:
        return None

    def query(self, request: Request) -> Outcome | None:
        return None

    def query_refund(self, refund: RefundRequest) -> Outcome | None:
        return None


class ByHand(Online):
    """What is paid without a service that could be asked: a person books it, and a person pays it back."""

    refunds_by_hand: ClassVar[bool] = True
    listens: ClassVar[bool] = False

    def refund(self, refund: RefundRequest) -> Outcome:
        return Outcome(
            reference=refund.payment.reference,
            kind=TransactionKind.REFUND,
            result=TransactionResult.REQUEST,
            amount=refund.amount,
            psp_reference=refund.key,
            idempotency_key=f"{refund.key}-asked",
            facts={},
            refund=refund.key,
        )
