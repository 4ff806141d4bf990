"""What stands in `deploy/` agrees with the shop that it deploys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from storefront.app import LARGEST_REQUEST
from storefront.config import ROOT, read_config
from storefront.web import assets
from tests.front_door import CONFIG, IS_THERE, FrontDoor

DEPLOY = ROOT / "deploy"
NEEDS_NGINX = pytest.mark.skipif(not IS_THERE, reason="nginx is not installed")


@NEEDS_NGINX
def test_nginx_can_read_its_configuration(tmp_path: Path) -> None:
    checked = FrontDoor(tmp_path, [8000, 8001]).check()
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr


def test_nginx_takes_what_the_shop_takes_and_serves_the_files_that_it_links() -> None:
    text = CONFIG.read_text()
    assert f"client_max_body_size {LARGEST_REQUEST // 1024 // 1024}m;" in text
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
    assert packages | {"wsgi.py", "migrations"} <= sources
    taken = {line[1:] for line in (DEPLOY / "Containerfile.dockerignore").read_text().splitlines() if line[:1] == "!"}
    assert {name.split("/")[0] for name in sources} <= taken, "what is copied is not ignored"
    last = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM ")) :]
    user = next(line.split()[1] for line in last if line.startswith("USER "))
    assert not user.startswith(("0", "root"))
    assert any(line.startswith("HEALTHCHECK") for line in last)
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
