"""What staff type about warehouses and about goods that come in or move."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Form, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from storefront.inventory.models import Warehouse
from storefront.inventory.shelving import LONGEST_REASON, NOT_A_NUMBER
from storefront.inventory.warehouses import LONGEST_NAME, WarehouseFacts, facts_of, mark_of, read_zones
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import squeeze

_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
NOT_A_PRIORITY = N_("Enter a whole number from 0 to 999.")


def read_whole(text: str, *, message: str, field: str) -> int:
    """Read a whole number as people type it, full-width digits too; refuses anything else."""
    narrow = unicodedata.normalize("NFKC", text).strip()
    if not _WHOLE.fullmatch(narrow):
        raise Invalid(message, field=field)
    return int(narrow)


class WarehouseForm(Form):
    """One warehouse."""

    version = HiddenField()
    name = StringField(
        _("Name of the warehouse"), [InputRequired(_("A warehouse needs a name.")), Length(max=LONGEST_NAME)]
    )
    priority = StringField(_("Priority"), default="0")
    zones = TextAreaField(_("Sends to"), [Length(max=8000, message=_("This is too long."))])
    is_backup = BooleanField(_("Backup: only asked where the other warehouses cannot send everything"))
    is_active = BooleanField(_("Open: its stock is for sale"), default=True)

    def read(self) -> WarehouseFacts:
        """Return what was typed; raises Invalid."""
        return WarehouseFacts(
            name=squeeze(self.name.data or ""),
            priority=read_whole(self.priority.data or "", message=NOT_A_PRIORITY, field="priority"),
            zones=read_zones(self.zones.data or ""),
            is_backup=bool(self.is_backup.data),
            is_active=bool(self.is_active.data),
        )


class NewWarehouseForm(WarehouseForm):
    """A warehouse that is not there yet; its code is for ever."""

    code = StringField(_("Code"), [InputRequired(_("A warehouse needs a code."))])


class _GoodsForm(Form):
    sku = StringField(_("SKU"), [InputRequired(_("Enter the SKU of what comes in or moves."))])
    quantity = StringField(_("How many"), [InputRequired(_("Enter a whole number of 1 or more."))])
    reason = StringField(
        _("Why does it change?"),
        [
            InputRequired(_("Say why the stock changes; the ledger keeps it.")),
            Length(max=LONGEST_REASON, message=_("This is too long.")),
        ],
    )

    def offer(self, field: SelectField, warehouses: tuple[tuple[str, str], ...]) -> None:
        field.choices = list(warehouses)
        field.validate_choice = False

    def units(self) -> int:
        """Return how many; raises Invalid."""
        return read_whole(self.quantity.data or "", message=NOT_A_NUMBER, field="quantity")

    def words(self) -> str:
        """Return the reason, which is more than blanks; raises Invalid."""
        reason = squeeze(self.reason.data or "")
        if not reason:
            raise Invalid(N_("Say why the stock changes; the ledger keeps it."), field="reason")
        return reason


class ReceiptForm(_GoodsForm):
    """Goods that came in."""

    target = SelectField(_("Warehouse"))

    def __init__(self, args: Any = None, *, warehouses: tuple[tuple[str, str], ...], **values: Any) -> None:
        super().__init__(args, **values)
        self.offer(self.target, warehouses)


class TransferForm(_GoodsForm):
    """Goods that move from one warehouse to another."""

    source = SelectField(_("From warehouse"))
    target = SelectField(_("To warehouse"))

    def __init__(self, args: Any = None, *, warehouses: tuple[tuple[str, str], ...], **values: Any) -> None:
        super().__init__(args, **values)
        self.offer(self.source, warehouses)
        self.offer(self.target, warehouses)


def form_of(row: Warehouse) -> WarehouseForm:
    """Return the form that shows a warehouse as it is stored."""
    facts = facts_of(row)
    return WarehouseForm(
        data={
            "version": mark_of(facts),
            "name": facts.name,
            "priority": str(facts.priority),
            "zones": "\n".join(facts.zones),
            "is_backup": facts.is_backup,
            "is_active": facts.is_active,
        }
    )
