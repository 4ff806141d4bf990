"""What stands in `deploy/` agrees with the shop that it deploys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from storefront.app import LARGEST_REQUEST
from storefront.config import ROOT, read_config
from storefront.web import assets, uploads
from tests.front_door import CONFIG, IS_THERE, FrontDoor

DEPLOY = ROOT / "deploy"
CLIENTS = {"bookworm": 15, "trixie": 17}
"""Debian's releases, and which PostgreSQL's programs they have."""
NEEDS_NGINX = pytest.mark.skipif(not IS_THERE, reason="nginx is not installed")


@NEEDS_NGINX
def test_nginx_can_read_its_configuration(tmp_path: Path) -> None:
    checked = FrontDoor(tmp_path, [8000, 8001]).check()
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr


def test_nginx_takes_what_the_shop_takes_and_serves_the_files_that_it_links(app: Flask) -> None:
    text = CONFIG.read_text()
    taken = re.search(r"client_max_body_size (\d+)m;", text)
    assert taken
    most = max(uploads.largest_request(view, LARGEST_REQUEST) for view in app.view_functions.values())
    assert most < int(taken[1]) * 1024 * 1024 <= most + 1024 * 1024, "the shop says no in words, not nginx"
    assert f"location ^~ {assets.URL} " in text
    assert f"max-age={assets.YEAR_SECONDS}, immutable" in text
    upstream = text[text.index("upstream shop") : text.index("}", text.index("upstream shop"))]
    assert not re.search(r"^\s*keepalive", upstream, re.MULTILINE), "a kept connection belongs to one of the workers"


def test_the_image_holds_what_the_shop_needs_runs_as_nobody_and_keeps_no_secret() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    sources = {name for names in copied for name in names}
    assert all((ROOT / name).exists() for name in sources)
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert packages | {"wsgi.py", "migrations", "pyproject.toml"} <= sources
    taken = {line[1:] for line in (DEPLOY / "Containerfile.dockerignore").read_text().splitlines() if line[:1] == "!"}
    assert {name.split("/")[0] for name in sources} <= taken, "what is copied is not ignored"
    last = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM ")) :]
    user = next(line.split()[1] for line in last if line.startswith("USER "))
    assert not user.startswith(("0", "root"))
    check = next(line for line in last if "storefront.serving.health" in line).strip().removeprefix("CMD ")
    assert check.removeprefix("[") in (DEPLOY / "compose.yaml").read_text(), "images of podman keep no HEALTHCHECK"
    base = next(line for line in last if line.startswith("FROM "))
    server = re.search(r"/postgres:(\d+)", (DEPLOY / "compose.yaml").read_text())
    assert server
    assert "postgresql-client" in "".join(last)
    assert CLIENTS[base.rpartition("-")[2]] >= int(server[1]), "an older pg_dump refuses a newer server"
    assert not [line for line in lines if re.match(r"(ENV|ARG)\b.*(SECRET|KEY|PASSWORD|TOKEN)", line)]


def test_the_example_environment_is_one_that_the_shop_reads() -> None:
    given = dict(
        line.split("=", 1)
        for line in (DEPLOY / "shop.env.example").read_text().splitlines()
        if "=" in line and not line.startswith("#")
    )
    assert given["SECRET_KEY"] == given["POSTGRES_PASSWORD"] == "", "nobody runs on an example's secrets"
    config = read_config({**given, "SECRET_KEY": "x" * 40})
    assert config.production
    assert config.trusted_proxies == 1
