"""`python -m storefront.serving`: what systemd, containers and `make demo` start."""

from __future__ import annotations

import argparse
from pathlib import Path

from storefront.config import ROOT, read_config
from storefront.serving.processes import ASKED
from storefront.serving.supervising import DRAIN, serve
from storefront.telemetry import logs

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m storefront.serving", description=__doc__)
    parser.add_argument("part", nargs="?", choices=ASKED, help="start this part only")
    parser.add_argument("--home", type=Path, default=ROOT, help="where each worker's code is looked for when it starts")
    parser.add_argument("--drain", type=float, default=DRAIN, help="seconds for which a replaced worker still answers")
    parser.add_argument("--migrate", action="store_true", help="bring the database's tables up to date first")
    asked = parser.parse_args()
    config = read_config()
    logs.set_up(config.log_level)
    serve(config, *([asked.part] if asked.part else ASKED), home=asked.home, drain=asked.drain, migrate=asked.migrate)
