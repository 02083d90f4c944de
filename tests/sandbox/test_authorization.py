"""The authorization endpoint of the simulated providers, and the accounts it offers."""

from __future__ import annotations

import pytest

from gateway.sandbox.wire import Refused
from tests.support.simulation import CHALLENGE, S256, VERIFIER, Toy, body_of, refusal_of


def refused(toy: Toy, *without: str, **params: str) -> tuple[str, str]:
    """Error and reason of an authorization request that is not in order."""
    with pytest.raises(Refused) as caught:
        toy.authorize(*without, **params)
    return caught.value.error, caught.value.reason


def test_a_parameter_that_nobody_documents_is_refused() -> None:
    assert refused(Toy(), audience="api") == ("invalid_request", "parameters")
    assert Toy(authorize={"params": frozenset({"audience"})}).authorize(audience="api")


def test_the_response_type_must_be_code_where_nothing_else_is_documented() -> None:
    toy = Toy()
    assert refused(toy, "response_type") == ("invalid_request", "parameters")
    assert refused(toy, response_type="token") == ("invalid_request", "parameters")
    assert Toy(authorize={"required": {}}).authorize("response_type")


def test_a_required_parameter_must_be_there_with_its_value() -> None:
    required = {"response_type": "code", "audience": "api", "prompt": None}
    toy = Toy(authorize={"required": required})
    assert toy.authorize(audience="api", prompt="anything")
    assert refused(toy, prompt="x") == ("invalid_request", "parameters")
    assert refused(toy, audience="other", prompt="x") == ("invalid_request", "parameters")
    assert refused(toy, audience="api") == ("invalid_request", "parameters")


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"client_id": "other"}, ("invalid_client", "client")),
        (
            {"redirect_uri": "http://localhost:3141/other"},
            ("redirect_uri_mismatch", "redirect_uri"),
        ),
        ({"state": ""}, ("invalid_request", "parameters")),
        ({"scope": "admin"}, ("invalid_scope", "scope")),
        ({"scope": ""}, ("invalid_scope", "scope")),
    ],
)
def test_a_request_that_is_not_the_apps_own_is_refused(
    params: dict[str, str], error: tuple[str, str]
) -> None:
    assert refused(Toy(), **params) == error


def test_a_parameter_that_comes_twice_is_refused() -> None:
    toy = Toy()
    query = "client_id=toy-client&state=a&state=b"
    with pytest.raises(Refused, match="twice"):
        toy.simulation.authorize(toy.request("GET", "authorize", query=query))


def test_scopes_come_in_the_parameter_that_is_named() -> None:
    toy = Toy(authorize={"scope_param": "user_scope"})
    assert toy.authorize("scope", user_scope="read write").scopes == ("read", "write")
    assert refused(toy, user_scope="read") == ("invalid_request", "parameters")  # scope is unknown
    assert refused(toy, "scope") == ("invalid_scope", "scope")


@pytest.mark.parametrize(
    ("separator", "taken", "not_taken"),
    [
        (" ", ["read write"], ["read,write", "read+write", "read  write"]),
        (",", ["read,write"], ["read write", "read, write"]),
        (" ,", ["read write", "read,write"], ["read, write", "read;write"]),
        ("", ["read"], ["read write", "read,write"]),
    ],
)
def test_each_character_of_the_separator_separates_and_no_other(
    separator: str, taken: list[str], not_taken: list[str]
) -> None:
    toy = Toy(authorize={"scope_separator": separator})
    for text in taken:
        assert set(toy.authorize(scope=text).scopes) <= {"read", "write"}
    for text in not_taken:
        assert refused(toy, scope=text) == ("invalid_scope", "scope")


def test_a_provider_without_scopes_does_not_know_the_parameter() -> None:
    toy = Toy(authorize={"scope_separator": None})
    assert toy.authorize("scope").scopes == ()
    assert refused(toy) == ("invalid_request", "parameters")


@pytest.mark.parametrize("pkce", ["required", "verified"])
def test_a_challenge_other_than_s256_is_refused_where_it_is_looked_at(pkce: str) -> None:
    toy = Toy(authorize={"pkce": pkce})
    assert toy.authorize(**S256)
    for params in (
        {"code_challenge": CHALLENGE, "code_challenge_method": "plain"},
        {"code_challenge": CHALLENGE},
        {"code_challenge_method": "S256"},
        {"code_challenge": VERIFIER[:-1], "code_challenge_method": "S256"},
        {"code_challenge": CHALLENGE + "=", "code_challenge_method": "S256"},
    ):
        assert refused(toy, **params) == ("invalid_request", "verifier"), params


def test_a_challenge_must_be_there_only_where_it_is_required() -> None:
    assert refused(Toy(authorize={"pkce": "required"})) == ("invalid_request", "verifier")
    assert Toy(authorize={"pkce": "verified"}).authorize()


@pytest.mark.parametrize("pkce", ["required", "verified"])
def test_the_verifier_must_be_the_challenges_where_it_is_looked_at(pkce: str) -> None:
    toy = Toy(authorize={"pkce": pkce})
    assert refusal_of(toy.exchange(toy.code(**S256), code_verifier="w" * 43)) == "invalid_grant"
    assert refusal_of(toy.exchange(toy.code(**S256))) == "invalid_grant"
    body_of(toy.exchange(toy.code(**S256), code_verifier=VERIFIER))


def test_a_verifier_without_a_challenge_is_refused() -> None:
    """RFC 9700 2.1.1: somebody may have taken the challenge out of the request."""
    toy = Toy()
    assert refusal_of(toy.exchange(toy.code(), code_verifier=VERIFIER)) == "invalid_grant"


def test_pkce_that_is_ignored_is_accepted_and_not_checked() -> None:
    plain = {"code_challenge": "x", "code_challenge_method": "plain"}
    exchange_params = frozenset({"grant_type", "code", "redirect_uri"})
    toy = Toy(authorize={"pkce": "ignored"}, token={"exchange_params": exchange_params})
    body_of(toy.exchange(toy.code(**S256), code_verifier="wrong"))
    body_of(toy.exchange(toy.code(**S256)))
    body_of(toy.exchange(toy.code(**plain), code_verifier="x"))


def test_pkce_that_is_refused_is_unknown_at_both_endpoints() -> None:
    toy = Toy(authorize={"pkce": "refused"})
    assert refused(toy, **S256) == ("invalid_request", "parameters")
    assert refused(toy, code_challenge=CHALLENGE) == ("invalid_request", "parameters")
    assert refusal_of(toy.exchange(toy.code(), code_verifier=VERIFIER)) == "invalid_request"
    body_of(toy.exchange(toy.code()))


def offered(toy: Toy, **params: str) -> list[str]:
    return [account.key for account in toy.authorize(**params).accounts]


def test_without_the_parameters_that_ask_only_the_account_used_last_is_offered() -> None:
    toy = Toy(
        authorize={
            "params": frozenset({"prompt", "theme"}),
            "account_choice": {"prompt": "select_account"},
        }
    )
    assert offered(toy) == ["ana", "ben"]  # there was no consent before
    toy.connect("ana")
    assert offered(toy) == ["ana"]
    assert offered(toy, prompt="login") == ["ana"]
    assert offered(toy, theme="dark", prompt="select_account") == ["ana", "ben"]

    last = toy.connect("ben", prompt="select_account")
    assert offered(toy) == ["ben"]
    toy.ask(toy.simulation.revoke, "revoke", {"token": last["access_token"]})
    assert offered(toy) == ["ana"]  # a revoked grant is forgotten


def test_all_parameters_that_ask_must_be_there() -> None:
    choice = {"prompt": "consent", "actor": "user"}
    toy = Toy(authorize={"params": frozenset(choice), "account_choice": choice})
    toy.connect("ana")
    assert offered(toy, prompt="consent") == ["ana"]
    assert offered(toy, **choice) == ["ana", "ben"]


def test_a_provider_that_always_asks_offers_every_account() -> None:
    toy = Toy()
    toy.connect("ana")
    assert offered(toy) == ["ana", "ben"]


def test_an_account_that_was_not_offered_cannot_be_approved() -> None:
    toy = Toy(
        authorize={"params": frozenset({"prompt"}), "account_choice": {"prompt": "select_account"}}
    )
    toy.connect("ana")
    with pytest.raises(Refused, match="not offered"):
        toy.code("ben")
    assert toy.code("ben", prompt="select_account")
    with pytest.raises(Refused, match="not offered"):
        toy.code("nobody", prompt="select_account")
