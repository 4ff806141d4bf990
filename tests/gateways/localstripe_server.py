"""Run localstripe on the loopback address alone, keeping nothing on disk: `python -m ... PORT`."""

from __future__ import annotations

import sys

from aiohttp import web
from localstripe.resources import Store
from localstripe.server import app


def forget(_store: Store) -> None:
    """Stand for writing the store to a file that every process on this machine would share."""


if __name__ == "__main__":
    Store.dump_to_disk = forget
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
