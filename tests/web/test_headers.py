"""The headers of every answer (security G4), and request ids."""

from __future__ import annotations

import re

import httpx
import pytest
from starlette.routing import Route

from gateway.access.service_keys import Role
from gateway.web.app import ROUTES
from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser
from tests.support.gateway import Harness, running_gateway
from tests.support.loopback import loopback_client
from tests.support.serving import serving

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PATHS = {
    "{name}": "google",
    "{connector}": "google",
    "{page}": "tools",
    "{slug}": "google",
    "{tool}": "x",
    "{issuer}": "0123456789abcdef",
    "{id}": "con_000000000000000000000000",
    "{path:path}": "a%2Fb",
    "/v1/events": "/v1/events?seconds=0",  # else the answer has no end
}


def routes() -> list[tuple[str, str]]:
    """Every method and address of the route table."""
    found = []
    for route in ROUTES:
        if isinstance(route, Route):
            path = route.path
            for placeholder, value in PATHS.items():
                path = path.replace(placeholder, value)
            found += [(method, path) for method in sorted(route.methods or ())]
    found += [(method, "/mcp") for method in ("DELETE", "GET", "POST")]  # its route takes any
    return [
        *found,
        ("GET", "/static/gateway.css"),
        ("GET", "/static/gateway.js"),
        ("GET", "/static/live.js"),
    ]


def assert_guarded(answer: httpx.Response, *, secure: bool = False) -> None:
    """The guard rails are on this answer."""
    headers = answer.headers
    assert headers.get_list("content-security-policy") == [CSP]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["referrer-policy"] in {"same-origin", "no-referrer"}
    assert re.fullmatch(r"req_[0-9a-f]{16}", headers["x-request-id"])
    assert "cache-control" in headers
    assert "server" not in headers
    assert not [name for name in headers if name.startswith("access-control-")]
    expected = "max-age=31536000; includeSubDomains" if secure else None
    assert headers.get("strict-transport-security") == expected


def test_the_route_table_is_the_one_that_is_meant() -> None:
    found = routes()
    assert ("GET", "/v1/connectors/google/callback") in found
    assert ("DELETE", "/v1/keys/con_000000000000000000000000") in found
    assert not [path for _, path in found if "{" in path]
    assert len(found) > 25


@pytest.mark.requirement("G4")
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_every_route_answers_with_the_guard_rails(
    gateway: Harness, accept: str, subtests: pytest.Subtests
) -> None:
    """From the route table, for everybody who may ask."""
    key = f"Bearer {await gateway.key(*Role)}"
    for caller in ("nobody", "session", "key"):
        browser = await gateway.browser("alice" if caller == "session" else None)
        browser.client.headers["Accept"] = accept
        if caller == "key":
            browser.client.headers["Authorization"] = key
        for method, path in routes():
            with subtests.test(f"{caller}: {method} {path}"):
                answer = await browser.client.request(method, GATEWAY_URL + path)
                assert answer.status_code < 500
                assert_guarded(answer)


REFUSALS: list[tuple[str, str, bytes | None, int]] = [
    ("GET", "/nowhere", None, 404),
    ("GET", "/v1/nowhere", None, 404),
    ("GET", "/static/nowhere.css", None, 404),
    ("GET", "/static/%2e%2e/app.py", None, 404),
    ("GET", "/connectors/nowhere", None, 404),
    ("GET", "/%ff%00", None, 404),
    ("PUT", "/healthz", None, 405),
    ("POST", "/dashboard/connectors", None, 405),
    ("POST", "/static/gateway.css", None, 405),
    ("TRACE", "/", None, 405),
    ("POST", "/v1/connectors/google/token", b"x" * 70_000, 413),
    ("POST", "/v1/connectors/google/token", b"not json", 422),
    ("POST", "/login", b"name=" + b"x" * 70_000, 413),
    ("POST", "/mcp", b"x" * 70_000, 422),
]


@pytest.mark.requirement("G4")
async def test_an_answer_in_one_write_has_them_too(gateway: Harness) -> None:
    """A server that offers to write it at once gets what goes out as messages otherwise."""
    app = gateway.transport.inner.app  # type: ignore[attr-defined]
    messages = await (await gateway.api()).get("/healthz")
    async with serving(app) as port, loopback_client() as client:
        for method in ("GET", "HEAD"):
            answer = await client.request(method, f"http://127.0.0.1:{port}/healthz")
            assert_guarded(answer)
            assert answer.headers.keys() - {"date"} == messages.headers.keys()
            assert answer.content == (messages.content if method == "GET" else b"")


@pytest.mark.requirement("F5", "G4")
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_every_refusal_carries_the_guard_rails_too(
    gateway: Harness, accept: str, subtests: pytest.Subtests
) -> None:
    """404, 405, 413 and 422, of pages, of the API and of files."""
    api = await gateway.api(*Role)
    for method, path, content, status in REFUSALS:
        kind = "application/json" if path.startswith("/v1") else "application/x-www-form-urlencoded"
        with subtests.test(f"{method} {path}"):
            answer = await api.request(
                method,
                path,
                headers={"Accept": accept, "Content-Type": kind, "Origin": GATEWAY_URL},
                content=content,
            )
            assert answer.status_code == status
            assert_guarded(answer)
            assert ("allow" in answer.headers) == (status == 405)
            page = answer.headers["content-type"].startswith("text/html")
            # Only programs call /mcp, so that it has no pages.
            assert page == (accept == "text/html" and path != "/mcp")
            assert answer.headers["x-request-id"] in answer.text


@pytest.mark.requirement("F5")
async def test_a_large_body_does_not_hide_that_a_key_is_missing(gateway: Harness) -> None:
    """A body that is refused for another reason is not read."""
    api = await gateway.api()
    answer = await api.post("/v1/connectors/google/token", content=b"x" * 70_000)
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized"
    assert_guarded(answer)


@pytest.mark.requirement("G4", "J3")
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_an_internal_error_is_guarded_and_says_nothing(
    gateway: Harness, monkeypatch: pytest.MonkeyPatch, accept: str
) -> None:
    """500, too; a request id instead of what happened."""

    def broken(_: object) -> None:
        raise RuntimeError("unforeseen words")

    browser = await gateway.browser("alice")
    monkeypatch.setattr(type(gateway.services.catalog), "descriptions", broken)
    for path in ("/v1/connectors/available", "/dashboard/connectors"):
        answer = await browser.client.get(GATEWAY_URL + path, headers={"Accept": accept})
        assert answer.status_code == 500
        assert_guarded(answer)
        assert answer.headers["x-request-id"] in answer.text
        assert "Something went wrong on our side" in answer.text
        assert "unforeseen" not in answer.text
        assert "RuntimeError" not in answer.text


@pytest.mark.requirement("G4")
async def test_https_is_remembered_where_the_gateway_is_configured_for_it(
    mongodb_url: str, database_name: str
) -> None:
    """By the settings, and never by a header of the request."""
    url = "https://gateway.example.com"
    async with running_gateway(mongodb_url, database_name, public_url=url) as gateway:
        api = await gateway.api()
        for path in ("/healthz", "/login", "/nowhere"):
            assert_guarded(await api.get(path), secure=True)
    async with running_gateway(mongodb_url, database_name, public_url=GATEWAY_URL) as gateway:
        api = await gateway.api()
        answer = await api.get("/healthz", headers={"X-Forwarded-Proto": "https"})
        assert_guarded(answer, secure=False)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("abcdefgh", True),
        ("trace-0123456789_ABC", True),
        ("short", False),
        ("x" * 65, False),
        ("with space in it", False),
        ("<script>alert(1)</script>", False),
    ],
)
async def test_a_callers_request_id_is_used_if_it_is_a_plain_word(
    gateway: Harness, given: str, taken: bool
) -> None:
    api = await gateway.api()
    answer = await api.get("/nowhere", headers={"X-Request-Id": given})
    assert (answer.headers["x-request-id"] == given) is taken
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_only_files_of_the_package_are_served(gateway: Harness) -> None:
    """M2: no path leads out of the folder, and a folder is not listed."""
    browser: Browser = await gateway.browser()
    for path in (
        "/static/",
        "/static",
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/static/%2e%2e/templates/base.html",
    ):
        answer = await browser.client.get(GATEWAY_URL + path)
        assert answer.status_code == 404, path
    sheet = await browser.client.get(f"{GATEWAY_URL}/static/gateway.css")
    assert sheet.status_code == 200
    assert sheet.headers["content-type"].startswith("text/css")
