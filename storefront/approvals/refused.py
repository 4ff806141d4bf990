"""Why an approved request could not be carried out: kept as what makes the words, read in each reader's language."""

from __future__ import annotations

import json

from storefront.approvals.models import ApprovalRequest
from storefront.approvals.states import RequestState
from storefront.kernel.errors import ShopError
from storefront.kernel.money import Money
from storefront.web.errors import message_of


def written(refusal: ShopError) -> str:
    """Return a refusal as it is stored: its untranslated message, and its facts."""
    facts = {name: _data(fact) for name, fact in refusal.facts.items()}
    return json.dumps({"message": refusal.text, "facts": facts}, ensure_ascii=False)


def answer_of(request: ApprovalRequest) -> str:
    """Return what was answered: in the words of who rejected it, or why it was refused, in the reader's language."""
    return words_of(request.answer) if request.state == RequestState.IMPOSSIBLE else request.answer


def words_of(text: str) -> str:
    """Return the words of a refusal that was stored; older ones were stored as words."""
    try:
        kept = json.loads(text)
        facts = {name: Money(**fact) if isinstance(fact, dict) else fact for name, fact in kept["facts"].items()}
        return message_of(ShopError(kept["message"], **facts))
    except (ValueError, KeyError, TypeError):
        return text


def _data(fact: object) -> object:
    if isinstance(fact, Money):
        return {"minor": fact.minor, "currency": fact.currency}
    return fact if isinstance(fact, int) else str(fact)
