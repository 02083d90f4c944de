"""The API of a simulated provider, and its introspection endpoint."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.provider import ApiCall, ApiRules, IntrospectRules, Refusal
from tests.support.simulation import Toy, basic, body_of, refusal_of


def test_a_body_in_json_reaches_the_answer_parsed() -> None:
    toy = Toy()
    token = toy.connect()["access_token"]
    for content_type in ("application/json", "Application/JSON; charset=utf-8", "a/b+json"):
        headers = {"content-type": content_type}
        answer = toy.api(token, "POST", headers=headers, body=b'{"query": ["x", 1]}')
        assert body_of(answer)["json"] == {"query": ["x", 1]}


def test_a_call_without_a_json_body_has_none() -> None:
    toy = Toy()
    token = toy.connect()["access_token"]
    assert body_of(toy.api(token))["json"] is None
    answer = toy.api(token, "POST", headers={"content-type": "text/plain"}, body=b"{")
    assert body_of(answer)["json"] is None


def test_a_body_that_says_json_and_is_none_is_refused() -> None:
    toy = Toy()
    token = toy.connect()["access_token"]
    answer = toy.api(token, "POST", headers={"content-type": "application/json"}, body=b"{")
    assert refusal_of(answer) == "invalid_request"
    assert toy.ledger.log[-1]["reason"] == "body"


def api_of(answer: Any, **rules: Any) -> tuple[ApiRules, ...]:
    return (ApiRules(address="toy.example/api/*", answer=lambda call: answer, **rules),)


def test_the_answer_sees_headers_and_query() -> None:
    toy = Toy(
        api=(
            ApiRules(
                address="toy.example/api/*",
                answer=lambda call: {"team": call.headers.get("x-team"), "query": call.query},
                required_headers={"x-team?": frozenset({"red"})},
            ),
        )
    )
    token = toy.connect()["access_token"]
    assert body_of(toy.api(token)) == {"team": None, "query": {}}
    assert body_of(toy.api(token, headers={"x-team": "red"}))["team"] == "red"
    assert refusal_of(toy.api(token, headers={"x-team": "blue"})) == "invalid_request"


def test_an_answer_may_be_a_list_or_a_refusal() -> None:
    toy = Toy(api=api_of([{"id": "1"}]))
    answer = toy.api(toy.connect()["access_token"], path="api/any/where")
    assert (answer.status, answer.body) == (200, [{"id": "1"}])
    toy = Toy(api=api_of(Refusal(status=403, body={"err": "scope"})))
    assert body_of(toy.api(toy.connect()["access_token"]), 403) == {"err": "scope"}


def test_an_api_call_needs_its_header_values_and_its_method() -> None:
    toy = Toy(api=api_of({}, required_headers={"toy-version": frozenset({"1", "2"})}))
    token = toy.connect()["access_token"]
    for headers in ({}, {"toy-version": "3"}):
        assert refusal_of(toy.api(token, headers=headers)) == "invalid_request"
    assert toy.api(token, headers={"toy-version": "1"}).status == 200
    assert toy.api(token, "POST", headers={"toy-version": "1"}).status == 404


def test_a_token_is_taken_in_the_documented_header_alone_and_while_it_lives() -> None:
    toy = Toy(api_auth=("x-toy", ""))
    token = toy.connect()["access_token"]
    assert refusal_of(toy.api(token), 401) == "invalid_token"
    assert toy.api("", headers={"x-toy": token}).status == 200
    toy.now += 3600
    assert refusal_of(toy.api("", headers={"x-toy": token}), 401) == "invalid_token"


def test_a_token_of_one_tenant_opens_no_other() -> None:
    toy = Toy(
        authorize={"address": "{tenant}.toy.example/authorize"},
        token={"address": "{tenant}.toy.example/token"},
        api=(
            ApiRules(address="{tenant}.toy.example/me", answer=lambda call: {"of": call.tenant}),
            ApiRules(address="api.example/me", answer=lambda call: {"of": call.tenant}),
        ),
        api_hosts=frozenset({"{tenant}.toy.example", "api.example"}),
    )
    query = "response_type=code&client_id=toy-client&state=s&scope=read&redirect_uri="
    query += toy.simulation.redirect_uri
    request = toy.request("GET", "authorize", host="acme.toy.example", query=query)
    code = toy.simulation.approve(toy.simulation.authorize(request), "ana")["code"]
    body = (
        f"grant_type=authorization_code&code={code}&redirect_uri={toy.simulation.redirect_uri}"
        "&client_id=toy-client&client_secret=toy+secret%3A%25"
    ).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}

    def ask(host: str, body: bytes) -> Any:
        request = toy.request("POST", "token", host=host, headers=headers, body=body)
        return toy.simulation.token(request)

    assert refusal_of(ask("other.toy.example", body)) == "invalid_grant"
    tokens = body_of(ask("acme.toy.example", body))
    refresh = (
        f"grant_type=refresh_token&refresh_token={tokens['refresh_token']}"
        "&client_id=toy-client&client_secret=toy+secret%3A%25"
    ).encode()
    assert refusal_of(ask("other.toy.example", refresh)) == "invalid_grant"
    token = body_of(ask("acme.toy.example", refresh))["access_token"]
    for host, of in (("acme.toy.example", "acme"), ("api.example", "acme")):
        assert body_of(toy.api(token, path="me", host=host)) == {"of": of}
    assert refusal_of(toy.api(token, path="me", host="other.toy.example"), 401) == "invalid_token"


def introspected(call: ApiCall) -> dict[str, Any]:
    return {"active": True, "sub": call.account.key, "scopes": list(call.scopes)}


@pytest.fixture
def toy() -> Toy:
    return Toy(
        introspect=IntrospectRules(
            address="toy.example/introspect", client_auth="post", answer=introspected
        )
    )


def test_introspection_knows_a_living_access_token_only(toy: Toy) -> None:
    tokens = toy.connect(scope="read write")
    ask = toy.simulation.introspect
    assert toy.simulation.endpoint(toy.request("POST", "introspect")) == "introspect"

    def of(token: str) -> dict[str, Any]:
        return body_of(toy.ask(ask, "introspect", {"token": token} | toy.credentials))

    expected = {"active": True, "sub": "ana", "scopes": ["read", "write"]}
    assert of(tokens["access_token"]) == expected
    for other in (tokens["refresh_token"], "unknown", ""):
        assert of(other) == {"active": False}
    second = toy.connect()["access_token"]
    toy.ask(toy.simulation.revoke, "revoke", {"token": second})
    assert of(second) == {"active": False}
    toy.now += 3600
    assert of(tokens["access_token"]) == {"active": False}


def test_introspection_is_for_the_app_alone(toy: Toy) -> None:
    token = {"token": toy.connect()["access_token"]}
    ask = toy.simulation.introspect
    assert refusal_of(toy.ask(ask, "introspect", token), 401) == "invalid_client"
    header = basic(toy.rules.client_id, "toy+secret%3A%25")
    assert refusal_of(toy.ask(ask, "introspect", token, header)) == "invalid_request"
    no_token = toy.ask(ask, "introspect", toy.credentials)
    assert refusal_of(no_token) == "invalid_request"
    as_json = toy.ask(ask, "introspect", token | toy.credentials, as_json=True)
    assert refusal_of(as_json) == "invalid_request"


def test_introspecting_a_token_is_no_use_of_it() -> None:
    toy = Toy(
        grant={"rotation": "until_used"},
        introspect=IntrospectRules(
            address="toy.example/introspect", client_auth="post", answer=introspected
        ),
    )
    old = toy.connect()["refresh_token"]
    new = body_of(toy.refresh(old))["access_token"]
    asked = {"token": new} | toy.credentials
    assert body_of(toy.ask(toy.simulation.introspect, "introspect", asked))["active"] is True
    body_of(toy.refresh(old))
