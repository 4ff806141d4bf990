"""Keys as merchants have them: a PEM text, the same on one line, the bare base64 that key tools print, or a file."""

from __future__ import annotations

import textwrap
from pathlib import Path

from storefront.payments.errors import ProviderFailed


def read_pem(value: str, label: str) -> str:
    """Return a key as PEM; `label` ("PRIVATE KEY", "PUBLIC KEY") is what bare base64 is taken for."""
    text = value.strip()
    if text.startswith(("/", "./")) and text.endswith((".pem", ".key", ".txt")):
        try:
            text = Path(text).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ProviderFailed(f"the key file {text} cannot be read: {error}", permanent=False) from error
    text = text.replace("\\n", "\n").strip()
    if "-----BEGIN" in text:
        return f"{text}\n"
    lines = textwrap.wrap("".join(text.split()), 64)
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])
