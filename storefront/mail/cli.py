"""`flask mail`: find out whether letters leave the house."""

from __future__ import annotations

import secrets

import click
from flask.cli import AppGroup

from storefront.accounts.emails import fold_email
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.mail import choices, jobs, queries, services
from storefront.mail.services import Letter
from storefront.mail.states import MailStatus, Source, Topic
from storefront.shop.queries import get_settings

group = AppGroup("mail", help="Letters to customers.")


@group.command("try")
@click.argument("address")
def try_mail(address: str) -> None:
    """Send a trial letter to ADDRESS and say what became of it."""
    letter = Letter("mail/trial", fold_email(address), get_settings().locale, secrets.token_hex(6), {})
    with transaction():
        mail_id = services.put_in(letter=letter, at=now()) or 0
        claimed = services.claim(mail_id=mail_id, at=now()) is not None
    if claimed:
        jobs.hand_over(mail_id)
    mail = queries.get_mail(mail_id)
    if mail.status != MailStatus.SENT:
        raise click.ClickException(f"The letter did not leave: {mail.error}")
    click.echo("The letter has left.")


@group.command("suppress")
@click.argument("address")
def suppress(address: str) -> None:
    """Send no marketing to ADDRESS any more, for instance after a complaint."""
    with transaction():
        no = dict.fromkeys(Topic, False)
        choices.choose(email=fold_email(address), wanted=no, source=Source.STAFF, at=now())
    click.echo("Nothing but letters about orders and the account goes there now.")
