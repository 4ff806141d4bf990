"""`flask search evaluate`: how good the ranking is, by judgements in files. Needs no database."""

from __future__ import annotations

import json
import tempfile
from lzma import LZMAError
from pathlib import Path

import click

from search import synonyms, testbed
from search.testbed import Trial

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
    measures = measures_of(trial)
    if as_json:
        click.echo(json.dumps(measures))
        return
    for name, figure in measures.items():
        click.echo(f"{name:<28}{figure}")


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
