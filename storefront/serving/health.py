"""`python -m storefront.serving.health`: ends with 0 while the shop of this container answers that it can sell."""

from __future__ import annotations

import http.client
import sys
from urllib.parse import urlsplit

from storefront.config import read_config


def is_well(port: int, host: str) -> bool:
    """Ask the shop on this machine, by the name that the world calls it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    config = read_config()
    sys.exit(0 if is_well(config.port, urlsplit(config.public_url).netloc) else 1)
