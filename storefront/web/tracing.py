"""Traces for who collects them: off, and not even loaded, unless OpenTelemetry's own variables name a collector."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module

from flask import Flask
from sqlalchemy import Engine

from storefront.environment import BadConfiguration

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def init_app(app: Flask, engines: Sequence[Engine]) -> None:
    """Trace requests and statements if the environment says where to; raise BadConfiguration where that cannot be."""
    wanted = any(os.environ.get(name) for name in ENDPOINTS)
    if not wanted or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return
    try:
        spans = import_module("storefront.web.spans")
    except ModuleNotFoundError as missing:
        raise BadConfiguration(
            f"{ENDPOINTS[0]} is set, but “{missing.name}” is not installed: install the extra `otel` "
            "(`pip install '.[otel]'`), or unset it."
        ) from missing
    spans.trace(app, engines)
