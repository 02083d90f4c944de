"""Common rules of the API: public endpoints, keys and problems."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.catalog import CONNECTOR_CATALOG
from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.altered import altered
from tests.support.gateway import Harness
from tests.support.problems import problem
from tests.support.rows import Rows

TOKEN = "/v1/connectors/google/token"


@pytest.mark.requirement("L5")
async def test_health_says_ok_and_nothing_else(gateway: Harness) -> None:
    """Neither version nor configuration."""
    api = await gateway.api()
    for path in ("/healthz", "/readyz"):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_list_of_connectors_is_public(gateway: Harness) -> None:
    api = await gateway.api()
    answer = await api.get("/v1/connectors/available")
    assert answer.status_code == 200
    listed = {entry["name"]: entry for entry in answer.json()["connectors"]}
    assert list(listed) == list(CONNECTOR_CATALOG)
    sets = listed["google"].pop("scope_sets")
    assert listed["google"] == {
        "name": "google",
        "display_name": "Google",
        "description": "A Google account: mail, calendar, files, documents, tables and tasks.",
        "category": "productivity",
        "scopes": ["openid", "https://www.googleapis.com/auth/userinfo.email"],
        "methods": ["oauth2"],
        "connection_config": {},
        "key_inputs": {},
        "supports_refresh": True,
        "supports_multiple_accounts": True,
        "connect_url": f"{GATEWAY_URL}/connectors/google",
    }
    assert sets["calendar"] == {
        "title": "Calendar",
        "sentence": "See and change calendars and events",
        "scopes": ["https://www.googleapis.com/auth/calendar"],
    }
    google = gateway.services.catalog.oauth("google")
    assert [*sets] == [*google.scope_sets]
    assert listed["notion"]["scopes"] == []
    assert listed["notion"]["scope_sets"] == {}
    assert listed["shopify"]["connection_config"] == {
        "shop": {
            "title": "Store",
            "description": "The name of your store, as in its myshopify.com address.",
            "example": "acme",
            "pattern": "[a-z0-9][a-z0-9_-]{0,62}",
            "suffix": ".myshopify.com",
            "choices": {},
            "hosts": [],
            "required": True,
            "default": None,
            "secret": False,
            "where": "",
        }
    }


async def test_a_connector_without_its_variables_is_not_available(outside: Harness) -> None:
    """The outside connector is there because its sandbox lends the variables."""
    api = await outside.api()
    listed = (await api.get("/v1/connectors/available")).json()["connectors"]
    assert [entry["name"] for entry in listed] == sorted([*CONNECTOR_CATALOG, "solo"])


async def test_an_address_that_is_none_is_a_problem(gateway: Harness) -> None:
    api = await gateway.api()
    for path in ("/v1/nowhere", "/v1", "/v1/connectors", "/v1/connectors/google", "/v2/keys"):
        problem(await api.get(path), 404, "not_found")
    refused = await api.put(TOKEN)
    problem(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == "POST"


BAD_KEYS: list[bytes] = [
    b"",
    b"Bearer",
    b"Bearer ",
    b"Bearer gwk_",
    b"Bearer gwk_0000000000000000_" + b"0" * 64,
    b"Bearer gwk_0000000000000000_" + b"0" * 100_000,
    b"Bearer " + "gwk_0000000000000000_é".encode(),
    b"Bearer gwk_0000000000000000_" + "é".encode("latin-1") * 64,
    b"Bearer \xff\xfe",
    b'Bearer {"$ne": null}',
    b"Bearer null",
    b"Basic Z3drOng=",
    b"Bearer a, Bearer b",
]


@pytest.mark.requirement("E5")
async def test_invalid_key_is_refused_and_never_repeated(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    """Not ASCII, empty, long, of another kind: always 401 and never an error of ours."""
    api = await gateway.api()
    for header in BAD_KEYS:
        with subtests.test(repr(header[:40])):
            answer = await api.post(
                TOKEN, json={"user": "alice"}, headers={b"Authorization": header}
            )
            assert "secret" not in problem(answer, 401, "unauthorized")["detail"]
            assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.requirement("E5")
async def test_a_key_is_taken_whole_or_not_at_all(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    """truncated, longer, changed in one place, in other letters, in another place."""
    key = await gateway.key(Role.TOKENS)
    api = await gateway.api()
    for wrong in (key[:-1], key + "0", altered(key), key.upper(), key[4:], f"{key}\t{key}"):
        with subtests.test(f"{len(wrong)} characters"):
            answer = await api.post(
                TOKEN, json={"user": "u"}, headers={"Authorization": f"Bearer {wrong}"}
            )
            problem(answer, 401, "unauthorized")
    for name in ("api_key", "access_token"):
        with subtests.test(f"in the address as {name}"):
            answer = await api.post(TOKEN, json={"user": "u"}, params={name: key})
            problem(answer, 422, "invalid_request")  # a key in the wrong place
    for place in ({"cookies": {"gateway_session": key}}, {"headers": {"X-Api-Key": key}}):
        with subtests.test(str([*place])):
            request = api.build_request("POST", TOKEN, json={"user": "u"}, **_any(place))
            problem(await api.send(request), 401, "unauthorized")
    right = {"Authorization": f"bearer {key}"}  # the scheme's case does not matter (RFC 9110 11.1)
    problem(await api.post(TOKEN, json={"user": "u"}, headers=right), 409, "connector_required")


@pytest.mark.requirement("F3")
async def test_answers_of_the_api_open_no_door_to_other_origins(gateway: Harness) -> None:
    """No CORS."""
    api = await gateway.api(Role.TOKENS)
    asked = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    preflight = await api.options(TOKEN, headers=asked)
    assert preflight.status_code == 405
    answer = await api.post(TOKEN, json={"user": "alice"}, headers=asked)
    for response in (preflight, answer):
        assert not [name for name in response.headers if name.startswith("access-control")]


async def test_a_browser_that_comes_by_gets_a_page(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser("alice")
    page = await browser.open("/v1/connections/con_000000000000000000000000")
    assert page.status_code == 404
    assert "status 404" in browser.text
    assert "There is no such connection" in browser.text
    assert await rows.connections() == []


def _any(arguments: object) -> dict[str, Any]:
    assert isinstance(arguments, dict)
    return {**arguments}
