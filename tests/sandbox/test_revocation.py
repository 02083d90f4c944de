"""How the simulated providers let an app end a grant."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.provider import RevokeRules
from gateway.sandbox.wire import Outcome
from tests.support.simulation import Toy, basic, body_of, refusal_of


def toy_with(**rules: Any) -> Toy:
    return Toy(revoke=RevokeRules(address="toy.example/revoke", **rules))


def revoke(
    toy: Toy, body: dict[str, str], headers: dict[str, str] | None = None, **more: Any
) -> Outcome:
    return toy.ask(toy.simulation.revoke, "revoke", body, headers, **more)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_only_tokens_of_an_accepted_kind_are_revoked(kind: str) -> None:
    toy = toy_with(accepts=frozenset({kind}))
    tokens = toy.connect()
    (other,) = {"access_token", "refresh_token"} - {kind}
    assert refusal_of(revoke(toy, {"token": tokens[other]})) == "unsupported_token_type"
    assert toy.works(tokens["access_token"])
    body_of(revoke(toy, {"token": tokens[kind], "token_type_hint": kind}))
    assert not toy.works(tokens["access_token"])
    assert refusal_of(toy.refresh(tokens["refresh_token"])) == "invalid_grant"


def test_a_token_that_is_not_known_and_a_request_without_one_are_refused() -> None:
    toy = toy_with()
    assert refusal_of(revoke(toy, {"token": "unknown"})) == "invalid_token"
    assert refusal_of(revoke(toy, {"access_token": "x"})) == "invalid_request"
    token = toy.connect()["access_token"]
    assert refusal_of(revoke(toy, {"token": token, "extra": "x"})) == "invalid_request"
    assert toy.works(token)


@pytest.mark.parametrize(("reach", "others_work"), [("grant", True), ("account", False)])
def test_revoking_ends_the_grant_or_all_of_the_account(reach: str, others_work: bool) -> None:
    toy = toy_with(reach=reach)
    first, second, ben = toy.connect(), toy.connect(), toy.connect("ben")
    body_of(revoke(toy, {"token": first["access_token"]}))
    assert not toy.works(first["access_token"])
    assert toy.works(second["access_token"]) is others_work
    assert toy.works(ben["access_token"])


def test_an_account_is_revoked_by_its_fact_with_the_secret_key() -> None:
    toy = toy_with(
        client_auth="secret_key",
        token="account",
        account_param="account_id",
        reach="account",
        params=frozenset({"client_id"}),
    )
    key = {"authorization": f"Bearer {toy.rules.client_secret}"}
    right = {"account_id": "acct_ana", "client_id": toy.rules.client_id}
    ana, ben = toy.connect("ana"), toy.connect("ben")

    assert refusal_of(revoke(toy, right), 401) == "invalid_client"
    assert refusal_of(revoke(toy, right | {"client_id": "other"}, key), 401) == "invalid_client"
    assert refusal_of(revoke(toy, {"account_id": "acct_ana"}, key)) == "invalid_request"
    token = {"token": ana["access_token"], "client_id": toy.rules.client_id}
    assert refusal_of(revoke(toy, token, key)) == "invalid_request"
    assert refusal_of(revoke(toy, right | {"account_id": "acct_x"}, key)) == "invalid_grant"
    assert toy.works(ana["access_token"])

    body_of(revoke(toy, right, key))
    assert not toy.works(ana["access_token"])
    assert toy.works(ben["access_token"])
    assert refusal_of(revoke(toy, right, key)) == "invalid_grant"  # it is not connected any more


@pytest.mark.parametrize("method", ["basic", "post", "none"])
def test_the_app_authenticates_in_the_documented_way_alone(method: str) -> None:
    toy = toy_with(client_auth=method)
    token = toy.connect()["access_token"]
    forms: dict[str, tuple[dict[str, str], dict[str, str]]] = {
        "basic": ({}, basic(toy.rules.client_id, "toy+secret%3A%25")),
        "post": (toy.credentials, {}),
        "none": ({}, {}),
    }
    for name, (body, headers) in forms.items():
        if name != method:
            answer = revoke(toy, {"token": token} | body, headers)
            assert answer.status in {400, 401}
            assert toy.ledger.log[-1]["reason"] == "client"
    assert toy.works(token)
    body, headers = forms[method]
    body_of(revoke(toy, {"token": token} | body, headers))


def test_a_client_id_is_taken_without_a_secret_where_it_is_documented() -> None:
    toy = toy_with(params=frozenset({"client_id"}))
    token = toy.connect()["access_token"]
    assert refusal_of(revoke(toy, {"token": token})) == "invalid_request"
    assert refusal_of(revoke(toy, {"token": token, "client_id": "x"}), 401) == "invalid_client"
    body_of(revoke(toy, {"token": token, "client_id": toy.rules.client_id}))


def test_the_token_has_the_documented_name_alone() -> None:
    toy = toy_with(token_param="access_token")
    token = toy.connect()["access_token"]
    assert refusal_of(revoke(toy, {"token": token})) == "invalid_request"
    body_of(revoke(toy, {"access_token": token}))
    assert not toy.works(token)


def test_required_headers_and_the_bodys_format_are_checked() -> None:
    toy = toy_with(body_format="json", required_headers={"toy-version": frozenset({"2"})})
    body = {"token": toy.connect()["access_token"]}
    version = {"toy-version": "2"}
    assert refusal_of(revoke(toy, body, as_json=True)) == "invalid_request"
    assert refusal_of(revoke(toy, body, version)) == "invalid_request"
    body_of(revoke(toy, body, version, as_json=True))


def test_the_apis_own_header_says_what_is_revoked() -> None:
    toy = toy_with(token="api_header", method="DELETE", answer={"ok": True})
    token = toy.connect()["access_token"]
    wrong = toy.request("DELETE", "revoke", headers={"authorization": "Bearer unknown"})
    assert refusal_of(toy.simulation.revoke(wrong), 401) == "invalid_token"
    right = toy.request("DELETE", "revoke", headers={"authorization": f"Bearer {token}"})
    assert toy.simulation.endpoint(right) == "revoke"
    assert body_of(toy.simulation.revoke(right)) == {"ok": True}
    assert not toy.works(token)


def test_a_provider_without_revocation_has_no_such_endpoint() -> None:
    toy = Toy(revoke=None)
    assert toy.simulation.endpoint(toy.request("POST", "revoke")) is None
