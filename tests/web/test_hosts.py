"""The gateway's own address comes from its settings and never from a request (security A13)."""

from __future__ import annotations

import pytest

from connectors.catalog import CONNECTOR_CATALOG
from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.callbacks import approved_callback, param
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.rows import Rows

HOSTS = [
    "evil.example",
    "localhost:3141.evil.example",
    "localhost",
    "localhost:80",
    "127.0.0.1:3141",
    "localhost:3141@evil.example",
    "evil.example/localhost:3141",
    "",
]

FORWARDED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "443",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Server": "evil.example",
    "X-Host": "evil.example",
    "X-Original-Host": "evil.example",
    "X-Original-URL": "/evil",
    "X-Rewrite-URL": "/evil",
    "Forwarded": "for=192.0.2.1;host=evil.example;proto=https",
}


@pytest.mark.requirement("A13")
@pytest.mark.parametrize("host", HOSTS)
async def test_a_page_under_another_name_is_refused(
    gateway: Harness, rows: Rows, host: str
) -> None:
    """Under another name neither the cookies nor the redirect URI would fit."""
    browser = await gateway.browser("alice")
    await browser.start("google")
    callback = await approved_callback(browser, ACCOUNTS["google"])
    await browser.open("/dashboard/connectors")
    headers = {"Host": host, "Origin": GATEWAY_URL, "X-CSRF-Token": browser.csrf_token()}
    form = {"csrf_token": browser.csrf_token()}
    sessions = await rows.sessions()
    requests = [
        ("GET", "/login"),
        ("GET", "/dashboard/connectors"),
        ("GET", "/connectors/google"),
        ("GET", "/dashboard/connections/con_000000000000000000000000/disconnect"),
        ("GET", callback.removeprefix(GATEWAY_URL)),
        ("POST", "/login"),
        ("POST", "/logout"),
        ("POST", "/v1/connectors/google/start"),
        ("POST", "/dashboard/connections/con_000000000000000000000000/default"),
        ("POST", "/dashboard/connections/con_000000000000000000000000/disconnect"),
    ]
    for method, path in requests:
        answer = await browser.client.request(
            method, GATEWAY_URL + path, headers=headers, data=form if method == "POST" else None
        )
        assert answer.status_code == 400, f"{method} {path}: {answer.status_code}"
        assert "This page has another address" in answer.text
        assert "evil" not in answer.text
        assert "set-cookie" not in answer.headers
    (flow,) = await rows.flows()
    assert flow["used_at"] is None
    assert await rows.sessions() == sessions

    await browser.open(callback)
    assert browser.outcome() == "connected"


@pytest.mark.requirement("A13")
async def test_headers_of_a_proxy_change_no_address(gateway: Harness, rows: Rows) -> None:
    """The redirect URI is the configured one in both requests, or the provider would refuse."""
    browser = await gateway.browser("alice")
    browser.client.headers.update(FORWARDED)
    await browser.start("google")
    expected = f"{GATEWAY_URL}/v1/connectors/google/callback"
    assert param(browser.url, "redirect_uri") == expected
    assert (await rows.flow())["redirect_uri"] == expected
    await browser.approve(ACCOUNTS["google"])
    assert browser.outcome() == "connected"
    assert "evil" not in "".join(page.text + str(page.headers) for page in browser.history)


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, FORWARDED], ids=["host", "proxy"])
async def test_links_in_the_api_are_the_configured_ones(
    gateway: Harness, headers: dict[str, str]
) -> None:
    api = await gateway.api(Role.TOKENS)
    listed = await api.get("/v1/connectors/available", headers=headers)
    assert {entry["connect_url"] for entry in listed.json()["connectors"]} == {
        f"{GATEWAY_URL}/connectors/{name}" for name in CONNECTOR_CATALOG
    }
    wanted = await api.post("/v1/connectors/google/token", json={"user": "u"}, headers=headers)
    assert wanted.json()["connect_url"] == f"{GATEWAY_URL}/connectors/google"
    described = await api.get("/openapi.json", headers=headers)
    assert described.json()["servers"] == [{"url": GATEWAY_URL}]


@pytest.mark.requirement("A13")
@pytest.mark.parametrize(
    "path", ["/healthz/", "/dashboard/connectors/", "/login/", "//evil.example"]
)
async def test_no_redirect_is_made_from_the_host_header(gateway: Harness, path: str) -> None:
    """A redirect that adds or drops a slash would be built from what the request says."""
    api = await gateway.api()
    answer = await api.get(GATEWAY_URL + path, headers={"Host": "evil.example"})
    assert answer.status_code == 404
    assert "location" not in answer.headers
