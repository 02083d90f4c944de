"""Sign-in at Canaille, an independent OpenID Connect provider."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from playwright.sync_api import Browser, expect

from gateway.server.run import free_port
from tests.real.canaille import CanailleServer, consent, running_canaille, sign_in
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DASHBOARD
from tests.support.login_processes import running_gateway_process, watched


@dataclass(frozen=True)
class AtCanaille:
    """A gateway whose users sign in at Canaille."""

    url: str
    canaille: CanailleServer
    log: Path


@pytest.fixture
def oidc(tmp_path: Path, mongodb_url: str, database_name: str) -> Iterator[AtCanaille]:
    port = free_port()
    url = f"http://localhost:{port}"
    with running_canaille(
        tmp_path, redirect_uri=f"{url}/login/callback", access_token_seconds=60
    ) as canaille:
        env = {
            "GATEWAY_LOGIN": "oidc",
            "GATEWAY_OIDC_ISSUER": canaille.issuer,
            "GATEWAY_OIDC_CLIENT_ID": canaille.client_id,
            "GATEWAY_OIDC_CLIENT_SECRET": canaille.client_secret,
            "GATEWAY_CA_FILE": str(canaille.ca_file),
            "GATEWAY_EGRESS_ALLOW": canaille.base_url.removeprefix("https://"),
        }
        with running_gateway_process(tmp_path, port, env, mongodb_url, database_name):
            yield AtCanaille(url, canaille, tmp_path / "gateway.log")


@pytest.mark.requirement("A1", "A4", "A6", "G1")
@needs_chromium
def test_person_signs_in_at_an_independent_provider(chromium: Browser, oidc: AtCanaille) -> None:
    """In a real browser, under the content policy; another browser cannot use the callback."""
    # The browser does not know the temporary certificate authority; the gateway does.
    mine = chromium.new_context(ignore_https_errors=True, base_url=oidc.url)
    page, complaints = watched(mine)
    page.goto("/dashboard/connectors")
    page.get_by_role("button", name="Continue to sign in").click()
    sign_in(page, oidc.canaille, oidc.canaille.user)
    with page.expect_request(re.compile(r"/login/callback\?")) as arrived:
        consent(page, oidc.canaille)
    page.wait_for_url(DASHBOARD)
    expect(page.locator(".account-menu summary")).to_contain_text(oidc.canaille.user.username)
    assert oidc.canaille.token_requests == 1

    # The callback's address signs nobody in: not another person, and not the same one again.
    theirs = chromium.new_context(base_url=oidc.url).new_page()
    for other in (theirs, page):
        other.goto(arrived.value.url)
        expect(other.get_by_role("heading")).to_have_text("You are not signed in")
    theirs.goto("/dashboard/connectors")
    theirs.wait_for_url(re.compile("/login"))
    assert oidc.canaille.token_requests == 1

    page.goto("/dashboard/account")
    page.get_by_role("button", name="Sign out everywhere").click()
    expect(page.locator(".notice")).to_contain_text("You are signed out everywhere")
    page.goto("/dashboard/connectors")
    page.wait_for_url(re.compile("/login"))
    # Canaille still knows the person: one button, no password, and no loop.
    page.get_by_role("button", name="Continue to sign in").click()
    page.wait_for_url(DASHBOARD)
    assert complaints == []
    log = oidc.log.read_text()
    for secret in ("code=", "state=", oidc.canaille.client_secret, "eyJ"):
        assert secret not in log  # J1
    mine.close()


def test_provider_accepts_the_requests_of_the_login_without_a_browser(oidc: AtCanaille) -> None:
    """Forms and redirects are followed by hand, with HTTP only."""
    tls = ssl.create_default_context(cafile=oidc.canaille.ca_file)
    with httpx.Client(verify=tls, trust_env=False, headers={"Accept": "text/html"}) as person:
        page = person.post(f"{oidc.url}/login", data={"next": ""}, headers={"Origin": oidc.url})
        found = re.search(r'content="0;url=([^"]+)"', page.text)
        assert found, page.text
        answer = person.get(found[1].replace("&amp;", "&"), follow_redirects=True)
        user = oidc.canaille.user
        answer = submit(person, answer, {"login": user.username, "answer": "accept"})
        answer = submit(person, answer, {"password": user.password})
        answer = submit(person, answer, {"answer": "accept"})
        assert str(answer.url) == f"{oidc.url}/dashboard/connectors", answer.text[:2000]
        assert f"Signed in as {user.username}" in answer.text
    assert oidc.canaille.token_requests == 1


def submit(person: httpx.Client, page: httpx.Response, values: dict[str, str]) -> httpx.Response:
    """Submit a page's form with its hidden fields and these values; follow redirects."""
    hidden = dict(re.findall(r'name="(csrf_token)"[^>]*value="([^"]+)"', page.text))
    action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
    target = urljoin(str(page.url), action[1].replace("&amp;", "&")) if action else str(page.url)
    return person.post(
        target, data=hidden | values, headers={"Referer": str(page.url)}, follow_redirects=True
    )
