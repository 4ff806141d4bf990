"""Learn from purchases in a Parquet file and answer requests in another, without a shop.

    python -m recommend fit --interactions F.parquet [--items I.parquet] --as-of DATE --out DIR
        [--seed N] [--plain] [--gate] [--trainer implicit|spark]
    python -m recommend predict --artefact DIR --surface SURFACE --requests R.parquet --out P.parquet [--k 10]

`fit` writes a version into DIR and points DIR/CURRENT at it, so that `predict --artefact DIR` answers from the latest;
it may also be given one version's own directory. Purchases on or after DATE (a day, or a time; UTC when it names no
zone) are never looked at. The summary on standard output is JSON. Bad input ends with status 2 and one line.

Files are described in `recommend.frames`, surfaces in `recommend.answering`.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from recommend.answering import Surface, answer
from recommend.arrow import BadInput
from recommend.artifacts import MANIFEST, Artefact, ArtefactError, current_version, open_artefact
from recommend.columns import IdMap
from recommend.frames import check_kinds, read_history, read_items, read_questions, write_answers
from recommend.interactions import Items
from recommend.serving import Recommender

BAD_INPUT = 2
REFUSED = 1
LARGEST_SEED = 2**32 - 1


class OneLine(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"recommend: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    given = _parser().parse_args(arguments)
    try:
        status: int = given.run(given)
    except (BadInput, ArtefactError) as error:
        print(f"recommend: {error}", file=sys.stderr)
        return BAD_INPUT
    except MemoryError:
        print("recommend: the memory is not enough for this many rows", file=sys.stderr)
        return BAD_INPUT
    return status


def fit(given: argparse.Namespace) -> int:
    """Train on a file and publish; print what came of it."""
    began, cpu = time.monotonic(), time.process_time()
    history = read_history(given.interactions)
    items = read_items(given.items) if given.items else Items.unknown(IdMap.of([]))
    if not len(history.interactions):
        raise BadInput(f"{given.interactions}: there are no purchases (no line has a quantity above zero)")
    if not len(history.interactions.between(None, given.as_of)):
        first = history.interactions.at.min()
        raise BadInput(f"{given.interactions}: there are no purchases before {given.as_of}; the first is of {first}")
    gate, training = import_module("recommend.gate"), import_module("recommend.training")
    try:
        with _factoriser(given) as factoriser:
            outcome = gate.train_and_publish(
                given.out,
                history.interactions,
                items,
                as_of=given.as_of,
                trained_at=datetime.now(UTC),
                settings=replace(training.Settings(), seed=given.seed, learned=not given.plain),
                replacing=given.gate,
                item_id_type=history.item_type,
                factoriser=factoriser,
            )
    except ValueError as error:
        raise BadInput(str(error)) from error
    summary: dict[str, Any] = {
        "published": outcome.manifest is not None,
        "refusals": outcome.refusals,
        "remarks": outcome.remarks,
        "metrics": {name: _rounded(asdict(compared.model)) for name, compared in outcome.report.items()},
        "best_sellers": {name: _rounded(asdict(compared.baseline)) for name, compared in outcome.report.items()},
        "seconds": round(time.monotonic() - began, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    if outcome.manifest is not None:
        manifest = outcome.manifest
        summary |= {
            "version": manifest.version,
            "artefact": str(given.out / manifest.version),
            "as_of": manifest.as_of,
            "counts": manifest.counts,
            "settings": manifest.settings,
        }
    print(json.dumps(summary, indent=1, sort_keys=True))
    return 0 if outcome.manifest is not None else REFUSED


@contextmanager
def _factoriser(given: argparse.Namespace) -> Iterator[Any]:
    """Open what learns the factors: this process, or a Spark cluster that shares a directory with it."""
    if given.trainer == "implicit":
        yield import_module("recommend.models").factorise
        return
    spark = import_module("recommend.spark")
    with (
        spark.session(given.spark_master) as session,
        TemporaryDirectory(prefix="recommend-", dir=given.spark_scratch) as scratch,
    ):
        yield spark.SparkFactoriser(session, Path(scratch))


def predict(given: argparse.Namespace) -> int:
    """Answer every request of a file from an artefact."""
    began = time.monotonic()
    artefact = _opened(given.artefact)
    recommender = Recommender(artefact.tables, artefact.manifest.version)
    questions = read_questions(given.requests, (given.surface.needed,))
    check_kinds(given.requests, questions, IdMap(artefact.tables.user_ids), IdMap(artefact.tables.item_ids))
    answers = [
        answer(recommender, given.surface, user, items, given.k)
        for user, items in zip(questions.users, questions.items, strict=True)
    ]
    plain = "int64" if artefact.tables.item_ids.dtype.kind == "i" else "string"
    write_answers(given.out, questions, answers, artefact.manifest.item_id_type or plain)
    summary = {
        "version": artefact.manifest.version,
        "surface": given.surface.value,
        "requests": len(questions),
        "empty": sum(not one for one in answers),
        "seconds": round(time.monotonic() - began, 2),
    }
    print(json.dumps(summary, sort_keys=True))
    return 0


def _opened(directory: Path) -> Artefact:
    """Open a version, or the one that a directory of versions points at; every byte is checked."""
    if not directory.is_dir():
        raise BadInput(f"{directory}: there is no such directory")
    if (directory / MANIFEST).exists():
        return open_artefact(directory, thorough=True)
    name = current_version(directory)
    if name is None:
        raise BadInput(f"{directory}: nothing has been trained into this directory")
    return open_artefact(directory / name, thorough=True)


def _parser() -> OneLine:
    parser = OneLine(prog="recommend", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(metavar="fit | predict", required=True, dest="command")
    fitting = commands.add_parser("fit", help="learn from purchases")
    fitting.add_argument(
        "--interactions", type=Path, required=True, help="user_id, item_id, basket_id, timestamp, quantity"
    )
    fitting.add_argument("--items", type=Path, help="item_id, product_type, category, and price if there is one")
    fitting.add_argument("--as-of", type=_moment, required=True, help="learn from purchases before this day or time")
    fitting.add_argument("--out", type=Path, required=True, help="the directory of versions")
    fitting.add_argument("--seed", type=_seed, default=42)
    fitting.add_argument(
        "--gate", action="store_true", help="keep what DIR serves if the new version is worse (status 1)"
    )
    fitting.add_argument("--plain", action="store_true", help="leave the learned rankers out: a third of the cost")
    fitting.add_argument("--trainer", choices=("implicit", "spark"), default="implicit", help="who learns the factors")
    fitting.add_argument("--spark-master", default="local[*]", help="where Spark runs, e.g. spark://host:7077")
    fitting.add_argument("--spark-scratch", type=Path, help="a directory that every Spark executor shares; else /tmp")
    fitting.set_defaults(run=fit)
    predicting = commands.add_parser("predict", help="answer requests")
    predicting.add_argument("--artefact", type=Path, required=True, help="what fit wrote")
    predicting.add_argument("--surface", type=_surface, required=True, help=", ".join(Surface))
    predicting.add_argument("--requests", type=Path, required=True, help="request_id, user_id, items")
    predicting.add_argument("--out", type=Path, required=True, help="request_id, items, scores, source, sources")
    predicting.add_argument("--k", type=_count, default=10, help="the length of an answer")
    predicting.set_defaults(run=predict)
    return parser


def _moment(text: str) -> datetime | date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day (2026-03-01) or time (2026-03-01T12:00Z)") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _surface(text: str) -> Surface:
    try:
        return Surface(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(Surface)}") from None


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 1000")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) > LARGEST_SEED:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to {LARGEST_SEED}")
    return int(text)


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in figures.items()}


if __name__ == "__main__":
    sys.exit(main())
