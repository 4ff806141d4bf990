"""What systemd is told (sd_notify) and what it hands over (socket activation), in the few lines that this takes."""

from __future__ import annotations

import os
import socket
import time

FIRST_HANDED = 3


def notify(*lines: str) -> None:
    """Tell systemd, if it listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
        door.connect("\0" + address[1:] if address.startswith("@") else address)
        door.sendall("\n".join(lines).encode())


def ready() -> None:
    """Everything runs."""
    notify("READY=1")


def reloading() -> None:
    """Workers are being replaced; `ready` says when that is over."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def stopping() -> None:
    """The shop closes."""
    notify("STOPPING=1")


def alive() -> None:
    """The supervisor does its rounds."""
    notify("WATCHDOG=1")


def handed_socket() -> socket.socket | None:
    """Return the listening socket that systemd opened for this process, if it did."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or os.environ.get("LISTEN_FDS") != "1":
        return None
    return socket.socket(fileno=FIRST_HANDED)
