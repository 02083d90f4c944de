"""The login hand-off in a browser, with the example host of docs/logins.md as a process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from gateway.server.run import free_port
from tests.support.chromium import needs_chromium
from tests.support.commands import create_key
from tests.support.dashboard import DASHBOARD
from tests.support.login_processes import running_gateway_process, running_host, watched

pytestmark = needs_chromium


@dataclass(frozen=True)
class AtHost:
    """A gateway whose users sign in at a host."""

    url: str
    host_url: str
    log: Path

    def visitor(self, chromium: Browser, user: str | None) -> BrowserContext:
        """Open a browser; the host knows it as ``user``'s, or as signed out."""
        context = chromium.new_context(base_url=self.url)
        if user is not None:
            context.add_cookies([{"name": "example_user", "value": user, "url": self.host_url}])
        return context


@pytest.fixture
def handoff(tmp_path: Path, mongodb_url: str, database_name: str) -> Iterator[AtHost]:
    port, host_port = free_port(), free_port()
    url, host_url = f"http://localhost:{port}", f"http://127.0.0.1:{host_port}"
    env = {"GATEWAY_LOGIN": "handoff", "GATEWAY_HANDOFF_URL": f"{host_url}/gateway-login"}
    with (
        running_gateway_process(tmp_path, port, env, mongodb_url, database_name) as full,
        running_host(tmp_path, host_port, url, create_key("logins", env=full, cwd=tmp_path)),
    ):
        yield AtHost(url, host_url, tmp_path / "gateway.log")


@pytest.mark.requirement("A2", "G1")
def test_user_of_the_host_signs_in_and_out(chromium: Browser, handoff: AtHost) -> None:
    """From the dashboard's address, without a violation of the content policy, and out again."""
    context = handoff.visitor(chromium, "nora")
    page, complaints = watched(context)
    page.goto("/dashboard/connectors")
    expect(page.get_by_role("heading")).to_have_text("Sign in")
    page.get_by_role("button", name="Continue to sign in").click()
    page.wait_for_url(DASHBOARD)
    expect(page.locator(".account-menu summary")).to_contain_text("nora")
    page.locator(".account-menu summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.locator(".notice")).to_contain_text("you may still be signed in")
    page.goto("/dashboard/connectors")
    page.wait_for_url(re.compile("/login"))
    assert complaints == []
    log = handoff.log.read_text()
    assert "login_verifier" not in log  # J1
    assert "login_challenge" not in log
    context.close()


@pytest.mark.requirement("A1")
def test_stolen_or_forwarded_challenge_signs_neither_person_in(
    chromium: Browser, handoff: AtHost
) -> None:
    """Mallory starts; Victor follows her link to the host, which knows him and accepts."""
    mallory = handoff.visitor(chromium, None).new_page()
    mallory.goto("/login")
    mallory.get_by_role("button", name="Continue to sign in").click()
    mallory.wait_for_url(re.compile("/gateway-login"))
    link = mallory.url

    victims = handoff.visitor(chromium, "victor")
    victor = victims.new_page()
    with victor.expect_request(re.compile(r"/login/continue\?")) as returned:
        victor.goto(link)
    expect(victor.get_by_role("heading")).to_have_text("You are not signed in")
    for address in (returned.value.url, returned.value.url.partition("&login_verifier")[0]):
        mallory.goto(address)
        expect(mallory.get_by_role("heading")).to_have_text("You are not signed in")
    for page in (mallory, victor):
        page.goto("/dashboard/connectors")
        page.wait_for_url(re.compile("/login"))

    # An honest sign-in works right after.
    victor.get_by_role("button", name="Continue to sign in").click()
    victor.wait_for_url(DASHBOARD)
    expect(victor.locator(".account-menu summary")).to_contain_text("victor")
    victims.close()
