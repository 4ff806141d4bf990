"""`flask shop`: run the shop, and decide what a merchant decides."""

from __future__ import annotations

from dataclasses import asdict

import click
from flask import current_app
from flask.cli import AppGroup

from storefront import serving
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.shop import queries, services

group = AppGroup("shop", help="Run the shop; its settings.")


@group.command("serve")
def serve() -> None:
    """Run the web server and the job worker side by side until one stops or Ctrl-C."""
    serving.serve(current_app.config["SHOP"])


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
