"""The official clients of Python and TypeScript, with a person in a real browser.

Both meet two processes behind a proxy that sends each request to the next one. The Python client
speaks 2026-07-28, the TypeScript client the revision with a handshake.
"""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mcp_authlab import checks, oauthclient  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from gateway.dev.children import child
from gateway.server.run import free_port
from gateway.settings.environment import Driver
from tests.support.chromium import needs_chromium, running_chromium
from tests.support.gateway import ACCOUNTS
from tests.support.node import node
from tests.support.processes import free_ports, running_deployment
from tests.support.sandbox import await_answer
from tests.support.waiting import PATIENCE_SECONDS

NGINX = shutil.which("nginx", path=os.environ.get("PATH", os.defpath) + ":/usr/sbin")
CLIENTS = Path(__file__).parent / "clients"
TOOL, ARGUMENTS = "notion_search_pages", {"query": ""}

pytestmark = [
    pytest.mark.long,
    needs_chromium,
    pytest.mark.skipif(NGINX is None, reason="no nginx on PATH: install it to run these tests"),
]

_PROXY = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder};
    proxy_temp_path {folder};
    fastcgi_temp_path {folder};
    uwsgi_temp_path {folder};
    scgi_temp_path {folder};
    upstream gateways {{
        # The open dashboard calls during the restart: nginx must not give up on both.
        server 127.0.0.1:{first} max_fails=0;
        server 127.0.0.1:{second} max_fails=0;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://gateways;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_buffering off;
        }}
    }}
}}
"""


class Fleet:
    """Two gateways behind a proxy, which can be restarted."""

    def __init__(self, url: str, ports: list[int], start: Callable[[int, ExitStack], None]) -> None:
        self.url = url
        self.ports = ports
        self._start = start
        self._running = ExitStack()

    def start(self) -> None:
        """Start both processes."""
        for port in self.ports:
            self._start(port, self._running)

    def stop(self) -> None:
        """End both processes."""
        self._running.close()
        self._running = ExitStack()


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, mongodb_url: str) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("fleet")
    port, ports = free_port(), free_ports(2)
    url = f"http://localhost:{port}"
    with (
        running_deployment(
            folder,
            mongodb_url=mongodb_url,
            database="mcp_clients",
            driver=Driver.MOTOR,
            gateways=0,
            env={"GATEWAY_PUBLIC_URL": url},
        ) as deployment,
        ExitStack() as stack,
    ):

        def start(number: int, running: ExitStack) -> None:
            log = folder / f"gateway-{number}.log"
            command = [sys.executable, "-m", "gateway", "serve", "--port", str(number)]
            env = os.environ | dict(deployment.env)
            process = running.enter_context(child(command, env=env, log=log))
            await_answer(f"http://localhost:{number}/readyz", process, log)

        made = Fleet(url, ports, start)
        stack.callback(made.stop)
        made.start()
        config = folder / "nginx.conf"
        first, second = ports
        config.write_text(_PROXY.format(folder=folder, port=port, first=first, second=second))
        log = folder / "nginx.log"
        assert NGINX is not None
        proxy = stack.enter_context(child([NGINX, "-c", str(config)], log=log))
        await_answer(f"{url}/readyz", proxy, log)
        yield made
        for number in ports:
            served = (folder / f"gateway-{number}.log").read_text()
            assert '"/mcp"' in served, f"no request of a client reached the process at {number}"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@dataclass
class Program:
    """A client as a process: one JSON object per line in both directions."""

    process: subprocess.Popen[str]
    said: queue.Queue[str]

    def tell(self, **command: Any) -> None:
        """Send a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """Return the next message."""
        line = self.said.get(timeout=PATIENCE_SECONDS)
        assert line, "the client has ended"
        return dict(json.loads(line))


@contextmanager
def running_program(*command: str) -> Iterator[Program]:
    """Run a client until the context ends. Its complaints go to the test's own output."""
    env = {**os.environ, "NO_PROXY": "*", "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    ) as process:
        said: queue.Queue[str] = queue.Queue()
        stdout = process.stdout
        assert stdout is not None

        def read() -> None:
            for line in stdout:
                said.put(line)
            said.put("")

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            yield Program(process, said)
        finally:
            process.kill()
            process.wait()
            reader.join()


def log_in(page: Page, url: str, user: str) -> None:
    """Open the client's link as a stranger, sign in, let the client in, and come back to it."""
    page.goto(url)
    page.get_by_label("name").fill(user)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Let it in").click()
    page.wait_for_url(re.compile(r"^http://127\.0\.0\.1:\d+/callback"))


def connect(page: Page, url: str) -> None:
    """Open the link of a call and connect the account."""
    page.goto(url)
    page.get_by_role("button", name=re.compile("Continue to")).click()
    page.get_by_role("button", name=ACCOUNTS["notion"], exact=True).click()
    page.wait_for_url(re.compile(r"/dashboard/"))


def journey(fleet: Fleet, chromium: Browser, user: str, *command: str) -> str:
    """Log in, list, call, connect, go on, survive a restart; return the client's revision."""
    context = chromium.new_context(base_url=fleet.url)
    page = context.new_page()
    with running_program(*command, f"{fleet.url}/mcp") as client:
        log_in(page, client.hear()["open"], user)
        version = str(client.hear()["version"])
        client.tell(do="list")
        assert {TOOL, "discover"} <= {*client.hear()["tools"]}

        client.tell(do="call", tool=TOOL, arguments=ARGUMENTS)
        connect(page, client.hear()["open"])
        client.tell(do="done")
        result = client.hear()
        assert result.get("error") is False, result

        fleet.stop()
        fleet.start()
        client.tell(do="call", tool=TOOL, arguments=ARGUMENTS)
        assert client.hear() == result, "it works no more after a restart, or asks again"
    context.close()
    return version


def test_the_python_client_logs_in_connects_and_survives_a_restart(
    fleet: Fleet, chromium: Browser
) -> None:
    program = str(CLIENTS / "python_client.py")
    assert journey(fleet, chromium, "pia", sys.executable, program) == "2026-07-28"


def test_the_typescript_client_logs_in_connects_and_survives_a_restart(
    fleet: Fleet, chromium: Browser
) -> None:
    program = str(CLIENTS / "typescript_client.mjs")
    assert journey(fleet, chromium, "tom", str(node()), program) == "2025-11-25"


EXPLAINED = {
    "TLS-01": "the test's gateway is on loopback",
    "ASF-01": "a stranger signs in before anything of a request is judged; without a challenge it "
    "is refused then (tests/authorization)",
    "ASF-03": "it would need a code for another resource, which the server gives to nobody; the "
    "redirect URI of a code is compared in tests/authorization",
    "TOK-03": "the server signs no token for another resource; those of another audience are "
    "refused in test_resource.py",
}
"""The findings of the scanner, each with the reason why it is meant to be so."""


def test_a_scanner_of_protected_servers_finds_nothing_unexplained(
    fleet: Fleet, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """mcp-authlab registers, logs in, attacks its own login, and scans with its tokens."""
    urls: queue.Queue[str] = queue.Queue()
    monkeypatch.setattr(webbrowser, "open", urls.put)
    url = f"{fleet.url}/mcp"
    login = oauthclient.Login(url, timeout=20, log=lambda _: None)
    found: list[oauthclient.LoginOutcome] = []
    thread = threading.Thread(target=lambda: found.append(login.run()))
    thread.start()
    context = chromium.new_context(base_url=fleet.url)
    page = context.new_page()
    log_in(page, urls.get(timeout=PATIENCE_SECONDS), "scanner")
    while thread.is_alive():
        try:
            page.goto(urls.get(timeout=0.1))
        except queue.Empty:
            continue
        button = page.get_by_role("button", name="Let it in")
        if button.is_visible():  # its attack on a code ended what was allowed before
            button.click()
    context.close()
    (outcome,) = found
    report = checks.run(url, stored=outcome.to_store())
    noted = {each["id"]: each["message"] for each in report["results"] if each["status"] != "pass"}
    assert noted.keys() == EXPLAINED.keys(), noted
