"""The token endpoint of the simulated providers."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from connectors.provider import Refusal, RefusedRequest
from tests.support.simulation import REDIRECT_URI, Toy, basic, body_of, refusal_of


def test_a_code_is_bound_to_its_redirect_uri_and_is_used_once() -> None:
    toy = Toy()
    wrong = toy.exchange(toy.code(), redirect_uri="http://localhost:3141/other")
    assert refusal_of(wrong) == "invalid_grant"
    code = toy.code()
    token = body_of(toy.exchange(code))["access_token"]
    assert toy.works(token)
    assert refusal_of(toy.exchange(code)) == "invalid_grant"
    assert not toy.works(token)  # RFC 6749 4.1.2
    assert refusal_of(toy.exchange("code-unknown")) == "invalid_grant"


def test_a_code_lives_as_long_as_the_provider_says() -> None:
    toy = Toy(token={"code_seconds": 30})
    codes = [toy.code(), toy.code()]
    toy.now += 29
    body_of(toy.exchange(codes[0]))
    toy.now += 1
    assert refusal_of(toy.exchange(codes[1])) == "invalid_grant"


@pytest.mark.parametrize(
    ("without", "params"),
    [
        (["redirect_uri"], {}),
        (["code"], {}),
        (["grant_type"], {}),
        ([], {"scope": "read"}),
        ([], {"expiring": "1"}),
    ],
)
def test_the_parameters_of_an_exchange_are_the_documented_ones(
    without: list[str], params: dict[str, str]
) -> None:
    toy = Toy()
    assert refusal_of(toy.exchange(toy.code(), *without, **params)) == "invalid_request"


def test_a_grant_type_that_is_not_known_is_refused() -> None:
    toy = Toy()
    answer = toy.exchange(toy.code(), grant_type="client_credentials")
    assert refusal_of(answer) == "unsupported_grant_type"


def test_refreshing_has_an_address_of_its_own_where_the_provider_has_one() -> None:
    toy = Toy(
        token={
            "refresh_address": "toy.example/refresh",
            "refresh_params": frozenset({"refresh_token", "grant_type?"}),
        }
    )
    token = toy.connect()["refresh_token"]
    assert refusal_of(toy.refresh(token)) == "unsupported_grant_type"
    body_of(toy.refresh(token, path="refresh"))
    body_of(toy.refresh(token, "grant_type", path="refresh"))
    code = toy.code()
    answer = toy.refresh(token, path="refresh", grant_type="authorization_code", code=code)
    assert refusal_of(answer) == "unsupported_grant_type"
    body_of(toy.exchange(code))  # it was not used up
    for path in ("token", "refresh"):
        assert toy.simulation.endpoint(toy.request("POST", path)) == "token"
    assert "toy.example" in toy.rules.hosts()


def test_a_body_of_the_other_format_is_refused() -> None:
    form, as_json = Toy(), Toy(token={"body_format": "json"})
    for toy, is_json in ((form, True), (as_json, False)):
        body = {"grant_type": "authorization_code", "code": toy.code()}
        body |= {"redirect_uri": REDIRECT_URI} | toy.credentials
        wrong = toy.ask(toy.simulation.token, "token", body, as_json=is_json)
        assert refusal_of(wrong) == "invalid_request"
        plain = {"content-type": "text/plain"}
        unnamed = toy.ask(toy.simulation.token, "token", body, plain, as_json=not is_json)
        assert refusal_of(unnamed) == "invalid_request"
        body_of(toy.ask(toy.simulation.token, "token", body, as_json=not is_json))


def test_parameters_in_the_query_or_twice_are_refused() -> None:
    toy = Toy()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for query, body in (("code=x", b"code=x"), ("", b"code=x&code=x")):
        request = toy.request("POST", "token", query=query, headers=headers, body=body)
        assert refusal_of(toy.simulation.token(request)) == "invalid_request"


def test_a_required_header_must_have_a_value_that_is_accepted() -> None:
    versions = {"toy-version": frozenset({"1", "2"})}
    toy = Toy(token={"required_headers": versions})
    body = {"grant_type": "authorization_code", "code": toy.code()}
    body |= {"redirect_uri": REDIRECT_URI} | toy.credentials
    headers: dict[str, str]
    for headers in ({}, {"toy-version": "3"}, {"toy-version": ""}):
        answer = toy.ask(toy.simulation.token, "token", body, headers)
        assert refusal_of(answer) == "invalid_request"
        assert toy.ledger.log[-1]["reason"] == "header"
    body_of(toy.ask(toy.simulation.token, "token", body, {"toy-version": "2"}))


def test_a_check_refuses_what_does_not_go_together() -> None:
    def check(params: Mapping[str, str]) -> str | None:
        return "invalid_scope" if "other/" in params.get("scope", "") else None

    names = frozenset({"grant_type", "refresh_token", "scope?"})
    toy = Toy(token={"check": check, "refresh_params": names})
    token = toy.connect()["refresh_token"]
    assert refusal_of(toy.refresh(token, scope="other/read")) == "invalid_scope"
    assert toy.ledger.log[-1]["reason"] == "scope"
    body_of(toy.refresh(token, scope="read"))


def test_a_refresh_may_ask_for_fewer_scopes_and_never_for_more() -> None:
    """RFC 6749 6."""
    names = frozenset({"grant_type", "refresh_token", "scope?"})
    toy = Toy(token={"refresh_params": names})
    token = toy.connect(scope="read write")["refresh_token"]
    fewer = body_of(toy.refresh(token, scope="read"))
    assert fewer["scopes"] == ["read"]
    assert body_of(toy.api(fewer["access_token"]))["scopes"] == ["read"]
    assert body_of(toy.refresh(token))["scopes"] == ["read", "write"]
    assert refusal_of(toy.refresh(token, scope="read admin")) == "invalid_scope"


def test_issued_tokens_know_the_parameters_of_both_requests() -> None:
    names = frozenset({"grant_type", "code", "redirect_uri", "expiring?"})
    toy = Toy(authorize={"params": frozenset({"audience"})}, token={"exchange_params": names})
    answer = body_of(toy.exchange(toy.code(audience="api"), expiring="1"))
    assert (answer["params"]["audience"], answer["params"]["expiring"]) == ("api", "1")
    assert not {"code", "code_verifier", "client_secret"} & answer["params"].keys()
    refreshed = body_of(toy.refresh(answer["refresh_token"]))
    assert refreshed["params"] == answer["params"]


@pytest.mark.parametrize(
    ("method", "right", "wrong"),
    [
        ("post", "body", ["none", "basic", "both", "bearer", "secret_basic", "wrong_body"]),
        ("basic", "basic", ["none", "body", "both", "bearer", "secret_basic", "wrong_basic"]),
    ],
)
def test_the_app_authenticates_in_the_documented_way_alone(
    method: str, right: str, wrong: list[str]
) -> None:
    toy = Toy(token={"client_auth": method})
    for form in wrong:
        assert refusal_of_form(toy, form) in {"invalid_client", "invalid_request"}
        assert toy.ledger.log[-1]["reason"] == "client"
    assert refusal_of_form(toy, right) is None


@pytest.mark.parametrize("right", ["bearer", "secret_basic"])
def test_a_secret_key_is_a_bearer_or_a_user_without_a_password(right: str) -> None:
    toy = Toy(token={"client_auth": "secret_key"})
    for form in ("none", "body", "basic", "wrong_basic", "secret_without_colon"):
        assert refusal_of_form(toy, form) == "invalid_client"
    assert refusal_of_form(toy, right + "+client_id") == "invalid_request"
    assert toy.ledger.log[-1]["reason"] == "parameters"  # unknown, and no credential
    assert refusal_of_form(toy, right) is None


def test_a_client_id_beside_a_secret_key_must_be_the_apps_own_where_it_is_known() -> None:
    names = frozenset({"grant_type", "code", "redirect_uri", "client_id?"})
    toy = Toy(token={"client_auth": "secret_key", "exchange_params": names})
    assert refusal_of_form(toy, "bearer+client_id") is None
    assert refusal_of_form(toy, "bearer") is None
    assert refusal_of_form(toy, "bearer+other_client_id") == "invalid_client"


def refusal_of_form(toy: Toy, form: str) -> str | None:
    """The error code of an exchange whose client credentials come in this form."""
    client_id, secret = toy.rules.client_id, toy.rules.client_secret
    quoted = "toy+secret%3A%25"  # RFC 6749 2.3.1
    form, _, more = form.partition("+")
    headers = {
        "basic": basic(client_id, quoted),
        "both": basic(client_id, quoted),
        "wrong_basic": basic(client_id, "wrong"),
        "bearer": {"authorization": f"Bearer {secret}"},
        "secret_basic": basic(quoted, ""),
        "secret_without_colon": {"authorization": f"Basic {secret}"},
    }.get(form, {})
    body = {"grant_type": "authorization_code", "code": toy.code(), "redirect_uri": REDIRECT_URI}
    body |= {
        "body": toy.credentials,
        "both": toy.credentials,
        "wrong_body": toy.credentials | {"client_secret": "wrong"},
    }.get(form, {})
    body |= {"client_id": {"client_id": client_id}, "other_client_id": {"client_id": "other"}}.get(
        more, {}
    )
    answer = toy.ask(toy.simulation.token, "token", body, headers)
    if answer.status == 200:
        return None
    error = refusal_of(answer, answer.status)
    assert answer.status == (401 if error == "invalid_client" else 400)
    return error


def test_every_refusal_takes_the_providers_shape_and_status() -> None:
    seen: list[RefusedRequest] = []

    def shape(request: RefusedRequest) -> Refusal:
        seen.append(request)
        return Refusal(status=200, body={"ok": False, "error": request.reason})

    toy = Toy(error_answer=shape, grant={"rotation": "strict"})
    code = toy.code()
    tokens = body_of(toy.exchange(code))
    body_of(toy.refresh(tokens["refresh_token"]))
    answers = [
        toy.exchange("unknown"),
        toy.refresh("unknown"),
        toy.refresh(tokens["refresh_token"]),
        toy.refresh(tokens["refresh_token"]),
        toy.exchange(code),
        toy.exchange(toy.code(), code_verifier="v" * 43),
        toy.exchange(toy.code(), redirect_uri="http://other.example"),
        toy.ask(toy.simulation.token, "token", {"code": code}),
        toy.ask(toy.simulation.token, "token", {}, as_json=True),
        toy.api("unknown"),
        toy.ask(toy.simulation.revoke, "revoke", {"token": "unknown"}),
    ]
    shaped = [{"ok": False, "error": request.reason} for request in seen]
    assert [body_of(answer) for answer in answers] == shaped
    assert [(request.endpoint, request.reason, request.status) for request in seen] == [
        ("token", "code_unknown", 400),
        ("token", "refresh_token_unknown", 400),
        ("token", "refresh_token_used", 400),
        ("token", "grant_revoked", 400),
        ("token", "code_used", 400),
        ("token", "verifier", 400),
        ("token", "redirect_uri", 400),
        ("token", "client", 401),
        ("token", "body", 400),
        ("api", "token", 401),
        ("revoke", "token", 400),
    ]
