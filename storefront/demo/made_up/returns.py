"""What came back of made-up orders, and whose money: requests in every state, and refunds under their names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from storefront.demo.bulk import insert_frame
from storefront.demo.made_up.demand import Fate
from storefront.demo.made_up.goods import SEED
from storefront.demo.made_up.orders import Part
from storefront.payments.models import Refund, Transaction
from storefront.payments.states import RefundState, TransactionKind, TransactionResult
from storefront.returns.models import Return, ReturnEvent, ReturnLine
from storefront.returns.rules import refund_reference, return_number
from storefront.returns.states import Condition, Policy, Remedy, ReturnKind, ReturnReason, ReturnState

SHARE = 0.03
ASK_AFTER, DECIDE_AFTER, ARRIVE_AFTER, PAY_AFTER = (np.timedelta64(hours, "h") for hours in (60, 20, 120, 24))
REJECTED, OPENED = 0.1, 0.3
REASONS = (ReturnReason.CHANGED_MIND, ReturnReason.NOT_AS_DESCRIBED, ReturnReason.DAMAGED, ReturnReason.FAULTY)
_GOODWILL = 0.004
"""So many orders get a tenth back without anything coming back."""
_PATH = (ReturnState.REQUESTED, ReturnState.APPROVED, ReturnState.RECEIVED, ReturnState.REFUNDING, ReturnState.REFUNDED)


def returned(part: Part, ends: np.datetime64) -> tuple[Part, pd.DataFrame]:
    """Return the orders with what has gone back of each, and what was asked to come back."""
    orders, lines = part.orders, part.lines
    rng = np.random.default_rng([SEED, 5, int(orders.id.iloc[0])])
    luck = rng.random(len(orders))
    first = lines[lines.position == 0].reset_index(drop=True)
    asked_at = orders.delivered_at.to_numpy() + ASK_AFTER
    mine = (luck < SHARE) & (orders.fate == Fate.DELIVERED).to_numpy() & (asked_at < ends)
    found, line = orders[mine], first[mine]
    passed = (ends - asked_at[mine]).astype("timedelta64[h]").astype(int)
    steps = np.searchsorted(np.cumsum([20, 120, 2, 22]), passed, side="right")
    is_rejected = (rng.random(len(found)) < REJECTED) & (steps >= 1)
    state = np.where(is_rejected, ReturnState.REJECTED.value, np.array([each.value for each in _PATH])[steps])
    state = np.where(state == ReturnState.REFUNDING.value, ReturnState.RECEIVED.value, state)
    pieces = 1 + (rng.random(len(found)) * line.quantity.to_numpy()).astype("int64")
    net = line.price.to_numpy() * line.quantity.to_numpy() - line.discount.to_numpy()
    amount = net * pieces // line.quantity.to_numpy()
    reason = rng.choice(len(REASONS), size=len(found), p=[0.6, 0.2, 0.12, 0.08])
    is_here = np.isin(state, (ReturnState.RECEIVED.value, ReturnState.REFUNDED.value))
    requests = pd.DataFrame(
        {
            "order_id": found.id,
            "number": [return_number(number, 0) for number in found.number],
            "line_id": line.id.to_numpy(),
            "variant_id": line.variant_id.to_numpy(),
            "state": state,
            "pieces": pieces,
            "amount": amount,
            "back": np.where((state == ReturnState.REFUNDED.value) & (amount > 0), amount, 0),
            "reason": np.array([each.value for each in REASONS])[reason],
            "is_here": is_here,
            "restocked": np.where(is_here & (reason == 0) & (rng.random(len(found)) > OPENED), pieces, 0),
            "asked_at": asked_at[mine],
        }
    )
    extra = (luck > 1 - _GOODWILL) & (orders.fate == Fate.DELIVERED).to_numpy()
    goodwill = np.where(extra, orders.total.to_numpy() // 10, 0)
    back = np.zeros(len(orders), "int64")
    back[mine] = requests.back
    refunded = orders.refunded.to_numpy() + back + goodwill
    return replace(part, orders=orders.assign(refunded=refunded, goodwill=goodwill)), requests


def insert_returns(connection: Connection, part: Part, requests: pd.DataFrame) -> None:
    """Insert requests, and every refund of these orders."""
    insert_frame(connection, Return.__table__, _request_rows(requests))
    insert_frame(connection, ReturnLine.__table__, _line_rows(requests))
    insert_frame(connection, ReturnEvent.__table__, _event_rows(requests))
    refunds = _refunds(part.orders, requests)
    insert_frame(connection, Refund.__table__, _refund_rows(refunds))
    insert_frame(connection, Transaction.__table__, _transaction_rows(refunds))


def _request_rows(requests: pd.DataFrame) -> pd.DataFrame:
    decided = requests.state != ReturnState.REQUESTED.value
    is_back = requests.state == ReturnState.REFUNDED.value
    has_ended = is_back | (requests.state == ReturnState.REJECTED.value)
    return pd.DataFrame(
        {
            "id": requests.order_id,
            "order_id": requests.order_id,
            "root_order_id": requests.order_id,
            "number": requests.number,
            "kind": ReturnKind.RETURN.value,
            "remedy": Remedy.REFUND.value,
            "state": requests.state,
            "policy": Policy.SHARE.value,
            "answer": np.where(requests.state == ReturnState.REJECTED.value, "The time to return it was over.", ""),
            "goods_minor": requests.amount,
            "value_minor": requests.amount,
            "suggested_minor": requests.amount,
            "actual_minor": requests.back,
            "refunded_minor": requests.back,
            "attempts": (requests.back > 0).astype(int),
            "kept_gifts": "{}",
            "requested_at": requests.asked_at,
            "decided_at": (requests.asked_at + DECIDE_AFTER).where(decided),
            "received_at": (requests.asked_at + ARRIVE_AFTER).where(requests.is_here),
            "ended_at": (requests.asked_at + ARRIVE_AFTER + PAY_AFTER).where(has_ended),
        }
    )


def _line_rows(requests: pd.DataFrame) -> pd.DataFrame:
    condition = np.where(requests.restocked > 0, Condition.AS_NEW.value, Condition.OPENED.value)
    return pd.DataFrame(
        {
            "return_id": requests.order_id,
            "order_line_id": requests.line_id,
            "quantity": requests.pieces,
            "reason": requests.reason,
            "condition": np.where(requests.is_here, condition, ""),
            "accepted": requests.pieces.where(requests.is_here),
            "restocked": requests.restocked,
            "amount_minor": requests.amount,
        }
    )


def _event_rows(requests: pd.DataFrame) -> pd.DataFrame:
    reached = requests.state.map({state.value: number for number, state in enumerate(_PATH)}).fillna(0)
    after = (0 * PAY_AFTER, DECIDE_AFTER, ARRIVE_AFTER, ARRIVE_AFTER, ARRIVE_AFTER + PAY_AFTER)
    rows = []
    for number, (state, late) in enumerate(zip(_PATH, after, strict=True)):
        some = requests[reached >= number]
        rows.append(_events(some, state, late))
    rows.append(_events(requests[requests.state == ReturnState.REJECTED.value], ReturnState.REJECTED, DECIDE_AFTER))
    return pd.concat([each for each in rows if len(each)] or rows[:1]).sort_values("return_id", kind="stable")


def _events(requests: pd.DataFrame, state: ReturnState, late: np.timedelta64) -> pd.DataFrame:
    told = {"return_id": requests.order_id, "state": state.value, "actor": "system", "facts": "{}"}
    return pd.DataFrame(told | {"at": requests.asked_at + late})


def _refunds(orders: pd.DataFrame, requests: pd.DataFrame) -> pd.DataFrame:
    """Return what went back: of returns, of orders that were called off, and out of goodwill."""
    paid = requests[requests.back > 0]
    off = orders[orders.fate == Fate.CALLED_OFF]
    kind = orders[orders.goodwill > 0]
    parts = (
        (
            paid.order_id,
            [refund_reference(number, 1) for number in paid.number],
            paid.back,
            paid.asked_at + ARRIVE_AFTER + PAY_AFTER,
        ),
        (off.id, "cancelled-" + off.number, off.total, off.cancelled_at),
        (kind.id, "goodwill-" + kind.number, kind.goodwill, kind.delivered_at),
    )
    frames = [
        pd.DataFrame({"payment_id": number, "reference": reference, "amount": amount, "at": at})
        for number, reference, amount, at in parts
    ]
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1]).sort_values("payment_id", kind="stable")


def _refund_rows(refunds: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "payment_id": refunds.payment_id,
            "reference": refunds.reference,
            "key": refunds.reference,
            "amount_minor": refunds.amount,
            "state": RefundState.SUCCEEDED.value,
            "by": "system",
            "psp_reference": "demo-" + refunds.reference,
            "attempts": 1,
            "asked_at": refunds["at"],
            "ended_at": refunds["at"],
        }
    )


def _transaction_rows(refunds: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "payment_id": refunds.payment_id,
            "kind": TransactionKind.REFUND.value,
            "result": TransactionResult.SUCCESS.value,
            "amount_minor": refunds.amount,
            "psp_reference": "demo-" + refunds.reference,
            "idempotency_key": "demo-" + refunds.reference,
            "facts": "{}",
            "at": refunds["at"],
        }
    )
