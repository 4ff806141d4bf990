"""`flask shop`: run the whole shop."""

from __future__ import annotations

from flask import current_app
from flask.cli import AppGroup

from storefront import serving

group = AppGroup("shop", help="Run the shop.")


@group.command("serve")
def serve() -> None:
    """Run the web server and the job worker side by side until one stops or Ctrl-C."""
    serving.serve(current_app.config["SHOP"])
