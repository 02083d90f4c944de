"""The actions of people, tools and hosts, with every secret noted and every answer kept."""

from __future__ import annotations

import json
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.leaks.canaries import Canaries
from tests.support.answers import WatchedTransport
from tests.support.browser import Browser
from tests.support.linking import dump
from tests.support.loopback import NO_TLS
from tests.support.waiting import PATIENCE_SECONDS

CARRIERS: list[tuple[str, str, int, str]] = [
    # Secrets that an answer must carry: method, path, status, kind.
    ("POST", r"/v1/connectors/\w+/(token|refresh)", 200, "access token"),
    ("POST", r"/v1/keys", 201, "service key"),
    ("POST", r"/v1/webhooks", 201, "webhook secret"),
    ("POST", r"/v1/connectors/\w+/start", 200, "state"),
    ("POST", r"/login", 200, "login state"),
    ("POST", r"/login", 200, "nonce"),
    ("POST", r"/login", 200, "login challenge"),
    ("POST", r"/v1/logins", 201, "login challenge"),
    ("POST", r"/v1/logins", 201, "login verifier"),
]

MEANT_TO_HOLD_SECRETS = {"sandbox.json", "sandbox-tls.pem"}


@dataclass
class Journey:
    """One gateway, and everything that it says."""

    url: str
    canaries: Canaries
    stack: AsyncExitStack
    transport: WatchedTransport = field(
        default_factory=lambda: WatchedTransport(httpx.AsyncHTTPTransport(verify=NO_TLS))
    )

    def __post_init__(self) -> None:
        self.stack.push_async_callback(self.transport.inner.aclose)

    async def browser(self, user: str | None = None) -> Browser:
        """A new browser profile, signed in with the development login if ``user`` is given."""
        browser = await self.stack.enter_async_context(Browser(self.url, self.transport))
        if user is not None:
            await browser.sign_in(user)
            self.note(browser)
        return browser

    def api(self, key: str) -> httpx.AsyncClient:
        """A client with a service key."""
        self.canaries.add("service key", secret_part(key))
        return httpx.AsyncClient(
            base_url=self.url,
            transport=self.transport,
            headers={"Authorization": f"Bearer {key}"},
            trust_env=False,
            timeout=PATIENCE_SECONDS,
        )

    def note(self, browser: Browser) -> None:
        """Look for the browser's cookies, and for what its addresses held."""
        for cookie in browser.client.cookies.jar:
            self.canaries.add("cookie", cookie.value or "")
        for page in browser.history:
            query = parse_qs(urlsplit(str(page.url)).query)
            self.canaries.add("state", *query.get("state", []))
            self.canaries.add("code", *(code for code in query.get("code", []) if len(code) > 16))

    async def start(self, browser: Browser, connector: str, query: str = "") -> str:
        """Begin to connect; the state."""
        await browser.start(connector, query)
        self.note(browser)
        return parse_qs(urlsplit(browser.url).query)["state"][0]

    async def connect(self, browser: Browser, connector: str, account: str) -> str:
        """The whole flow; its outcome."""
        await self.start(browser, connector)
        await browser.approve(account)
        self.note(browser)
        return browser.outcome()

    def leaks(self) -> list[str]:
        """Where an answer holds a secret that it is not there to carry (J1, J2, J3)."""
        return [
            f"{answer.request.method} {answer.request.url.path} -> {answer.status_code}: {what}"
            for answer in self.transport.answers
            for what in self._leaks_of(answer)
        ]

    def _leaks_of(self, answer: httpx.Response) -> list[str]:
        path = answer.request.url.path
        carried = frozenset(
            kind
            for method, pattern, status, kind in CARRIERS
            if (method, status) == (answer.request.method, answer.status_code)
            and re.fullmatch(pattern, path)
        )
        headers = [(name, value) for name, value in answer.headers.items() if name != "set-cookie"]
        found = self.canaries.found_in(answer.content, but=carried)
        found += self.canaries.found_in(json.dumps(headers).encode())  # Location is one of them
        cookies = "\n".join(answer.headers.get_list("set-cookie"))
        return found + self.canaries.found_in(cookies.encode(), but=frozenset({"cookie"}))


def secret_part(key: str) -> str:
    """The secret part of a service key, without its public id."""
    return key.rpartition("_")[2]


def note_ledger(canaries: Canaries, file: Path) -> None:
    """Look for every code and token that the simulated providers have issued up to now."""
    ledger = json.loads(file.read_text())
    canaries.add("code", *ledger["codes"])
    canaries.add("access token", *ledger["access_tokens"])
    canaries.add("refresh token", *ledger["refresh_tokens"])


def left_behind(canaries: Canaries, folder: Path) -> list[str]:
    """The files below ``folder`` in which a secret is."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    searched = [file for file in files if file.name not in MEANT_TO_HOLD_SECRETS]
    assert [file for file in searched if file.suffix == ".log" and file.stat().st_size > 0]
    return [
        f"{file.name}: {what}" for file in searched for what in canaries.found_in(file.read_bytes())
    ]


def stored(canaries: Canaries, url: str, database: str) -> list[str]:
    """The collections in which a secret is."""
    found = dump(url, database)
    assert found
    return [f"{name}: {what}" for name, rows in found.items() for what in canaries.found_in(rows)]
