"""`flask shop`: run the shop, and decide what a merchant decides."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from storefront.config import ROOT, Config
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery import indexing, recommending
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.kernel.kept import Kept
from storefront.operations import backing_up, restoring
from storefront.operations.errors import BackupRefused
from storefront.shop import queries, services, verifying

group = AppGroup("shop", help="Run the shop, back it up; its settings.")
FILE = click.Path(dir_okay=False, path_type=Path)


@group.command("serve")
@click.option("--migrate", is_flag=True, help="Bring the database's tables up to date first.")
def serve(migrate: bool) -> None:
    """Run the web server and the job worker side by side until Ctrl-C or SIGTERM; whoever dies is replaced."""
    os.chdir(ROOT)
    command = [sys.executable, "-m", "storefront.serving", *(["--migrate"] if migrate else [])]
    os.execv(command[0], command)  # noqa: S606 - a supervisor that has nothing of the shop loaded


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


@group.command("backup")
@click.argument("target", type=FILE)
@click.option("--verify", "proves", is_flag=True, help="Restore it beside the shop afterwards, and prove its ledgers.")
def backup(target: Path, proves: bool) -> None:
    """Write database and pictures to the file TARGET while the shop is open."""
    config: Config = current_app.config["SHOP"]
    try:
        made = backing_up.back_up(target, config=config, model=recommending.health().version, at=now())
        size, rows = backing_up.megabytes(target.stat().st_size), sum(made.counts.values())
        pictures = f"{len(made.files) - 1:,} picture files"
        click.echo(f"{target}: {size}, {rows:,} rows at revision {made.revision}, {pictures}.")
        if proves:
            with restoring.rehearsing(target, config=config, tell=click.echo) as rehearsed:
                _report(rehearsed)
                if not rehearsed.adds_up:
                    raise SystemExit(1)
    except BackupRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal


@group.command("restore")
@click.argument("source", type=FILE)
@click.option("--replace", is_flag=True, help="Put it in place of a shop that is not empty.")
def restore(source: Path, replace: bool) -> None:
    """Put the backup SOURCE in place of this shop, once all of it is proven. Stop the shop first."""
    db.session.remove()
    db.engine.dispose()
    try:
        done = restoring.restore(source, config=current_app.config["SHOP"], replace=replace, at=now(), tell=click.echo)
    except BackupRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    Kept.forget_all()
    _report(done.rehearsed)
    if done.kept:
        click.echo(f"The database from before is kept as {done.kept}; delete it when you are sure.")
    if done.kept_pictures:
        click.echo(f"The pictures that only it names are in {done.kept_pictures}; delete them with it.")
    try:
        click.echo(f"Restored. The search index was built anew: generation {indexing.rebuild()}.")
    except indexing.IndexProblem as problem:
        click.echo(f"Restored, but the search index was not built: {problem}. Run `flask search reindex`.")
    if not done.rehearsed.adds_up:
        raise SystemExit(1)


def _report(rehearsed: restoring.Rehearsed) -> None:
    """Say what the ledgers of a backup said: all of it where they do not add up."""
    if rehearsed.adds_up:
        click.echo(f"Every one of its {len(rehearsed.said.splitlines()) - 1} ledgers adds up.")
    else:
        click.echo(rehearsed.said)
        click.echo("Not every ledger of this backup adds up, see above.")


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
