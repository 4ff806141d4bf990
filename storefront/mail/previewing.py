"""Every letter that the shop can write, with samples of what it tells. Nothing is registered: letters are found."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache

from flask import current_app

import storefront
from storefront.kernel.errors import NotFound
from storefront.mail import services
from storefront.mail.services import Letter
from storefront.mail.states import Topic

Samples = Mapping[str, Callable[[], object]]
_ENDING = "/subject.txt"


def list_letters() -> dict[str, str]:
    """Return the folder of every letter, by its key: "orders-placed" is orders/mail/placed."""
    folders = {name.removesuffix(_ENDING) for name in current_app.jinja_env.list_templates() if name.endswith(_ENDING)}
    return {folder.replace("/mail/", "-").replace("/", "-"): folder for folder in sorted(folders)}


def sample_letter(key: str, *, locale: str, recipient: str, reference: str = "sample") -> Letter:
    """Return a letter with samples of everything it tells, or NotFound."""
    folder = list_letters().get(key)
    if folder is None:
        raise NotFound
    facts, special, topics = _samples()
    wanted = {**facts, **special.get(folder, {})}
    told = {name: make() for name, make in wanted.items()}
    return Letter(folder, recipient, locale, reference, told, topic=topics.get(folder))


def preview(key: str, *, locale: str) -> tuple[str, str, str]:
    """Return a letter's subject, text and HTML, as its reader would get it."""
    return services.render(sample_letter(key, locale=locale, recipient="ada@example.com"))


@cache
def _samples() -> tuple[Samples, Mapping[str, Samples], Mapping[str, Topic]]:
    facts: dict[str, Callable[[], object]] = {}
    special: dict[str, Samples] = {}
    topics: dict[str, Topic] = {}
    for room in sorted(module.name for module in pkgutil.iter_modules(storefront.__path__) if module.ispkg):
        name = f"storefront.{room}.previews"
        if importlib.util.find_spec(name):
            found = importlib.import_module(name)
            facts |= getattr(found, "FACTS", {})
            special |= getattr(found, "SPECIAL", {})
            topics |= getattr(found, "TOPICS", {})
    return facts, special, topics
