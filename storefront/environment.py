"""Values as the environment writes them, read strictly: what makes no sense is refused by its name."""

from __future__ import annotations

from collections.abc import Mapping


class BadConfiguration(RuntimeError):
    """The environment says something the shop cannot start with."""


def number(env: Mapping[str, str], key: str, default: int, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`; `default` where nothing is said."""
    text = env.get(key, "")
    if not text:
        return default
    if not text.isdecimal() or not low <= int(text) <= high:
        raise BadConfiguration(f"{key} must be a whole number from {low} to {high}, not {text!r}")
    return int(text)


def flag(env: Mapping[str, str], key: str, *, default: bool) -> bool:
    """Return yes or no; `default` where nothing is said."""
    text = env.get(key, "").strip().lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise BadConfiguration(f"{key} must be yes or no, not {text!r}")


def choice(env: Mapping[str, str], key: str, choices: tuple[str, ...]) -> str:
    """Return one of `choices`; the first where nothing is said."""
    text = env.get(key) or choices[0]
    if text not in choices:
        raise BadConfiguration(f"{key} must be one of {', '.join(choices)}, not {text!r}")
    return text
