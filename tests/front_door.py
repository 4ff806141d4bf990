"""nginx with the configuration of `deploy/`, on ports and in folders of a test's own."""

from __future__ import annotations

import datetime
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from benchmarks.server import free_port
from storefront.config import ROOT

CONFIG = ROOT / "deploy" / "nginx" / "shop.conf"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
IS_THERE = Path(NGINX).exists()


@dataclass
class FrontDoor:
    """A server over TLS, in front of shops on other ports."""

    folder: Path
    shops: Sequence[int]
    office: int = 8001
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def configure(self) -> Path:
        """Fill in what an operator does, and return the path of the whole configuration."""
        _certify(self.folder)
        text = CONFIG.read_text()
        text = re.sub(r"listen \[::\]:\S+ .*;\n", "", text)
        text = text.replace("listen 443", f"listen 127.0.0.1:{self.port}")
        text = text.replace("listen 80 default_server", f"listen 127.0.0.1:{free_port()} default_server")
        servers = "\n".join(f"    server 127.0.0.1:{port} max_fails=2 fail_timeout=5s;" for port in self.shops)
        text = text.replace("    server 127.0.0.1:8000 max_fails=2 fail_timeout=5s;", servers)
        text = text.replace("server 127.0.0.1:8001 max", f"server 127.0.0.1:{self.office} max")
        text = text.replace("server 127.0.0.1:8000 backup", f"server 127.0.0.1:{self.shops[0]} backup")
        for real in ("/etc/ssl/shop", "/var/log/nginx", "/srv/shop/public"):
            text = text.replace(real, str(self.folder))
        text = text.replace("/usr/share/shop", str(CONFIG.parent)).replace("rate=30r/s", "rate=10000r/s")
        text = text.replace("rate=5r/s", "rate=10000r/s")
        whole = self.folder / "nginx.conf"
        temporary = "\n".join(
            f"{kind}_temp_path {self.folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        whole.write_text(
            f"pid {self.folder}/nginx.pid;\nerror_log {self.folder}/error.log;\ndaemon off;\n"
            f"events {{}}\nhttp {{\n{temporary}\naccess_log off;\n{text}\n}}\n"
        )
        return whole

    def check(self) -> subprocess.CompletedProcess[str]:
        """Let nginx read it."""
        command = [NGINX, "-t", "-p", str(self.folder), "-c", str(self.configure())]
        return subprocess.run(command, check=False, capture_output=True, text=True)

    def open(self) -> None:
        command = [NGINX, "-p", str(self.folder), "-c", str(self.configure())]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        for _ in range(100):
            if (self.folder / "nginx.pid").exists():
                return
            time.sleep(0.05)
        raise AssertionError((self.folder / "error.log").read_text())

    @contextmanager
    def opened(self) -> Iterator[FrontDoor]:
        """Be open for a block."""
        self.open()
        try:
            yield self
        finally:
            self.close()

    def close(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None


def _certify(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example.com")])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    )
