"""One training to a published artefact, alone in its process, so that its CPU time and memory are its own."""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.recommend.journey import read
from recommend.gate import train_and_publish
from recommend.training import Settings


def main() -> None:
    """Train as of argv[1] into the directory argv[2], with rankers if argv[3] is "learned"; print figures as JSON."""
    as_of = datetime.fromisoformat(sys.argv[1]).replace(tzinfo=UTC)
    history, items = read()
    before = time.process_time()
    outcome = train_and_publish(
        Path(sys.argv[2]),
        history,
        items,
        as_of=as_of,
        trained_at=as_of,
        settings=Settings(learned=sys.argv[3] == "learned"),
    )
    spent = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    if outcome.manifest is None:
        raise SystemExit("; ".join(outcome.refusals))
    print(json.dumps({"version": outcome.manifest.version, "cpu": spent, "peak": peak, "remarks": outcome.remarks}))


if __name__ == "__main__":
    main()
