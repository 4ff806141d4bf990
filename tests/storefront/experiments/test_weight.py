"""What the room costs a process that never reads an experiment."""

from __future__ import annotations

import subprocess
import sys

LOADED = """
import sys
import storefront.experiments.assignment, storefront.experiments.interleaving, storefront.experiments.verdict
print([name for name in sys.modules if name.split(".")[0] in {"scipy", "statsmodels", "pandas", "sklearn"}])
"""


def test_rules_load_no_science_before_it_is_asked_for() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
