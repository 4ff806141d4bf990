"""Roles as sets of permissions: changed, made, deleted; nobody grants what they do not have or raises themselves."""

from __future__ import annotations

from flask import Flask

from storefront.accounts import permission_words, roles
from storefront.accounts.permissions import GRANTS, Permission, Role
from tests.admin.people import at_work
from tests.browser import Shopper
from tests.counting import queries_of

P = Permission


def ticked(browser: Shopper, key: str) -> set[str]:
    boxes = browser.get(f"/admin/staff-roles/{key}").all("input[name=permissions][checked]")
    return {str(box["value"]) for box in boxes}


def save(browser: Shopper, key: str, *wanted: Permission) -> int:
    return browser.post(f"/admin/staff-roles/{key}", {"permissions": [str(each) for each in wanted]}).status


def test_every_permission_has_plain_words_under_a_subject() -> None:
    shown = [permission for _, _, found in permission_words.grouped() for permission, _ in found]
    assert sorted(shown) == sorted(Permission)
    assert len(set(permission_words.WORDS.values())) == len(Permission)


def test_roles_are_as_they_came_until_somebody_changes_them(app: Flask) -> None:
    with app.app_context():
        assert {role.key: role.permissions for role in roles.list_roles()} == {
            role.value: GRANTS[role] for role in Role
        }
        assert not any(role.is_changed for role in roles.list_roles())


def test_a_change_of_a_role_counts_with_the_next_click_and_can_be_undone(app: Flask) -> None:
    admin, analyst = at_work(app), at_work(app, Role.ANALYST)
    assert analyst.get("/admin/orders").status == 403
    assert save(admin, "analyst", P.DASHBOARD_VIEW, P.ORDERS_VIEW) == 303
    assert analyst.get("/admin/orders").status == 200
    assert analyst.get("/admin/products").status == 403
    assert "See orders" in admin.get("/admin/staff-roles/analyst").said
    admin.submit(admin.get("/admin/staff-roles/analyst"), "form[action$='/restoration']")
    assert ticked(admin, "analyst") == {str(each) for each in GRANTS[Role.ANALYST]}
    assert analyst.get("/admin/products").status == 200


def test_a_role_is_made_given_and_not_deleted_while_somebody_has_it(app: Flask) -> None:
    admin, worker = at_work(app), at_work(app, Role.ANALYST)
    url = admin.post("/admin/staff-roles", {"name": "Buyer", "like": "merchandiser"}).location
    key = url.rpartition("/")[2]
    assert ticked(admin, key) == {str(each) for each in GRANTS[Role.MERCHANDISER]}
    assert admin.post("/admin/staff-roles", {"name": "buyer", "like": ""}).status == 422
    admin.post("/admin/staff/2/role", {"role": key})
    assert "Buyer" in worker.get("/admin/price-lists").said
    assert admin.post(f"{url}/removal", {}).status == 409
    admin.post("/admin/staff/2/role", {"role": "analyst"})
    assert admin.post(f"{url}/removal", {}).location == "/admin/staff-roles"
    assert admin.get(url).status == 404
    assert admin.post("/admin/staff-roles/finance/removal", {}).status == 422


def test_nobody_grants_what_they_do_not_have_nor_raises_themselves(app: Flask) -> None:
    admin = at_work(app)
    save(admin, "operations", *GRANTS[Role.OPERATIONS], P.STAFF_VIEW, P.STAFF_EDIT, P.ROLES_EDIT)
    deputy = at_work(app, Role.OPERATIONS)
    assert save(deputy, "operations", *Permission) == 403, "not one's own role"
    assert save(deputy, "analyst", *GRANTS[Role.ANALYST], P.PAYMENTS_EDIT) == 403, "not what one may not do"
    assert save(deputy, "finance", P.DASHBOARD_VIEW) == 303, "what one may not do stays as it is"
    assert ticked(admin, "finance") == {
        str(each) for each in GRANTS[Role.FINANCE] - GRANTS[Role.OPERATIONS] | {P.DASHBOARD_VIEW}
    }
    assert deputy.post("/admin/staff/invitations", {"email": "x@example.com", "role": "super_admin"}).status == 403
    assert deputy.post("/admin/staff/1/role", {"role": "analyst"}).status == 403, "nobody mightier"
    assert deputy.post("/admin/staff/1/dismissal", {}).status == 403
    assert deputy.post("/admin/staff/2/role", {"role": "analyst"}).status == 422, "not oneself"
    made = deputy.post("/admin/staff-roles", {"name": "Copy", "like": "merchandiser"}).location.rpartition("/")[2]
    assert ticked(admin, made) == {str(each) for each in GRANTS[Role.MERCHANDISER] & GRANTS[Role.OPERATIONS]}


def test_the_super_admin_may_always_do_everything(app: Flask) -> None:
    admin = at_work(app)
    assert save(admin, "super_admin", P.DASHBOARD_VIEW) == 422
    assert ticked(admin, "super_admin") == {str(each) for each in Permission}


def test_the_permissions_of_a_role_cost_no_query_of_their_own(app: Flask) -> None:
    admin = at_work(app)
    admin.get("/admin/own")
    with queries_of(app) as asked:
        admin.get("/admin/own")
    assert len([statement for statement in asked if "staff_role" in statement]) == 1
    assert len(asked) <= 3, asked
