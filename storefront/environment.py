"""Reading the environment: numbers, choices and switches, each with a sentence when it makes no sense."""

from __future__ import annotations

from collections.abc import Mapping


class BadConfiguration(RuntimeError):
    """The environment says something the shop cannot start with."""


def read_number(env: Mapping[str, str], key: str, default: int, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`."""
    text = env.get(key, "")
    if not text:
        return default
    if not text.isdecimal() or not low <= int(text) <= high:
        raise BadConfiguration(f"{key} must be a whole number from {low} to {high}, not {text!r}")
    return int(text)


def read_flag(env: Mapping[str, str], key: str, *, default: bool) -> bool:
    """Return what yes or no, in any of their words, says."""
    text = env.get(key, "").strip().lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise BadConfiguration(f"{key} must be yes or no, not {text!r}")


def read_choice(env: Mapping[str, str], key: str, choices: tuple[str, ...]) -> str:
    """Return one of `choices`, the first of them by default."""
    text = env.get(key) or choices[0]
    if text not in choices:
        raise BadConfiguration(f"{key} must be one of {', '.join(choices)}, not {text!r}")
    return text
