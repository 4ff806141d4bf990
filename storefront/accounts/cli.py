"""`flask accounts`: let somebody into the back office."""

from __future__ import annotations

import secrets

import click
from flask.cli import AppGroup

from storefront.accounts import queries, services, staffing
from storefront.accounts.passwords import SHORTEST_OF_STAFF
from storefront.accounts.permissions import Role
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError

group = AppGroup("accounts", help="People who work here.")


@group.command("hire")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="What they may do.")
@click.option("--name", default="", help="How colleagues know them.")
@click.option("--generate", is_flag=True, help="Make a password up and show it once, instead of asking for one.")
def hire(email: str, role: str, name: str, generate: bool) -> None:
    """Give the person with this EMAIL access to the back office."""
    try:
        services.refuse_who_works_here(email=email)
        password = secrets.token_urlsafe(15) if generate else _ask()
        credentials = services.make_credentials(email=email, password=password, shortest=SHORTEST_OF_STAFF)
        with transaction():
            services.hire(credentials=credentials, name=name, role=Role(role), at=now())
    except ShopError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{credentials.email} can sign in at /admin/ now.")
    if generate:
        click.echo(f"Password, shown this once: {password}")


@group.command("forget-factor")
@click.argument("email")
def forget_factor(email: str) -> None:
    """Take the second factor of EMAIL away, when nobody is left who could do it in the back office."""
    staff = queries.find_staff_by_email(services.folded_or_raw(email))
    if staff is None or staff.factor_secret is None:
        raise click.ClickException(f"{email} has no second factor here.")
    with transaction():
        staffing.forget_factor(staff_id=staff.id, at=now())
    click.echo(f"{staff.email} signs in with the password alone now.")


def _ask() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt="The same again"))
