"""The factory: the only module that knows every room.

Conventions it relies on: a room's `views.py` has a `blueprint` (template_folder="templates", templates named
`<room>/page.html`), its `cli.py` a click `group` (or `groups`), its `jobs.py` marks its jobs at import, its
`context.py` an `init_app(app)` for what every page of the shop needs.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

from flask import Flask, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from storefront import extensions
from storefront.catalog import memory
from storefront.config import ROOT, Config, read_config
from storefront.database import ending, engine, migrating, replica, watching
from storefront.database.base import db
from storefront.jobs import queue
from storefront.kernel import events
from storefront.kernel.kept import Kept
from storefront.reactions import REACTIONS
from storefront.shared import changes, store
from storefront.shop import queries as shop
from storefront.telemetry import logs
from storefront.web import (
    addresses,
    afterwards,
    again,
    appearance,
    assets,
    compiled,
    cookies,
    csrf,
    drawn,
    errors,
    filters,
    headers,
    locale,
    measures,
    templating,
    tracing,
    uploads,
    wellformed,
)

ROOMS = (
    *(
        "jobs",
        "audit",
        "shop",
        "media",
        "analytics",
        "experiments",
        "mail",
        "sms",
        "accounts",
        "approvals",
        "desk",
        "catalog",
        "content",
        "inventory",
        "imports",
        "pricing",
        "flash",
    ),
    *(
        "promotions",
        "loyalty",
        "shipping",
        "cart",
        "orders",
        "payments",
        "fulfilment",
        "checkout",
        "invoicing",
        "privacy",
        "returns",
        "support",
        "simulation",
        "figures",
        "discovery",
        "demo",
        "operations",
    ),
)
WITHOUT_DATABASE = frozenset({"asset", "media.generated", "media.photo", "discovery.healthz", "operations.metrics"})
"""What answers even when the database does not: a fault page keeps its style sheet, a monitor gets its answer."""
CODE = (ROOT / "storefront", ROOT / "admin")
LARGEST_REQUEST = 12 * 1024 * 1024


class Shop(Flask):
    """The application. No view or hook of it is a coroutine, which need not be asked twenty times a request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(config: Config | None = None, *, testing: bool = False) -> Flask:
    """Return the shop, without its back office (which `wsgi.create_app` adds)."""
    config = config or read_config()
    logs.set_up(config.log_level)
    app = Shop("storefront", root_path=str(ROOT / "storefront"), static_folder=None)
    app.testing = testing
    app.config.update(
        SHOP=config,
        SECRET_KEY=config.secret_key,
        SECRET_KEY_FALLBACKS=list(config.secret_fallbacks),
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine.engine_options(config.database_url, config.database),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.production,
        SESSION_COOKIE_HTTPONLY=True,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        SESSION_REFRESH_EACH_REQUEST=False,
        BABEL_DEFAULT_LOCALE="en",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "storefront" / "translations"),
        TEMPLATES_AUTO_RELOAD=False,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_MIMETYPES=["text/html", "application/xml", "text/plain", "image/svg+xml"],
        COMPRESS_BR_LEVEL=2,  # half of what 4 takes, for 6 % more bytes
        COMPRESS_LEVEL=3,
        COMPRESS_MIN_SIZE=1000,
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False,  # what has a tag or a date was compared already
    )
    app.jinja_options = {
        "cache_size": -1,  # to find one in a store that drops templates takes longer than to draw it
        "bytecode_cache": None if testing else compiled.keep_compiled(config.machine_dir / "templates", CODE),
    }
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _bind_extensions(app, config)
    afterwards.init_app(app)
    headers.init_app(app)
    store.bind(config.redis_url)
    app.before_request(engine.note_request)
    Kept.reading, Kept.on_change = replica.on_primary, replica.note_commit
    changes.init_app(
        app,
        config.machine_dir,
        config.redis_url,
        on_commit=replica.note_commit,
        watched=memory.TABLES,
        on_watched=memory.note_commit,
    )
    app.before_request(_load_settings)
    uploads.init_app(app)
    wellformed.init_app(app)
    for module in (
        cookies,
        templating,
        drawn,
        locale,
        filters,
        measures,
        csrf,
        errors,
        again,
        assets,
        appearance,
        addresses,
    ):
        module.init_app(app)
    for room in ROOMS:
        _open_room(app, room)
    queue.bind(app)
    events.bind(REACTIONS)
    return app


def _bind_extensions(app: Flask, config: Config) -> None:
    if config.database_url.startswith("sqlite:///"):
        config.data_dir.mkdir(parents=True, exist_ok=True)
    extensions.db.init_app(app)
    ending.init_app(app)
    migrating.init_app(app, ROOT / "migrations")
    extensions.htmx.init_app(app)
    extensions.babel.init_app(
        app,
        locale_selector=locale.babel_locale,
        timezone_selector=lambda: shop.get_settings().timezone,
    )
    extensions.login_manager.init_app(app, add_context_processor=False)
    extensions.compress.init_app(app)
    with app.app_context():
        engine.prepare(db.engine, config.database)
        replica.init_app(app, config.database)
        engines = [db.engine, *filter(None, [app.extensions.get(replica.NAME)])]
    for each in engines:
        watching.watch(each, config.slow_query_ms)
    tracing.init_app(app, engines)


def _load_settings() -> None:
    if request.endpoint not in WITHOUT_DATABASE:
        g.shop = shop.get_settings()


def _open_room(app: Flask, room: str) -> None:
    views, cli, context = (_module(room, edge) for edge in ("views", "cli", "context"))
    _module(room, "models")
    _module(room, "jobs")
    if views:
        app.register_blueprint(views.blueprint)
    if cli:
        for group in getattr(cli, "groups", None) or (cli.group,):
            app.cli.add_command(group)
    if context:
        context.init_app(app)


def _module(room: str, edge: str) -> ModuleType | None:
    name = f"storefront.{room}.{edge}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None
