"""Deployment facts, read once from the environment. What the merchant decides lives in the `shop` room."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from storefront.databases import DatabaseSetup, read_databases
from storefront.environment import BadConfiguration as BadConfiguration
from storefront.environment import choice, flag, number
from storefront.short_messages import SmsSetup as SmsSetup
from storefront.short_messages import read_sms

ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT_SECRET = "development-only-secret"
SHORTEST_SECRET = 32
SHORTEST_TOKEN = 16
SEARCH_NAME = "shop"
PAYMENT_PREFIXES = ("STRIPE_", "ALIPAY_", "WECHATPAY_", "PAYPAL_")
"""What the names of payment providers' keys begin with; each provider knows its own."""
KUAIDI100_URL = "https://poll.kuaidi100.com"
SIGN_IN_PROVIDERS = ("GOOGLE", "WECHAT", "QQ", "WEIBO")


@dataclass(frozen=True, slots=True)
class MailServer:
    """What `smtp://user:password@host:port?tls=1` (STARTTLS) or `smtps://` names."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    start_tls: bool = False
    wrapped: bool = False


@dataclass(frozen=True, slots=True)
class Kuaidi100Account:
    """The merchant's account with kuaidi100.com: who asks, with which keys; `salt` signs what it pushes to us."""

    customer: str
    key: str = field(repr=False)
    salt: str = field(repr=False)
    url: str


def read_mail_url(url: str) -> MailServer:
    """Read MAIL_URL; raise BadConfiguration with a sentence that says what it should look like."""
    try:
        parts = urlsplit(url)
        wrapped = parts.scheme == "smtps"
        start_tls = parse_qs(parts.query).get("tls", ["0"])[0] in {"1", "true", "yes"}
        port = (465 if wrapped else 587 if start_tls else 25) if parts.port is None else parts.port
        if parts.scheme in {"smtp", "smtps"} and parts.hostname and port:
            user, password = unquote(parts.username or ""), unquote(parts.password or "")
            return MailServer(parts.hostname, port, user, password, start_tls, wrapped)
    except ValueError:
        pass
    raise BadConfiguration("MAIL_URL must look like smtp://user:password@host:587?tls=1, or smtps://host")


@dataclass(frozen=True, slots=True)
class SignInKeys:
    """What lets shoppers come in with an account that they have elsewhere."""

    provider: str
    client_id: str
    secret: str = field(repr=False)
    url: str = ""
    """Another address of the provider than its usual one."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that the environment decides. What is secret, or may hold a password, is not in its `repr`."""

    data_dir: Path
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    production: bool
    host: str
    port: int
    workers: int
    office_port: int
    """Where the back office is answered apart from the shop; 0 for nowhere."""
    mail_url: str = field(repr=False)
    mail_from: str
    public_url: str
    search_backend: str
    search_url: str = field(repr=False)
    search_name: str
    trusted_proxies: int
    log_level: str
    sandbox_payments: bool
    payment_keys: Mapping[str, str] = field(repr=False)
    """The keys of payment providers, by their names in the environment."""
    rate_limits: bool = False
    """Whether shoppers who go faster than people do are asked to wait."""
    hsts_subdomains: bool = False
    other_hosts: frozenset[str] = frozenset()
    """Names that the shop answers to in production, beside that of `public_url`."""
    secret_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    """Secrets from before: what was signed or sealed with them is still read."""
    metrics_token: str = field(default="", repr=False)
    slow_query_ms: int = 200
    slow_page_ms: int = 1000
    database: DatabaseSetup = field(default_factory=DatabaseSetup)
    kuaidi100: Kuaidi100Account | None = None
    sms: SmsSetup = field(default_factory=SmsSetup)
    sign_in_keys: tuple[SignInKeys, ...] = ()

    @property
    def is_https(self) -> bool:
        """Whether the outside world reaches the shop by TLS alone."""
        return self.production and self.public_url.startswith("https://")

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that is still believed, the one in use first."""
        return (self.secret_key, *self.secret_fallbacks)

    @property
    def machine_dir(self) -> Path:
        """What processes of one machine share by locks and memory; machines may share the rest of `data_dir`."""
        return self.data_dir / "machines" / (platform.node() or "this")

    @property
    def metrics_dir(self) -> Path:
        return self.machine_dir / "metrics"

    @property
    def index_dir(self) -> Path:
        return self.data_dir / "index"

    @property
    def model_dir(self) -> Path:
        return self.data_dir / "models"

    @property
    def media_dir(self) -> Path:
        return self.data_dir / "media"

    @property
    def mail_dir(self) -> Path:
        return self.data_dir / "mail"

    @property
    def sms_dir(self) -> Path:
        return self.data_dir / "sms"


def read_config(environ: Mapping[str, str] | None = None) -> Config:
    """Read the environment; raise BadConfiguration with a sentence that says what to mend."""
    env = os.environ if environ is None else environ
    production = flag(env, "PRODUCTION", default=False)
    secret = env.get("SECRET_KEY", "") or DEVELOPMENT_SECRET
    if production and (secret == DEVELOPMENT_SECRET or len(secret) < SHORTEST_SECRET):
        raise BadConfiguration(
            f"PRODUCTION is on, but SECRET_KEY is missing, the development one, or shorter than {SHORTEST_SECRET} "
            "characters. Set SECRET_KEY to a long random string."
        )
    if production:
        _check_public_url(env.get("PUBLIC_URL", ""))
    data_dir = Path(env.get("DATA_DIR") or ROOT / "var").resolve()
    database_url, database = read_databases(env, data_dir)
    search_backend, search_url, search_name = _search(env, database_url)
    host, port = env.get("HOST") or "127.0.0.1", number(env, "PORT", 8000, 1, 65535)
    return Config(
        data_dir=data_dir,
        database_url=database_url,
        redis_url=env.get("REDIS_URL", ""),
        secret_key=secret,
        production=production,
        host=host,
        port=port,
        workers=number(env, "WEB_WORKERS", 2, 1, 64),
        office_port=_office_port(env, port),
        mail_url=_mail_url(env.get("MAIL_URL", "")),
        mail_from=env.get("MAIL_FROM") or "shop@localhost",
        public_url=(env.get("PUBLIC_URL") or f"http://{host}:{port}").rstrip("/"),
        search_backend=search_backend,
        search_url=search_url,
        search_name=search_name,
        trusted_proxies=number(env, "TRUSTED_PROXIES", 0, 0, 5),
        log_level=choice(env, "LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
        rate_limits=flag(env, "RATE_LIMITS", default=production),
        hsts_subdomains=flag(env, "HSTS_SUBDOMAINS", default=False),
        other_hosts=frozenset(env.get("TRUSTED_HOSTS", "").lower().replace(",", " ").split()),
        sandbox_payments=flag(env, "SANDBOX_PAYMENTS", default=not production),
        payment_keys=_payment_keys(env),
        secret_fallbacks=tuple(env.get("SECRET_KEY_FALLBACKS", "").replace(",", " ").split()),
        metrics_token=_metrics_token(env),
        slow_query_ms=number(env, "SLOW_QUERY_MS", 200, 0, 600_000),
        slow_page_ms=number(env, "SLOW_PAGE_MS", 1000, 0, 600_000),
        database=database,
        kuaidi100=_kuaidi100(env),
        sms=read_sms(env, production=production),
        sign_in_keys=tuple(keys for name in SIGN_IN_PROVIDERS if (keys := _sign_in_keys(env, name, production))),
    )


def _check_public_url(url: str) -> None:
    if not url:
        raise BadConfiguration(
            "PRODUCTION is on, but PUBLIC_URL is missing: links in mails and in the sitemap need the shop's address."
        )
    parts = urlsplit(url)
    if not parts.hostname or (parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}):
        raise BadConfiguration("PRODUCTION is on, so PUBLIC_URL must begin with https:// and name the shop's host.")


def _search(env: Mapping[str, str], database_url: str) -> tuple[str, str, str]:
    """Return the backend ("whoosh", "postgres"), the address of its database without our `+psycopg`, and the name of
    the index there: SEARCH_BACKEND is whoosh, postgres (in the shop's own database), or the address of another
    PostgreSQL database, `postgresql://user@host/database#name`. Shops that share one need different names.
    """
    address, _, name = (env.get("SEARCH_BACKEND") or "whoosh").partition("#")
    if address == "whoosh" and not name:
        return "whoosh", "", ""
    if not address.startswith(("postgres://", "postgresql://", "postgresql+psycopg://")):
        if address != "postgres":
            raise BadConfiguration(
                "SEARCH_BACKEND must be whoosh, postgres, or an address like postgresql://user@host/database#name"
            )
        if not database_url.startswith("postgresql"):
            raise BadConfiguration(
                "SEARCH_BACKEND is postgres, but DATABASE_URL is not PostgreSQL. Set DATABASE_URL to postgresql://..., "
                "or SEARCH_BACKEND to the address of a PostgreSQL database for the search index."
            )
        address = database_url
    if not re.fullmatch(r"[a-z0-9_-]{1,40}", name or SEARCH_NAME):
        raise BadConfiguration(
            "SEARCH_BACKEND may end in #name: up to 40 lower-case letters, digits, hyphens and underscores."
        )
    return "postgres", "postgresql://" + address.partition("://")[2], name or SEARCH_NAME


def _kuaidi100(env: Mapping[str, str]) -> Kuaidi100Account | None:
    """Return the account, or None where there is none; half an account is a mistake."""
    keys = ("KUAIDI100_CUSTOMER", "KUAIDI100_KEY", "KUAIDI100_SALT")
    missing = [key for key in keys if not env.get(key, "").strip()]
    if len(missing) == len(keys):
        return None
    if missing:
        raise BadConfiguration(f"kuaidi100 needs {', '.join(keys)} together; missing: {', '.join(missing)}.")
    customer, key, salt = (env[name].strip() for name in keys)
    url = env.get("KUAIDI100_URL", "").strip().rstrip("/") or KUAIDI100_URL
    if not url.startswith(("https://", "http://127.0.0.1:")):
        raise BadConfiguration("KUAIDI100_URL must begin with https://")
    return Kuaidi100Account(customer, key, salt, url)


def _payment_keys(env: Mapping[str, str]) -> dict[str, str]:
    keys = {name: value for name, value in env.items() if name.startswith(PAYMENT_PREFIXES) and value}
    if ("STRIPE_SECRET_KEY" in keys) != ("STRIPE_WEBHOOK_SECRET" in keys):
        raise BadConfiguration(
            "STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET belong together: without the second nobody could say which "
            "messages are really Stripe's. docs/payments.md says where to find both."
        )
    return keys


def _metrics_token(env: Mapping[str, str]) -> str:
    token = env.get("METRICS_TOKEN", "").strip()
    if token and len(token) < SHORTEST_TOKEN:
        raise BadConfiguration(f"METRICS_TOKEN must have {SHORTEST_TOKEN} characters or more, or be left out.")
    return token


def _office_port(env: Mapping[str, str], port: int) -> int:
    office_port = number(env, "OFFICE_PORT", 0, 0, 65535)
    if office_port == port:
        raise BadConfiguration(f"OFFICE_PORT and PORT are both {port}: the back office needs one of its own")
    return office_port


def _mail_url(url: str) -> str:
    if url:
        read_mail_url(url)
    return url


def _sign_in_keys(env: Mapping[str, str], name: str, production: bool) -> SignInKeys | None:
    client_id, secret = env.get(f"OIDC_{name}_ID", ""), env.get(f"OIDC_{name}_SECRET", "")
    if bool(client_id) != bool(secret):
        raise BadConfiguration(f"OIDC_{name}_ID and OIDC_{name}_SECRET belong together; one of them is missing.")
    url = env.get(f"OIDC_{name}_URL", "").rstrip("/")
    if url and not url.startswith(("https://",) if production else ("https://", "http://")):
        raise BadConfiguration(f"OIDC_{name}_URL must start with https://")
    return SignInKeys(name.lower(), client_id, secret, url) if client_id else None
