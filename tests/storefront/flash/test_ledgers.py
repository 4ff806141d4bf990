"""Ledgers of flash sales add up, and what does not is told with its name."""

from __future__ import annotations

from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.flash.ledgers import discrepancies
from storefront.flash.models import FlashItem, FlashTake
from storefront.flash.services import Take, give_back, take
from storefront.kernel.clock import now
from storefront.kernel.ledgers import Discrepancy
from tests.factories import flash_item, make_flash_session, make_product, variant_of


def test_what_was_taken_and_given_back_adds_up(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            item = flash_item(variant_of(make_product()), quota=5, per_customer=3)
            make_flash_session([item])
        for number, pieces in (("A", 2), ("B", 1)):
            with transaction():
                take([Take(item.id, pieces, "")], customer_key="customer:1", order_number=number, at=now())
        with transaction():
            give_back(order_number="A", at=now())
        assert list(discrepancies()) == []


def test_what_does_not_add_up_is_told(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            item = flash_item(variant_of(make_product(sku="CUP")), quota=5, per_customer=1)
            session = make_flash_session([item])
            item.sold = 4
            for order, pieces in (("A", 3), ("B", -1)):
                db.session.add(
                    FlashTake(
                        flash_item_id=item.id, customer_key="customer:1", order_number=order, pieces=pieces, at=now()
                    )
                )
        place = f"session {session.id} CUP"
        assert list(discrepancies()) == [
            Discrepancy("flash quotas", place, 2, 4),
            Discrepancy("flash limits", f"{place} customer:1", "<= 1", 2),
            Discrepancy("flash orders", f"{place} B", ">= 0", -1),
        ]
        with transaction():
            db.session.execute(db.delete(FlashTake))
        assert list(discrepancies()) == [Discrepancy("flash quotas", place, 0, 4)]
        assert db.session.scalar(db.select(FlashItem.sold)) == 4
