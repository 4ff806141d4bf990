"""What a Python that has just begun carries: importing the whole shop takes seconds, so several tests ask one."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import lru_cache

from tests.conftest import ROOT

SHOP = "import wsgi; wsgi.create_app()"


@lru_cache
def modules_after(statement: str) -> frozenset[str]:
    """Return the names of the modules that a process has loaded after a statement.

    Nothing of this process's environment reaches it.
    """
    with tempfile.TemporaryDirectory() as data_dir:
        command = [sys.executable, "-c", f"{statement}\nimport sys; print(*sys.modules, sep='\\n')"]
        environ = {"DATA_DIR": data_dir, "PATH": ""}
        told = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    return frozenset(told.stdout.splitlines())
