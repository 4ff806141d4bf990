"""A provider of payments that lives in the tests: it holds, takes and returns money, and signs what it tells."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from storefront.kernel.money import Money
from storefront.payments.errors import BadSignature, ProviderFailed
from storefront.payments.providers import Notification, Online, Outcome, RefundRequest, Request, Start
from storefront.payments.states import TransactionKind, TransactionResult
from storefront.shop.rules import ShopSettings

SECRET = b"known to the shop and to its provider"
CAPTURE, AUTHORIZE, VOID, REFUND = (
    TransactionKind.CAPTURE,
    TransactionKind.AUTHORIZE,
    TransactionKind.VOID,
    TransactionKind.REFUND,
)
REQUEST, SUCCESS, FAILURE = TransactionResult.REQUEST, TransactionResult.SUCCESS, TransactionResult.FAILURE


@dataclass
class Deal:
    """What a shopper is to pay: open, held, paid, declined or expired."""

    reference: str
    amount: Money
    state: str = "open"


@dataclass
class Return:
    """Money on its way back: open, done or refused."""

    deal: str
    amount: Money
    key: str
    state: str = "open"


@dataclass
class Book:
    """What the provider knows, what it wrote to the shop, and what the shop has heard from it, in order."""

    deals: dict[str, Deal] = field(default_factory=dict)
    returns: dict[str, Return] = field(default_factory=dict)
    letters: list[bytes] = field(default_factory=list)
    heard: list[Outcome] = field(default_factory=list)
    mood: str = "success"
    """How it takes the next wish for a refund or a capture: success, pending, failure, refuse or down."""

    def write(self, outcome: Outcome) -> None:
        """Write a letter to the shop; when and how often it arrives is another matter."""
        self.letters.append(written(outcome))

    def hear(self, outcome: Outcome) -> Outcome:
        """Note that the shop has heard this."""
        self.heard.append(outcome)
        return outcome

    def move(self, reference: str, state: str) -> Outcome:
        """Let a deal be held, paid, declined or expired, write a letter of it, and return what it says."""
        self.deals[reference].state = state
        outcome = said_of(self.deals[reference])
        assert outcome is not None
        self.write(outcome)
        return outcome

    def room(self, reference: str) -> int:
        """Return how much of a deal's money may still be sent back, in minor units."""
        gone = [each.amount.minor for each in self.returns.values() if each.deal == reference]
        refused = [
            each.amount.minor for each in self.returns.values() if each.deal == reference and each.state == "refused"
        ]
        return self.deals[reference].amount.minor - sum(gone) + sum(refused)

    def finish(self, key: str, state: str) -> None:
        """Let money that is on its way back arrive, or not."""
        self.returns[key].state = state
        self.write(said_of_return(self.returns[key]))


BOOK = Book()


class Acme(Online):
    """Keeps its word by HMAC."""

    code: ClassVar[str] = "acme"
    name: ClassVar[str] = "Acme"
    description: ClassVar[str] = "Pays for everything."

    def is_offered(self, settings: ShopSettings) -> bool:
        return True

    def start(self, request: Request) -> Start:
        BOOK.deals.setdefault(request.reference, Deal(request.reference, request.amount))
        return Start(url=f"https://acme.example/{request.reference}", handle=request.reference)

    def handle_notification(self, notification: Notification) -> Sequence[Outcome]:
        if not hmac.compare_digest(notification.headers.get("acme-signature", ""), signature(notification.body)):
            raise BadSignature
        return [BOOK.hear(read(notification.body))]

    def capture(self, request: Request) -> Outcome:
        self._must_answer()
        deal = BOOK.deals[request.reference]
        if deal.state == "held":
            deal.state = "paid" if BOOK.mood in {"success", "pending"} else "declined"
        outcome = said_of(deal)
        assert outcome is not None
        return BOOK.hear(outcome)

    def withdraw(self, request: Request) -> None:
        self._must_answer()
        deal = BOOK.deals[request.reference]
        if deal.state in {"open", "held"}:
            BOOK.move(deal.reference, "expired")

    def query(self, request: Request) -> Outcome | None:
        self._must_answer()
        outcome = said_of(BOOK.deals[request.reference])
        return BOOK.hear(outcome) if outcome else None

    def refund(self, refund: RefundRequest) -> Outcome:
        self._must_answer()
        reference = refund.payment.reference
        made = BOOK.returns.setdefault(refund.key, Return(reference, refund.amount, refund.key))
        if made.state == "open" and BOOK.room(reference) < 0:
            made.state = "refused"
        elif made.state == "open" and BOOK.mood != "pending":
            made.state = "done" if BOOK.mood == "success" else "refused"
        return BOOK.hear(said_of_return(made))

    def query_refund(self, refund: RefundRequest) -> Outcome | None:
        self._must_answer()
        made = BOOK.returns[refund.key]
        return None if made.state == "open" else BOOK.hear(said_of_return(made))

    def _must_answer(self) -> None:
        if BOOK.mood == "down":
            raise ProviderFailed("Acme is closed on Sundays", permanent=False)


def said_of(deal: Deal) -> Outcome | None:
    """Return what there is to say of a deal, nothing while nobody has paid."""
    kinds = {
        "held": (AUTHORIZE, SUCCESS),
        "paid": (CAPTURE, SUCCESS),
        "declined": (CAPTURE, FAILURE),
        "expired": (VOID, SUCCESS),
    }
    if deal.state == "open":
        return None
    kind, result = kinds[deal.state]
    return Outcome(deal.reference, kind, result, deal.amount, "", f"{deal.reference}-{deal.state}", {})


def said_of_return(made: Return) -> Outcome:
    """Return what there is to say of money that goes back; some of it was sent in the provider's own pages."""
    result = {"open": REQUEST, "done": SUCCESS, "refused": FAILURE}[made.state]
    ours = "" if made.key.startswith("own-") else made.key
    name = f"re-{made.key}"
    return Outcome(made.deal, REFUND, result, made.amount, name, f"{name}-{result}", {}, refund=ours)


def written(outcome: Outcome) -> bytes:
    """Return an outcome as Acme writes it."""
    amount = {"minor": outcome.amount.minor, "currency": outcome.amount.currency}
    told = {"reference": outcome.reference, "kind": outcome.kind, "result": outcome.result, "amount": amount}
    names = {"psp": outcome.psp_reference, "key": outcome.idempotency_key, "refund": outcome.refund}
    return json.dumps({**told, **names}).encode()


def read(body: bytes) -> Outcome:
    """Return what Acme wrote."""
    told = json.loads(body)
    kind, result = TransactionKind(told["kind"]), TransactionResult(told["result"])
    amount = Money(told["amount"]["minor"], told["amount"]["currency"])
    return Outcome(told["reference"], kind, result, amount, told["psp"], told["key"], {}, refund=told["refund"])


def signature(body: bytes) -> str:
    """Return what stands under a letter of Acme's."""
    return hmac.new(SECRET, body, hashlib.sha256).hexdigest()
