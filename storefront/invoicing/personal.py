"""Invoices of a customer: what they typed for them goes, the documents stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from storefront.database.base import db
from storefront.database.belongings import rows_of, table_of
from storefront.invoicing.models import Invoice
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person
from storefront.orders.models import Order


def _invoices(person: Person) -> Sequence[Data]:
    mine = select(Order.id).where(Order.customer_id == person.id)
    return rows_of(table_of(Invoice), Invoice.order_id.in_(mine), but={"id", "reference"})


def _forget(person: Person, _at: datetime) -> None:
    mine = select(Order.id).where(Order.customer_id == person.id)
    statement = update(Invoice).where(Invoice.order_id.in_(mine)).values(company="", buyer_tax_id="")
    db.session.execute(statement.execution_options(synchronize_session=False))


PERSONAL = (Keeper("invoices", N_("Invoices"), ("invoice",), _invoices, _forget),)
