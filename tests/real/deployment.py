"""The deployment of ``docs/deploy.md``, installed from a wheel, with all of its processes.

MongoDB requires passwords, people sign in at Canaille, and nginx ends TLS. Only names, ports and
secrets differ from the page.
"""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import trustme

from gateway.dev.children import child
from gateway.server.run import free_port
from tests.real.canaille import CanailleServer, running_canaille
from tests.real.deploy_page import ROOT, Page, run
from tests.real.locked_mongod import running_locked_mongod
from tests.support.sandbox import await_answer

NGINX = shutil.which("nginx", path=os.environ.get("PATH", os.defpath) + ":/usr/sbin")
BARE = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
TOKEN_SECONDS = 8
PORTS = ("3141", "3142", "9460", "9461", "9462")


def install(place: Path) -> Path:
    """Do steps 1 and 2: create the server's folder in ``place``, with the wheel installed.

    Raises:
        AssertionError: a command failed. The text has the end of its output.
    """
    folder = place / "connector-gateway"
    folder.mkdir(mode=0o700)
    page = Page(
        {
            "make install": ":",  # done already, where tests run
            ".venv/bin/python": sys.executable,
            "--wheel-dir dist": f"--wheel-dir {folder}",
            "python3.11": sys.executable,
        }
    )
    (build,) = page.blocks("Build", "sh")
    run(page.translated(build), ROOT, os.environ)
    shutil.copy(ROOT / "requirements.txt", folder)
    pip = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "HTTP"))}
    commands = page.translated(page.block("Install", "sh", "--require-hashes"))
    run(commands, folder, BARE | pip | {"HOME": str(Path.home())})
    return folder


@dataclass(frozen=True)
class Deployment:
    """All parts of the page, running."""

    url: str
    folder: Path
    page: Page
    canaille: CanailleServer
    authority: Path
    web: tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]

    def command(self, text: str) -> str:
        """Run a command of the page in the server's folder and return its output."""
        return run(self.page.translated(text), self.folder, BARE)

    @property
    def trust(self) -> ssl.SSLContext:
        """The TLS context for clients of the proxy."""
        return ssl.create_default_context(cafile=self.authority)

    def logs(self) -> dict[str, str]:
        """Return the logs of the processes and of the proxy, by file name."""
        return {path.name: path.read_text() for path in (self.folder / "log").iterdir()}


@contextmanager
def running_deployment(installed: Path, tmp_path: Path) -> Iterator[Deployment]:
    """Do steps 3 to 7; files that are not the gateway's are in ``tmp_path``."""
    log = installed / "log"
    log.mkdir()
    proxy_port = free_port()
    url = f"https://localhost:{proxy_port}"
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(str(tmp_path / "chain.pem"), append=True)
    page = Page(
        {
            "/srv/connector-gateway": str(installed),
            "https://gateway.example.com": url,
            "server_name gateway.example.com": "server_name localhost",
            "listen 443": f"listen 127.0.0.1:{proxy_port}",
            "/etc/ssl/gateway.example.com/fullchain.pem": str(tmp_path / "chain.pem"),
            "/etc/ssl/gateway.example.com/privkey.pem": str(tmp_path / "key.pem"),
            "/var/log/nginx/connector-gateway.log": str(log / "nginx-access.log"),
            "/var/log/nginx/connector-gateway-error.log": str(log / "nginx-error.log"),
            **{port: str(free_port()) for port in PORTS},
        }
    )
    with ExitStack() as stack:
        (make_key,) = page.blocks("The encryption key", "sh")
        run(make_key, installed, BARE)
        name, roles = page.database_user()
        mongodb_url = stack.enter_context(
            running_locked_mongod(tmp_path / "mongodb", user=name, roles=roles, database="gateway")
        )
        canaille = stack.enter_context(
            running_canaille(
                tmp_path,
                redirect_uri=f"{url}/login/callback",
                more_redirect_uris=[f"{url}/v1/connectors/canaille/callback"],
                access_token_seconds=TOKEN_SECONDS,
                refresh_token_seconds=3600,
            )
        )
        settings = page.settings(
            {
                "GATEWAY_MONGODB_URL": mongodb_url,
                "GATEWAY_OIDC_ISSUER": canaille.issuer,
                "GATEWAY_OIDC_CLIENT_ID": canaille.client_id,
                "GATEWAY_OIDC_CLIENT_SECRET": canaille.client_secret,
                # Canaille is on the local network, and the only provider there.
                "GATEWAY_CA_FILE": str(canaille.ca_file),
                "GATEWAY_EGRESS_ALLOW": canaille.base_url.removeprefix("https://"),
                "GATEWAY_CONNECTORS_PATH": str(Path(__file__).parent / "connectors"),
                "CANAILLE_URL": canaille.base_url,
                "OAUTH_CANAILLE_CLIENT_ID": canaille.client_id,
                "OAUTH_CANAILLE_CLIENT_SECRET": canaille.client_secret,
            }
        )
        (installed / ".env.local").write_text(settings)
        run(page.block("Settings", "sh", "chmod"), installed, BARE)
        run(page.block("Settings", "sh", "doctor"), installed, BARE)

        def start(name: str, command: list[str]) -> subprocess.Popen[bytes]:
            return stack.enter_context(child(command, env=BARE, log=log / name, cwd=installed))

        first = start("web-1.log", page.command("web process %i", 1))
        second = start("web-2.log", page.command("web process %i", 2))
        worker = start("worker.log", page.command("worker"))
        probes = re.findall(
            r"http://\S+", page.translated(page.block("The processes", "sh", "curl"))
        )
        for probe, process, name in zip(
            probes, (first, second, worker), ("web-1.log", "web-2.log", "worker.log"), strict=True
        ):
            await_answer(probe, process, log / name)
        (site,) = page.blocks("The proxy", "nginx")
        start("nginx.log", _nginx(tmp_path / "nginx", page.translated(site)))
        trust = ssl.create_default_context(cafile=tmp_path / "authority.pem")
        await_until(lambda: _answers(f"{url}/readyz", trust), "the proxy answers", 30)
        yield Deployment(
            url, installed, page, canaille, tmp_path / "authority.pem", (first, second)
        )


def _nginx(folder: Path, site: str) -> list[str]:
    """Return the command for an nginx with the one site ``site`` and its files in ``folder``."""
    folder.mkdir()
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\nworker_processes 1;\npid {folder}/pid;\nerror_log stderr;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{places}{site}}}\n"
    )
    assert NGINX is not None
    return [NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder)]


def _answers(url: str, trust: ssl.SSLContext) -> bool:
    try:
        return httpx.get(url, verify=trust, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def await_until(done: Callable[[], bool], what: str, seconds: float) -> None:
    """Wait for another process, which sends no event to wait for."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)
