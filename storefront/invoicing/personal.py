"""Invoices of a customer: issued ones are kept as they are for some years, because tax law wants them whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from storefront.database.belongings import rows_of, table_of
from storefront.invoicing import forgetting
from storefront.invoicing.models import Invoice
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person


def _invoices(person: Person) -> Sequence[Data]:
    return rows_of(table_of(Invoice), Invoice.order_id.in_(person.orders), but={"id", "reference", "keep_until"})


def _forget(person: Person, at: datetime) -> None:
    forgetting.begin(order_ids=person.orders, at=at)


PERSONAL = (
    Keeper(
        "invoices",
        N_("Invoices"),
        ("invoice",),
        _invoices,
        _forget,
        stays=N_("Invoices that were issued, with the name and address on them, for the years that tax law says."),
    ),
)
