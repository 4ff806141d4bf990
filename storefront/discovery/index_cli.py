"""`flask search`: build the index, say how it is, how good, and why something stands where it does."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import AppGroup
from tqdm import tqdm

from search import LARGEST_PAGE, Document, IndexProblem, SearchRequest
from storefront.database.transaction import transaction
from storefront.discovery import documents, indexing
from storefront.discovery.evaluate_cli import FILE, evaluate_files, evaluate_shop
from storefront.discovery.searching import find_searcher, health

search_group = AppGroup("search", help="The search index.")


@search_group.command("reindex")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def reindex(quiet: bool) -> None:
    """Build the index from all published products, check it, and make it live."""
    waiting = indexing.list_waiting()

    def watched(stream: Iterable[Document]) -> Iterable[Document]:
        total = documents.count_documents()
        bar: Iterable[Document] = tqdm(stream, total=total, desc="Indexing", disable=quiet, file=sys.stderr)
        return bar

    try:
        name = indexing.rebuild(watched)
    except IndexProblem as problem:
        raise click.ClickException(str(problem)) from problem
    with transaction():
        indexing.forget_changes(waiting)
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


@search_group.command("evaluate")
@click.option("--documents", type=FILE, help="JSON lines (.xz allowed) or TSV of id, source, title.")
@click.option("--qrels", type=FILE, help="CSV of query, docid, rating, or TSV of query, docid.")
@click.option(
    "--run", type=click.Path(dir_okay=False, path_type=Path), help="Write the first 1,000 of each query here."
)
@click.option("--no-synonyms", is_flag=True, help="Leave the general synonyms out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate(documents: Path | None, qrels: Path | None, run: Path | None, no_synonyms: bool, as_json: bool) -> None:
    """Measure the ranking: on the shop's own judgements, or on documents and judgements from files.

    Files need no database: a throwaway index is built of them.
    """
    if documents and qrels:
        evaluate_files(documents, qrels, run, not no_synonyms, as_json)
    elif documents or qrels or run or no_synonyms:
        raise click.UsageError("--documents and --qrels go together; the other options go with them.")
    else:
        evaluate_shop(as_json)


@search_group.command("explain")
@click.argument("text")
@click.argument("code")
@click.option("--language", default="", help="en or zh: which synonyms hold.")
def explain(text: str, code: str, language: str) -> None:
    """Say why the product with SKU or barcode CODE stands where it does for TEXT."""
    searcher = find_searcher()
    if searcher is None:
        raise click.ClickException(f"{health().problem}. Run `flask search reindex`.")
    number = searcher.find_code(code)
    if number is None:
        raise click.ClickException(f"No product that is shown has the SKU or barcode {code}.")
    request = SearchRequest(text=text, language=language, size=LARGEST_PAGE, count=())
    told, page = searcher.explain(request, number), searcher.search(request)
    if told is None:
        raise click.ClickException(f"{code} is not found by “{page.corrected_query or text}”.")
    place = page.ids.index(number) + 1 if number in page.ids else None
    click.echo(f"{code} stands at {place or f'more than {LARGEST_PAGE}'} of {page.total}: score {told.score:.3f}")
    click.echo(f"It matches {told.tier} of {told.groups} word(s) of “{page.corrected_query or text}”.")
    for name, points in told.parts:
        click.echo(f"  + {points:8.3f}  {name}")
    for name, factor in told.factors:
        click.echo(f"  x {factor:8.3f}  {name}")
