"""What every payment server on this machine has in common: it listens on loopback, and can be down, silent, or lose
what it answers.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat


@dataclass(frozen=True)
class Call:
    """One request, with header names in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Loopback:
    """A server in a thread; what it answers is `answer` of a subclass."""

    def __init__(self) -> None:
        self.is_down = False
        self.loses_answers = False
        self.calls: list[Call] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, call: Call) -> Answer:
        """Return what this server says."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop listening."""
        self.well()
        self._server.shutdown()
        self._server.server_close()

    def well(self) -> None:
        """Be neither down nor silent."""
        self.is_down = self.loses_answers = False
        self.may_answer.set()

    def silent(self) -> None:
        """Take requests and answer none."""
        self.may_answer.clear()

    def _handler(peer) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def _serve(self) -> None:
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length") or 0))
                call = Call(self.command, parts.path, parts.query, headers, body)
                if not peer.may_answer.wait(0):
                    peer.may_answer.wait(10)
                    return
                with peer.lock:
                    peer.calls.append(call)
                    said = Answer(503, b"down for a while") if peer.is_down else peer.answer(call)
                    if peer.loses_answers:
                        said = Answer(502, b"lost on the way")
                self.send_response(said.status)
                for name, value in {"Content-Type": "application/json", **said.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body)

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        return Handler


def as_json(status: int, thing: Any, **headers: str) -> Answer:
    """Answer with JSON."""
    return Answer(status, json.dumps(thing, ensure_ascii=False, separators=(",", ":")).encode(), dict(headers))


@cache
def key_of(whom: str) -> RSAPrivateKey:
    """Return somebody's key, made once for all tests."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(whom: str) -> str:
    """Return somebody's private key as merchants get it."""
    made = key_of(whom).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.decode()


def public_pem(whom: str) -> str:
    """Return somebody's public key."""
    return key_of(whom).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
