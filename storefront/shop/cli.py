"""`flask shop`: run the shop, and decide what a merchant decides."""

from __future__ import annotations

from dataclasses import asdict

import click
from flask import current_app
from flask.cli import AppGroup

from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.serving import supervising
from storefront.shop import queries, services, verifying

group = AppGroup("shop", help="Run the shop; its settings.")


@group.command("serve")
def serve() -> None:
    """Run the web server and the job worker side by side until one stops or Ctrl-C."""
    supervising.serve(current_app.config["SHOP"])


@group.command("verify")
@click.option("--ledger", "wanted", multiple=True, help="Prove this one only; may be said several times.")
@click.option("--show", default=20, show_default=True, type=click.IntRange(min=0), help="Rows shown of each ledger.")
def verify(wanted: tuple[str, ...], show: int) -> None:
    """Prove that every ledger adds up; ends with 1 and the rows that don't, if there are any."""
    ledgers = verifying.list_ledgers()
    names = [ledger.name for ledger in ledgers]
    for name in wanted:
        if name not in names:
            raise click.BadParameter(
                f"there is no ledger “{name}”; there are {', '.join(names)}", param_hint="--ledger"
            )
    wide, wrong = max(map(len, names), default=6), 0
    click.echo(f"{'ledger':<{wide}}  {'rows checked':>12}  {'discrepancies':>13}")
    for finding in verifying.verify(ledger for ledger in ledgers if not wanted or ledger.name in wanted):
        found = finding.discrepancies
        click.echo(f"{finding.ledger:<{wide}}  {finding.rows:>12,}  {len(found):>13,}")
        for each in found[:show]:
            click.echo(f"    {each.key}: expected {each.expected}, is {each.actual}")
        if len(found) > show:
            click.echo(f"    … and {len(found) - show:,} more")
        wrong += len(found)
    if wrong:
        raise SystemExit(1)


@group.command("settings")
def show_settings() -> None:
    """Say what the merchant has decided."""
    for key, value in asdict(queries.get_settings()).items():
        click.echo(f"{key} = {value}")


@group.command("set")
@click.argument("key")
@click.argument("value")
def change_setting(key: str, value: str) -> None:
    """Decide one setting, for instance `flask shop set currency CNY`. Prices are not converted."""
    settings = asdict(queries.get_settings())
    if key not in settings:
        raise click.BadParameter(f"there is no setting “{key}”; there are {', '.join(settings)}", param_hint="KEY")
    try:
        wanted = type(settings[key])(value)
        with transaction():
            services.change_settings(values={key: wanted}, at=now())
    except (Invalid, ValueError) as refusal:
        raise click.BadParameter(str(refusal), param_hint="VALUE") from None
    click.echo(f"{key} = {wanted}")
