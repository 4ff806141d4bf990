"""`flask search evaluate`: how good the ranking is, by judgements in files or by the shop's own."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from lzma import LZMAError
from pathlib import Path

import click

from search import synonyms, testbed
from search.testbed import Trial
from storefront.discovery import judging
from storefront.discovery.searching import find_searcher
from storefront.kernel.clock import now

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def evaluate_files(documents: Path, qrels: Path, run: Path | None, with_synonyms: bool, as_json: bool) -> None:
    """Build a throwaway index of `documents`, ask the queries of `qrels`, write the run and print the measures."""
    try:
        bed, judgements = testbed.read_documents(documents), testbed.read_judgements(qrels)
    except (testbed.Unreadable, OSError, EOFError, UnicodeDecodeError, LZMAError) as problem:
        raise click.ClickException(f"That could not be read: {problem}") from problem
    known = synonyms.Synonyms(synonyms.general()) if with_synonyms else synonyms.NO_SYNONYMS
    with tempfile.TemporaryDirectory() as folder:
        trial, found = testbed.try_out(bed, judgements, Path(folder), known)
    if run is not None:
        testbed.write_run(run, found)
    _tell(measures_of(trial), as_json)


def evaluate_shop(as_json: bool) -> None:
    """Ask the judged queries of this shop and print the measures, and the weakest queries."""
    searcher = find_searcher()
    if searcher is None:
        raise click.ClickException("There is no search index. Run `flask search reindex`.")
    found = judging.evaluate_judgements(searcher, now())
    if not found.queries:
        raise click.ClickException("Nobody has rated the results of a search yet: see Search, Rated results in admin.")
    _tell(
        {
            "queries": found.queries,
            "ndcg@10": round(found.ndcg, 4),
            "condensed_ndcg@10": round(found.condensed_ndcg, 4),
            "judged@10": round(found.judged, 4),
            "zero_results": found.empty,
        },
        as_json,
    )
    for weak in () if as_json else found.worst:
        click.echo(f"  {weak.condensed_ndcg:.3f}  {weak.query}")


def measures_of(trial: Trial) -> dict[str, float | int]:
    """Return the measures by their names in print."""
    metrics, (low, high) = trial.metrics, trial.interval
    return {
        "documents": trial.documents,
        "queries": metrics.queries,
        "ndcg@10": round(metrics.ndcg, 4),
        "condensed_ndcg@10": round(metrics.condensed_ndcg, 4),
        "condensed_ndcg@10_low": round(low, 4),
        "condensed_ndcg@10_high": round(high, 4),
        "judged@10": round(metrics.judged, 4),
        "reciprocal_rank": round(metrics.reciprocal_rank, 4),
        "zero_results": trial.zero_results,
        "build_cpu_seconds": round(trial.build_cpu_seconds, 2),
        "median_query_ms": round(trial.median_query_ms, 3),
    }


def _tell(measures: Mapping[str, float | int], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(measures))
        return
    for name, figure in measures.items():
        click.echo(f"{name:<28}{figure}")
