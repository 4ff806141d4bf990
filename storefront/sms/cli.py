"""`flask sms`: which messages leave the house, and a trial."""

from __future__ import annotations

import secrets
from datetime import timedelta

import click
from flask import current_app
from flask.cli import AppGroup

from storefront.accounts.phones import read_mobile
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.shop.queries import get_settings
from storefront.sms import jobs, queries, services
from storefront.sms.previewing import list_messages, samples
from storefront.sms.services import Note
from storefront.sms.states import SmsKind, SmsStatus

group = AppGroup("sms", help="Short messages to customers.")


@group.command("status")
def status() -> None:
    """Say for each kind of message and language whether it is sent, and by which template."""
    click.echo(f"carrier: {current_app.config['SHOP'].sms.sender or 'none'}")
    for shown in list_messages():
        for locale in shown.texts:
            fate = shown.templates[locale] or ("in words" if shown.is_sent(locale) else "not sent: no template")
            click.echo(f"{shown.kind:<16} {locale}  {fate}")


@group.command("try")
@click.argument("phone")
@click.option("--kind", type=click.Choice([kind.value for kind in SmsKind]), default=SmsKind.CODE.value)
@click.option("--locale", type=click.Choice(["en", "zh"]), default="zh")
def try_sms(phone: str, kind: str, locale: str) -> None:
    """Send a trial message to PHONE and say what became of it."""
    config, settings = current_app.config["SHOP"], get_settings()
    try:
        number = read_mobile(phone, country=settings.country, served=config.sms.countries)
    except Invalid as refusal:
        raise click.BadParameter(str(refusal), param_hint="PHONE") from None
    note = Note(SmsKind(kind), number, locale, f"trial-{secrets.token_hex(8)}", samples(locale))
    with transaction():
        written = services.put_in(note=note, expires_at=now() + timedelta(minutes=5), at=now())
        sms_id = written.id if written else 0
    if not sms_id:
        raise click.ClickException("Nothing was sent: there is no carrier, or no template for this kind.")
    jobs.deliver(sms_id)
    sms = queries.get_sms(sms_id)
    if sms.status != SmsStatus.SENT:
        raise click.ClickException(f"The message did not leave: {sms.error}")
    click.echo("The message has left.")
