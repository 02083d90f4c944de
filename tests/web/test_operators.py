"""Query operators in every field of every operation reach no query (security F4).

Driven by the table of operations: a new one is covered by being there.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from gateway.access.service_keys import Role
from gateway.web.app import OPERATIONS, ROUTES
from gateway.web.operation import Operation
from tests.conftest import GATEWAY_URL
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.organisation import ADMIN
from tests.support.problems import problem
from tests.support.profile import Profile, profiling
from tests.web.test_start import OWN

CANARY = "canary-operator"
OPERATORS: list[Any] = [
    {"$ne": CANARY},
    {"$gt": CANARY},
    {"$regex": CANARY},
    {"$where": CANARY},
    {"$in": [CANARY]},
    {"$exists": True, "a": CANARY},
    {"$expr": {"$eq": [1, CANARY]}},
    {"$oid": CANARY},
    {"": CANARY},
    {"a.b": CANARY},
    {"__proto__": {"$ne": CANARY}},
    [CANARY],
    [{"$ne": CANARY}],
    [[CANARY]],
]
WHO = {"service_keys", "sessions", "limits", "oauth_apps", "integrations"}
"""Collections for sessions, keys, limits, and a tenant's own apps and connectors: a refused request
may read only these."""

NAMES = ("/v1/integrations/{slug}/refresh", "operations")
"""A list of any texts is right there, and the rest of the request may be left out."""

GUARDED = [operation for operation in OPERATIONS if operation.who != "anyone"]
READ_HERE = [operation for operation in GUARDED if not operation.is_passed_on]
FORMS = [
    route.path
    for route in ROUTES
    if isinstance(route, Route)
    and "POST" in (route.methods or ())
    and route.path not in {operation.path for operation in OPERATIONS}
]


def named(operation: Operation) -> str:
    """How an operation is called in a test's id."""
    return f"{operation.method} {operation.path}"


def path_of(template: str) -> str:
    """The address of an operation or a form, about something that there could be."""
    return template.replace("{name}", "google").replace("{id}", "con_" + "0" * 24)


@pytest.fixture
async def profile(mongodb_url: str, database_name: str) -> AsyncIterator[Profile]:
    async with profiling(mongodb_url, database_name) as profile:
        yield profile


async def callers(gateway: Harness, operation: Operation) -> list[httpx.AsyncClient]:
    """Everybody who may call an operation."""
    found = []
    if "key" in operation.who:
        found.append(await gateway.api(*Role))
    if "session" in operation.who:
        browser = await gateway.browser(ADMIN)  # whom the rules of an organisation are open to
        browser.client.headers.update(OWN | {"X-CSRF-Token": browser.csrf_token()})
        browser.client.headers["Accept"] = "application/json"
        found.append(browser.client)
    return found


async def assert_nothing_was_asked(profile: Profile, *, besides: set[str]) -> None:
    """The database was asked at most who the caller is, and not in the caller's words."""
    asked = await profile.asked()
    assert {collection for collection, _ in asked} <= besides, asked
    assert CANARY not in str(asked)


async def test_profile_records_queries(gateway: Harness, profile: Profile) -> None:
    """Without this the tests below could not fail."""
    api = await gateway.api(*Role)
    await profile.mark()
    assert (await api.get("/v1/connections", params={"user": CANARY})).status_code == 200
    asked = await profile.asked()
    assert {collection for collection, _ in asked} >= {"connections"}
    assert CANARY in str(asked)


@pytest.mark.requirement("F4")
@pytest.mark.parametrize(
    "operation", [operation for operation in OPERATIONS if operation.request], ids=named
)
async def test_no_operator_in_any_field_of_a_body_reaches_a_query(
    gateway: Harness, profile: Profile, operation: Operation, subtests: pytest.Subtests
) -> None:
    """Every field of the operation's model, and fields that it does not have."""
    assert operation.request is not None
    own = [name for name in operation.request.model_fields if (operation.path, name) != NAMES]
    fields = [*own, "$where", "tenant", "owner", "_id", "user.$ne"]
    for client in await callers(gateway, operation):
        await profile.mark()
        for field in fields:
            for value in OPERATORS:
                with subtests.test(f"{field}: {json.dumps(value)}"):
                    answer = await client.request(
                        operation.method, GATEWAY_URL + path_of(operation.path), json={field: value}
                    )
                    told = problem(answer, 422, "invalid_request")
                    assert told["errors"]
                    assert CANARY not in answer.text
        await assert_nothing_was_asked(profile, besides=WHO)


@pytest.mark.requirement("F4")
@pytest.mark.parametrize("operation", READ_HERE, ids=named)
async def test_no_operator_in_an_address_reaches_a_query(
    gateway: Harness, profile: Profile, operation: Operation, subtests: pytest.Subtests
) -> None:
    """Parameters in brackets, twice, unknown or unreadable, wherever they are put."""
    names = {*operation.query, "user", "tenant"}
    queries = [
        *(f"{name}[$ne]={CANARY}" for name in names),
        *(f"{name}[]={CANARY}&{name}[]=b" for name in names),
        *(f"{name}=a&{name}={CANARY}" for name in names),
        *(f"{name}={CANARY}&{name}={CANARY}" for name in names),
        f"$where={CANARY}",
        f"{CANARY}=1",
        f"user.$ne={CANARY}",
        f"user%00={CANARY}",
        "user=%ff",
        f"_id={CANARY}",
        "&".join(f"a{number}={CANARY}" for number in range(60)),
    ]
    for client in await callers(gateway, operation):
        await profile.mark()
        for query in queries:
            with subtests.test(query[:60]):
                answer = await client.request(
                    operation.method, f"{GATEWAY_URL}{path_of(operation.path)}?{query}"
                )
                problem(answer, 422, "invalid_request")
                assert CANARY not in answer.text
        await assert_nothing_was_asked(profile, besides=set())


@pytest.mark.requirement("F4")
@pytest.mark.parametrize("path", FORMS)
async def test_no_operator_in_a_form_reaches_a_query(
    gateway: Harness, profile: Profile, path: str, subtests: pytest.Subtests
) -> None:
    """A field in brackets is another field, and one that came twice is refused."""
    browser = await gateway.browser("alice")
    token = browser.csrf_token()
    await profile.mark()
    for form in (
        {"csrf_token[$ne]": CANARY},
        {"csrf_token[]": token},
        {"csrf_token": [token, CANARY]},
        {"csrf_token": [token, token]},
        {f"csrf_token.{CANARY}": token},
    ):
        with subtests.test(str(list(form))):
            answer = await browser.client.post(GATEWAY_URL + path_of(path), data=form, headers=OWN)
            # Clients of /oauth/… are answered as RFC 6749 says; it has pages, too.
            of_oauth = {400, 401} if path.startswith("/oauth/") else set()
            assert answer.status_code in {403, 404, 422} | of_oauth
            assert CANARY not in answer.text
    await assert_nothing_was_asked(profile, besides=WHO)


@pytest.mark.requirement("F4")
async def test_an_operator_in_a_path_is_a_name_that_nobody_has(
    gateway: Harness, profile: Profile, subtests: pytest.Subtests
) -> None:
    """A filter gets the text as a value, never as an operator."""
    api = await gateway.api(*Role)
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    await profile.mark()
    for operation in GUARDED:
        if "{id}" not in operation.path:
            continue
        for name in ('{"$ne":null}', "$ne", "[$ne]", "con_%00", "*", ".*", "%24where", "a" * 3_000):
            with subtests.test(f"{named(operation)}: {name[:20]}"):
                body = {"is_default": True} if operation.request else None
                path = operation.path.replace("{id}", name)
                answer = await api.request(operation.method, path, json=body)
                # A person decides about calls, and no key: it is not even looked for.
                by_person = operation.path.endswith("/decision")
                assert answer.status_code == (401 if by_person else 404)
    for _, asked in await profile.asked():
        for query in (asked.get("filter"), asked.get("query"), asked.get("q")):
            assert isinstance((query or {"_id": ""}).get("_id", ""), str)
