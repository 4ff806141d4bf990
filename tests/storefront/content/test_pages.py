"""Campaigns, categories with slots of their own, who sees which entry, and pages as they will be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from storefront.accounts.services import make_credentials
from storefront.content import campaigns
from storefront.content.errors import PreviewOver, StaleCampaign
from storefront.content.models import Slot, SlotEntry, SlotEntryVersion
from storefront.content.plans import CampaignPlan, EntryPlan
from storefront.content.previewing import VALID_SECONDS, Preview, read_link, write_link
from storefront.content.queries import HOME, campaign_page, category_page, forget_slots
from storefront.content.states import Stage
from storefront.content.titles import title_of
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from tests.browser import Shopper
from tests.counting import queries_of
from tests.factories import make_category, make_customer, make_product

PASSWORD = "three green apples"


def slot(page: str, key: str, *entries: SlotEntry, kind: str = "rich_text") -> None:
    place = db.session.scalar(db.select(db.func.count()).select_from(Slot)) or 0
    db.session.add(Slot(page=page, key=key, kind=kind, position=place, entries=list(entries)))
    db.session.flush()
    forget_slots()


def entry(title: str, **values: Any) -> SlotEntry:
    content = {"en": {"title": title}, "zh": {"title": f"{title}（中文）"}}
    given = {"priority": 1, "audience": {}, "content": content, **values}
    return SlotEntry(name=title, updated_at=now(), **given)


def campaign(slug: str = "spring", **values: Any) -> int:
    plan = CampaignPlan(slug, {"en": {"title": "Spring"}, "zh": {"title": "春天"}}, **{"is_published": True, **values})
    return campaigns.add_campaign(plan=plan, by="staff:1", at=now()).id


def signed_in(app: Flask, email: str, **values: Any) -> Shopper:
    with app.app_context(), transaction():
        hashed = make_credentials(email=email, password=PASSWORD).password_hash
        make_customer(email, password_hash=hashed, **values)
    shopper = Shopper(app)
    assert shopper.post("/sign-in", {"email": email, "password": PASSWORD}).status == 303
    return shopper


def test_a_campaign_has_a_time_and_an_address(app: Flask, shopper: Shopper) -> None:
    begins, ends = now() + timedelta(days=1), now() + timedelta(days=2)
    with app.app_context(), transaction():
        number = campaign(starts_at=begins, ends_at=ends)
        slot(campaign_page(number), "words", entry("Flowers everywhere"))
        campaign("hidden", is_published=False)
        assert title_of(campaign_page(number)) == "Spring"
    assert shopper.get("/campaigns/spring").status == 404
    assert shopper.get("/campaigns/hidden").status == 404
    assert shopper.get("/campaigns/nothing").status == 404
    with time_machine.travel(begins + timedelta(hours=1), tick=False):
        page = shopper.get("/campaigns/spring")
        assert (page.status, page.one("h1").get_text(strip=True)) == (200, "Spring")
        assert "Flowers everywhere" in page.said
        assert "Until" in page.said
        assert "/campaigns/spring" in shopper.client.get("/sitemaps/categories.xml").get_data(as_text=True)
        assert Shopper(app, language="zh").get("/campaigns/spring").one("h1").get_text(strip=True) == "春天"
    with time_machine.travel(ends + timedelta(hours=1), tick=False):
        page = shopper.get("/campaigns/spring")
        assert (page.status, page.one("meta[name=robots]")["content"]) == (410, "noindex")
        assert "This campaign is over" in page.said
        assert "/campaigns/spring" not in shopper.client.get("/sitemaps/categories.xml").get_data(as_text=True)


def test_a_campaign_is_kept_until_something_of_it_changes(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        number = campaign()
    shopper.get("/campaigns/spring")
    with queries_of(app) as again:
        assert "Nothing here yet" in shopper.get("/campaigns/spring").said
    assert len(again) <= 2, again
    with app.app_context():
        with transaction():
            plan = CampaignPlan("spring", {"en": {"title": "Spring again"}}, is_published=True)
            campaigns.change_campaign(campaign_id=number, version=1, plan=plan, by="staff:1", at=now())
        with pytest.raises(StaleCampaign), transaction():
            campaigns.change_campaign(campaign_id=number, version=1, plan=plan, by="staff:1", at=now())
        with pytest.raises(Invalid), transaction():
            campaign("spring")
    assert "Spring again" in shopper.get("/campaigns/spring").said
    with app.app_context(), transaction():
        slot(campaign_page(number), "words", entry("Tulips"))
    assert "Tulips" in shopper.get("/campaigns/spring").said
    with app.app_context(), transaction():
        campaigns.remove_campaign(campaign_id=number, by="staff:1", at=now())
        assert db.session.scalar(db.select(db.func.count()).select_from(Slot)) == 0
    assert shopper.get("/campaigns/spring").status == 404


@pytest.mark.parametrize("slug", ["Spring", "spring sale", "-spring", "../admin", "春", "x" * 65])
def test_an_address_is_plain(slug: str) -> None:
    with pytest.raises(Invalid) as refused:
        CampaignPlan(slug, {"en": {"title": "Spring"}})
    assert refused.value.field == "slug"


def test_a_category_leads_with_its_slots_on_its_first_page_only(app: Flask, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        dairy = make_category("Dairy", slug="dairy")
        for number in range(30):
            make_product(f"Milk {number}", category=dairy)
        slot(
            category_page(dairy.id),
            "words",
            entry("From happy cows"),
            entry("For phones", audience={"device": "phone"}, priority=9),
        )
    page = shopper.get("/categories/dairy")
    assert "From happy cows" in page.said
    assert page.one("h1").get_text(strip=True) == "Dairy"
    phone = shopper.get("/categories/dairy", headers={"User-Agent": "Mobile Mobi"})
    assert "For phones" in phone.said
    assert "From happy cows" in shopper.get("/categories/dairy").said
    for narrowed in ("?page=2", "?sort=price", "?q=milk"):
        said = shopper.get(f"/categories/dairy{narrowed}").said
        assert ("From happy cows" in said) is (narrowed == "?sort=price")


def test_only_who_belongs_to_a_group_or_tier_sees_what_is_for_it(app: Flask) -> None:
    with app.app_context(), transaction():
        always = entry("For everybody", is_fallback=True, priority=0)
        slot(
            HOME,
            "words",
            always,
            entry("For gardeners", audience={"group": "gardeners"}),
            entry("For gold", audience={"tier": "gold"}, priority=2),
        )
    gardener = signed_in(app, "ada@example.com", groups=["gardeners"])
    golden = signed_in(app, "bob@example.com", groups=["gardeners"], tier="gold")
    for shopper, seen in ((Shopper(app), "For everybody"), (gardener, "For gardeners"), (golden, "For gold")):
        for _again in range(2):
            assert seen in shopper.get("/").said


def test_nobody_is_read_where_nothing_is_aimed(app: Flask) -> None:
    with app.app_context(), transaction():
        slot(HOME, "words", entry("For everybody"))
    shopper = signed_in(app, "ada@example.com")
    shopper.get("/")
    with queries_of(app) as again:
        shopper.get("/")
    assert not [statement for statement in again if "FROM customer" in statement]


def test_a_preview_shows_what_will_be_to_whom_and_counts_nothing(app: Flask, shopper: Shopper) -> None:
    begins = now() + timedelta(days=3)
    with app.app_context(), transaction():
        always = entry("Now", is_fallback=True, priority=0)
        later = entry("Later", starts_at=begins)
        phones = entry("Phones later", starts_at=begins, audience={"device": "phone"}, priority=5)
        slot(HOME, "words", always, later, phones)
        plan = EntryPlan(name="Draft", priority=9, texts={"en": {"title": "Drafted"}})
        row = SlotEntryVersion(
            entry_id=later.id, number=2, stage=Stage.DRAFT, plan=plan.stored(), made_by="x", made_at=now()
        )
        db.session.add(row)
        secret = app.secret_key
    at = begins + timedelta(hours=1)
    for preview, seen in (
        (Preview(), "Now"),
        (Preview(at=at), "Later"),
        (Preview(at=at, device="phone"), "Phones later"),
        (Preview(at=at, stages=(Stage.DRAFT,)), "Drafted"),
    ):
        page = shopper.get(write_link(preview, secret))
        assert page.status == 200
        assert seen in page.words("[data-slot=words]")
        assert page.one("body").has_attr("data-untold")
        headers = page.response.headers
        assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex")
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in shopper.get("/").response.headers["Content-Security-Policy"]


def test_a_forged_or_old_link_shows_nothing(app: Flask, shopper: Shopper) -> None:
    link = write_link(Preview(page="campaign:4", group="vip"), app.secret_key)
    assert read_link(link.rpartition("/")[2], app.secret_key) == Preview(page="campaign:4", group="vip")
    for wrong in (link[:-1], link.replace("/preview/", "/preview/x"), "/preview/x", write_link(Preview(), "another")):
        page = shopper.get(wrong)
        assert page.status == 404
        assert "good for seven days" in page.said
    with time_machine.travel(now() + timedelta(seconds=VALID_SECONDS + 60), tick=False), pytest.raises(PreviewOver):
        read_link(link.rpartition("/")[2], app.secret_key)
