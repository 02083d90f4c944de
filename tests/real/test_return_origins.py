"""A host application gets its users back from the connect page, in a real browser.

Chromium applies ``form-action`` to the redirect after a form post: a pasted key shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from gateway.client import with_return_to
from tests.real.conftest import running_dev
from tests.real.test_owners_and_keys import held
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DevGateway, sign_in
from tests.support.gateway import ACCOUNTS

pytestmark = [pytest.mark.long, needs_chromium]


class _Application(BaseHTTPRequestHandler):
    """Every page is the same; the server's ``referrers`` says from where a browser came."""

    def do_GET(self) -> None:
        self.server.referrers.append(self.headers["Referer"])  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>The application</title><link rel=icon href='data:,'>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def application() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Application) as server:
        server.referrers = []  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def dev(
    tmp_path_factory: pytest.TempPathFactory, application: ThreadingHTTPServer
) -> Iterator[DevGateway]:
    origin = f"http://localhost:{application.server_port}"
    folder = tmp_path_factory.mktemp("dev")
    with running_dev(folder, GATEWAY_RETURN_ORIGINS=origin) as gateway:
        yield gateway


def arrived(page: Page, application: ThreadingHTTPServer) -> dict[str, str]:
    """Wait for the application's page; return the query that it got."""
    page.wait_for_url(re.compile(rf"^http://localhost:{application.server_port}/accounts\?"))
    assert page.title() == "The application"
    assert set(application.referrers) == {None}  # type: ignore[attr-defined]
    return dict(parse_qsl(urlsplit(page.url).query))


def test_each_end_leads_back_without_a_referrer(
    dev: DevGateway, chromium: Browser, application: ThreadingHTTPServer
) -> None:
    context = chromium.new_context(base_url=dev.url)
    page = context.new_page()
    sign_in(page, "returning")
    target = f"http://localhost:{application.server_port}/accounts?tab=2"

    page.goto(with_return_to(f"{dev.url}/connectors/openai", target))
    for name, value in held("openai", "ana").items():
        page.locator(f"[name='input.{name}']").fill(value)
    page.get_by_role("button", name=re.compile("Check and")).click()
    pasted = arrived(page, application)
    assert (pasted["tab"], pasted["connector"], pasted["connection"][:4]) == ("2", "openai", "con_")
    assert pasted["outcome"].startswith("key_")

    page.goto(with_return_to(f"{dev.url}/connectors/notion", target))
    page.get_by_role("link", name="Cancel").click()
    assert arrived(page, application) == {"tab": "2", "outcome": "declined", "connector": "notion"}

    page.goto(with_return_to(f"{dev.url}/connectors/notion", target))
    page.get_by_role("button", name=re.compile("Continue to")).click()
    page.get_by_role("button", name=ACCOUNTS["notion"], exact=True).click()
    assert arrived(page, application)["outcome"] == "connected"

    for near in (f"{target}#x", target.replace("//", "//a@"), target.replace("localhost", "[::1]")):
        page.goto(f"{dev.url}/connectors/notion?return_to={quote(near, safe='')}")
        cancel = page.get_by_role("link", name="Cancel")
        assert cancel.get_attribute("href") == "/dashboard/connectors"
    context.close()
