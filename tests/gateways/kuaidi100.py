"""kuaidi100, as its public interface documents it: it checks who asks, remembers subscriptions and signs what it tells.

It knows the account by its own copy of the keys and computes each signature by itself.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

CUSTOMER, KEY, SALT = "A1B2C3D4E5F6", "kQzPxVnT8823", "salt-of-the-earth"
ENVIRON = {"KUAIDI100_CUSTOMER": CUSTOMER, "KUAIDI100_KEY": KEY, "KUAIDI100_SALT": SALT}


def row(time: str, context: str, *, code: str = "", place: str = "") -> dict[str, str]:
    """One piece of news as kuaidi100 writes it; `code` is its number for the state."""
    return {"time": time, "ftime": time, "context": context, "statusCode": code, "areaName": place}


class Kuaidi100:
    """What it knows and what it was asked."""

    def __init__(self) -> None:
        self.results: dict[str, dict[str, Any]] = {}
        self.subscriptions: dict[str, dict[str, Any]] = {}
        self.queries: list[dict[str, Any]] = []
        self.refuses = ""
        self.url = ""

    def knows(self, number: str, rows: list[dict[str, str]], *, state: str = "0", company: str = "shunfeng") -> None:
        """Let it know where a parcel is."""
        self.results[number] = {
            **{"message": "ok", "nu": number, "com": company, "status": "200", "state": state},
            **{"ischeck": "1" if state == "3" else "0", "condition": "00", "data": rows},
        }

    def push(self, number: str, *, salt: str = SALT) -> dict[str, str]:
        """Return the form that it posts to whoever subscribed."""
        told = {"status": "polling", "billstatus": "got", "message": "", "lastResult": self.results[number]}
        param = json.dumps(told, ensure_ascii=False)
        return {"param": param, "sign": hashlib.md5((param + salt).encode()).hexdigest().upper()}

    def answer(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        """Answer a request."""
        if self.refuses:
            return {"result": False, "returnCode": self.refuses, "message": "refused"}
        asked: dict[str, Any] = json.loads(form["param"])
        if path == "/poll/query.do":
            expected = hashlib.md5((form["param"] + KEY + CUSTOMER).encode()).hexdigest().upper()
            if form.get("sign") != expected or form.get("customer") != CUSTOMER:
                return {"result": False, "returnCode": "503", "message": "验证签名失败"}
            self.queries.append(asked)
            unknown = {"result": False, "returnCode": "500", "message": "查询无结果，请隔段时间再查"}
            return self.results.get(asked["num"], unknown)
        if asked.get("key") != KEY:
            return {"result": False, "returnCode": "600", "message": "您不是合法的订阅者"}
        if asked["number"] in self.subscriptions:
            return {"result": False, "returnCode": "501", "message": "重复订阅"}
        self.subscriptions[asked["number"]] = asked
        return {"result": True, "returnCode": "200", "message": "提交成功"}


@contextmanager
def serving() -> Iterator[Kuaidi100]:
    """Serve it on a port of its own."""
    gateway = Kuaidi100()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            form = {key: values[0] for key, values in parse_qs(self.rfile.read(length).decode()).items()}
            body = json.dumps(gateway.answer(self.path, form), ensure_ascii=False).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
