"""Staff are invited, given another role, dismissed, unlocked; nobody reaches beyond what they may do themselves."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from storefront.accounts import queries, staffing
from storefront.accounts.errors import LastSuperAdmin
from storefront.accounts.models import Staff
from storefront.accounts.permissions import Role
from storefront.audit.queries import list_entries_about
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.mail.models import OutboxMail
from tests.admin.people import PASSWORD, at_work, hire
from tests.browser import Page, Shopper

NEXT = "four yellow pears"


def staff_id(app: Flask, email: str) -> int:
    with app.app_context():
        found = queries.find_staff_by_email(email)
        assert found is not None
        return found.id


def letters_to(app: Flask, email: str) -> list[str]:
    with app.app_context():
        rows = db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == email).order_by(OutboxMail.id))
        return [row.template for row in rows]


def invited(browser: Shopper, email: str = "new@example.com", role: str = "finance") -> str:
    """Invite somebody and return the link that is shown where no letter carries it."""
    page = browser.post("/admin/staff/invitations", {"email": email, "name": "Nora", "role": role}, follow=True)
    return str(page.one("#staff-link")["value"]).partition("/admin/")[2]


def sign_in(browser: Shopper, email: str, password: str = PASSWORD) -> Page:
    return browser.post("/admin/sign-in", {"email": email, "password": password})


def test_who_is_invited_chooses_a_password_and_works_here(app: Flask) -> None:
    admin, newcomer = at_work(app), Shopper(app)
    assert admin.get("/admin/staff").one("#role option[selected]")["value"] == "analyst", (
        "least privilege to begin with"
    )
    link = f"/admin/{invited(admin)}"
    assert letters_to(app, "new@example.com") == ["accounts/mail/staff"]
    assert "new@example.com" in newcomer.get(link).said
    assert newcomer.submit(newcomer.get(link), "form", password="short").status == 422
    page = newcomer.submit(newcomer.get(link), "form", follow=False, password=NEXT)
    assert page.location == "/admin/sign-in"
    assert sign_in(newcomer, "new@example.com", NEXT).location == "/admin/"
    assert newcomer.get("/admin/payments").status == 200
    assert newcomer.get("/admin/staff").status == 403
    assert Shopper(app).get(link).status == 409, "a link works once"
    assert "Nora" in admin.get("/admin/staff").said


def test_the_link_is_shown_once_and_ends_after_three_days_or_when_it_is_taken_back(app: Flask) -> None:
    with time_machine.travel("2026-05-04T08:00:00+00:00", tick=False) as clock:
        admin = at_work(app)
        first = f"/admin/{invited(admin)}"
        assert "invitations/" not in admin.get("/admin/staff").one("main").get_text()
        assert not admin.get("/admin/staff").all("#staff-link")
        second = f"/admin/{invited(admin)}"
        assert (Shopper(app).get(first).status, Shopper(app).get(second).status) == (409, 200)
        admin.submit(admin.get("/admin/staff"), "form[action$='/removal']")
        assert Shopper(app).get(second).status == 409
        third = f"/admin/{invited(admin)}"
        clock.shift(timedelta(days=3))
        assert Shopper(app).get(third).status == 409


def test_a_dismissed_person_is_out_at_once_and_may_come_back_by_invitation(app: Flask) -> None:
    admin, worker = at_work(app), at_work(app, Role.OPERATIONS)
    number = staff_id(app, "operations@example.com")
    page = admin.post(f"/admin/staff/{number}/dismissal", {"reason": "moved away"}, follow=True)
    assert "moved away" in page.said
    assert worker.get("/admin/orders").location.startswith("/admin/sign-in")
    assert sign_in(Shopper(app), "operations@example.com").status == 422
    link = f"/admin/{invited(admin, 'operations@example.com', 'analyst')}"
    back = Shopper(app)
    back.post(link, {"name": "", "password": NEXT})
    assert sign_in(back, "operations@example.com", NEXT).status == 303
    with app.app_context():
        row = db.session.get(Staff, number)
        assert row is not None
        assert (row.role, row.is_active) == ("analyst", True)


def test_the_last_super_admin_stays_whoever_tries(app: Flask) -> None:
    hire(app)
    with app.app_context():
        boss = queries.find_staff(1)
        assert boss is not None
        with pytest.raises(LastSuperAdmin), transaction():
            staffing._refuse_last(staffing.get_staff(1))
    admin = at_work(app, name="second")
    page = admin.post("/admin/staff/1/role", {"role": "analyst"}, follow=True)
    assert page.status == 200, "with two of them one may go"
    assert admin.post("/admin/staff/2/dismissal", {}).status == 422, "and nobody dismisses themselves"


def test_of_two_super_admins_who_dismiss_each_other_one_stays(any_app: Flask) -> None:
    with any_app.app_context():
        hire(any_app, name="one")
        hire(any_app, name="two")
        people = [queries.find_staff(number) for number in (1, 2)]
    gate = threading.Barrier(2)

    def dismiss(mine: int, other: int) -> None:
        with any_app.app_context():
            gate.wait()
            try:
                with transaction():
                    by = people[mine]
                    assert by is not None
                    staffing.dismiss(staff_id=other, reason="", by=by, at=now())
            except LastSuperAdmin:
                pass
            finally:
                db.session.remove()

    threads = [threading.Thread(target=dismiss, args=pair) for pair in ((0, 2), (1, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with any_app.app_context():
        left = db.session.scalars(select(Staff.id).where(Staff.is_active)).all()
        assert len(left) == 1


def test_another_role_counts_with_the_next_click(app: Flask) -> None:
    admin, worker = at_work(app), at_work(app, Role.ANALYST)
    number = staff_id(app, "analyst@example.com")
    assert worker.get("/admin/payments").status == 403
    admin.submit(admin.get(f"/admin/staff/{number}"), f"form[action='/admin/staff/{number}/role']", role="finance")
    assert worker.get("/admin/payments").status == 200
    with app.app_context():
        assert list_entries_about("staff", str(number))[0].changes == {"role": ["analyst", "finance"]}


def test_who_locked_themselves_out_is_told_and_unlocked(app: Flask) -> None:
    admin, email = at_work(app), hire(app, Role.FINANCE)
    for attempt in range(5):
        assert sign_in(Shopper(app), email, f"wrong {attempt}").status == 422
        assert sign_in(Shopper(app), "nobody@example.com", f"wrong {attempt}").status == 422
    told = [sign_in(Shopper(app), who).text.replace(who, "") for who in (email, "nobody@example.com")]
    assert "Please wait 15 minutes" in told[0]
    assert told[0] == told[1], "a stranger learns nothing of who works here"
    assert letters_to(app, email) == ["accounts/mail/staff_locked"]
    assert letters_to(app, "nobody@example.com") == []
    number = staff_id(app, email)
    assert "locked out" in admin.get("/admin/staff").said
    admin.submit(admin.get(f"/admin/staff/{number}"), "form[action$='/lock/removal']")
    assert sign_in(Shopper(app), email).status == 303


def test_sessions_of_others_are_listed_and_ended(app: Flask) -> None:
    admin, worker, elsewhere = at_work(app), at_work(app, Role.FINANCE), Shopper(app)
    sign_in(elsewhere, "finance@example.com")
    number = staff_id(app, "finance@example.com")
    page = admin.get(f"/admin/staff/{number}")
    one = f"form[action^='/admin/staff/{number}/sessions/']:not([action$='sessions/removal'])"
    assert len(page.all(one)) == 2
    admin.post(str(page.all(one)[0]["action"]), {})
    assert elsewhere.get("/admin/payments").location.startswith("/admin/sign-in")
    assert worker.get("/admin/payments").status == 200
    admin.submit(admin.get(f"/admin/staff/{number}"), f"form[action='/admin/staff/{number}/sessions/removal']")
    assert worker.get("/admin/payments").location.startswith("/admin/sign-in")


def test_ones_own_password_and_sessions(app: Flask) -> None:
    here, elsewhere = at_work(app, Role.ANALYST), Shopper(app)
    sign_in(elsewhere, "analyst@example.com")
    form = "form[action='/admin/own/password']"
    assert here.submit(here.get("/admin/own"), form, current="wrong", password=NEXT).status == 422
    assert "everywhere else" in here.submit(here.get("/admin/own"), form, current=PASSWORD, password=NEXT).said
    assert elsewhere.get("/admin/").location.startswith("/admin/sign-in")
    assert letters_to(app, "analyst@example.com") == ["accounts/mail/staff_changed"]
    assert sign_in(elsewhere, "analyst@example.com", NEXT).status == 303
    here.submit(here.get("/admin/own"), ".listed form")
    assert elsewhere.get("/admin/").location.startswith("/admin/sign-in")


def test_a_link_for_a_new_password_keeps_role_and_ends_sessions(app: Flask) -> None:
    admin, worker = at_work(app), at_work(app, Role.FINANCE)
    number = staff_id(app, "finance@example.com")
    page = admin.submit(admin.get(f"/admin/staff/{number}"), "form[action$='/password-link']")
    link = "/admin/" + str(page.one("#staff-link")["value"]).partition("/admin/")[2]
    Shopper(app).post(link, {"name": "", "password": NEXT})
    assert worker.get("/admin/payments").location.startswith("/admin/sign-in")
    assert sign_in(worker, "finance@example.com", NEXT).status == 303
    assert worker.get("/admin/payments").status == 200
