"""`flask search`: build the index and say how it is."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click
from flask.cli import AppGroup
from tqdm import tqdm

from search import Document, IndexProblem
from storefront.database.transaction import transaction
from storefront.discovery import documents, indexing
from storefront.discovery.searching import health

search_group = AppGroup("search", help="The search index.")


@search_group.command("reindex")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def reindex(quiet: bool) -> None:
    """Build the index from all published products, check it, and make it live."""
    newest = indexing.newest_change()

    def watched(stream: Iterable[Document]) -> Iterable[Document]:
        total = documents.count_documents()
        bar: Iterable[Document] = tqdm(stream, total=total, desc="Indexing", disable=quiet, file=sys.stderr)
        return bar

    try:
        name = indexing.rebuild(watched)
    except IndexProblem as problem:
        raise click.ClickException(str(problem)) from problem
    with transaction():
        indexing.forget_changes(up_to=newest)
    click.echo(f"Generation {name} is live: {health().documents} products")


@search_group.command("status")
def status() -> None:
    """Say which generation is in use, how old it is, and how many changes wait."""
    known = health()
    if not known.usable:
        raise click.ClickException(f"{known.problem}. Run `flask search reindex`; until then the database is searched.")
    click.echo(
        f"{known.generation}: {known.documents} products in {known.segments} segment(s), "
        f"written {known.age_seconds} seconds ago, {indexing.count_changes()} change(s) waiting"
    )
    if known.problem:
        click.echo(known.problem)
