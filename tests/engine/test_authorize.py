"""The authorization request: what the person's browser opens at the provider."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.secret import Secret
from gateway.engine.authorize import authorization_url, new_code_verifier, new_state
from tests.support.configs import CLIENT_SECRET, make_config

REDIRECT_URI = "https://gateway.example.com/v1/connectors/acme/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""The pair of RFC 7636, appendix B."""

STANDARD = [
    ("response_type", "code"),
    ("client_id", "client-1"),
    ("redirect_uri", REDIRECT_URI),
    ("state", "state-1"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
    ("scope", "read write"),
]


def url_of(
    state: str = "state-1",
    redirect_uri: str = REDIRECT_URI,
    verifier: str = VERIFIER,
    **changes: Any,
) -> str:
    """The URL for the connector ``acme`` with these changes."""
    config = make_config(**changes)
    return authorization_url(
        config,
        endpoint=config.authorization_url,
        redirect_uri=redirect_uri,
        state=state,
        verifier=Secret(verifier),
    )


def query_of(url: str) -> list[tuple[str, str]]:
    """The parameters as a provider reads them."""
    return parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)


@pytest.mark.requirement("A12", "A20", "B6")
def test_the_request_has_the_parameters_of_the_rfcs_and_no_others() -> None:
    """A code is asked for, with S256 and nothing else (RFC 6749 4.1.1, RFC 7636 4.3)."""
    url = url_of()
    assert url.startswith("https://auth.example.com/authorize?")
    assert query_of(url) == STANDARD


@pytest.mark.requirement("J2")
def test_neither_the_verifier_nor_the_secret_is_in_the_url() -> None:
    """No credential in any URL that we make."""
    url = url_of()
    assert VERIFIER not in url
    assert CLIENT_SECRET not in url


def test_extra_parameters_of_any_name_and_value_are_added() -> None:
    extra = {"prompt": "consent", "grant_options[]": "", "uri": "x", "a b": "ü&=#"}
    assert query_of(url_of(extra_authorize_params=extra)) == [*STANDARD, *extra.items()]


def test_an_omitted_parameter_is_left_out() -> None:
    url = url_of(omit_authorize_params=frozenset({"response_type"}))
    assert query_of(url) == STANDARD[1:]


def test_scopes_are_joined_by_the_providers_separator() -> None:
    assert dict(query_of(url_of(scope_separator=",")))["scope"] == "read,write"


def test_a_provider_without_scopes_gets_no_scope_parameter() -> None:
    url = url_of(scopes=(), scopes_sent=False)
    assert query_of(url) == [pair for pair in STANDARD if pair[0] != "scope"]


def test_the_scopes_may_have_another_name_and_leave_the_standard_one_out() -> None:
    """Slack's user scopes: ``scope`` itself would ask for a bot."""
    url = url_of(scope_param="user_scope", scope_separator=",")
    assert query_of(url) == [*STANDARD[:-1], ("user_scope", "read,write")]


def test_a_provider_without_scopes_gets_none_under_another_name_either() -> None:
    assert query_of(url_of(scope_param="user_scope", scopes=(), scopes_sent=False)) == STANDARD[:-1]


@pytest.mark.requirement("A12")
def test_without_pkce_nothing_of_it_is_sent() -> None:
    """For providers that refuse a parameter they do not know; the state still binds the flow."""
    url = url_of(use_pkce=False)
    assert query_of(url) == [
        pair for pair in STANDARD if pair[0] not in {"code_challenge", "code_challenge_method"}
    ]
    assert CHALLENGE not in url
    assert VERIFIER not in url


@pytest.mark.requirement("A13")
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_every_value_arrives_at_the_provider_as_it_is(text: str) -> None:
    """The redirect URI in particular is byte-equal, and no value adds a parameter."""
    constant = text.replace("${", "{")  # a placeholder in a constant is filled in
    url = url_of(
        state=text, redirect_uri=text, client_id=text, extra_authorize_params={"extra": constant}
    )
    found = query_of(url)
    assert [name for name, _ in found] == [name for name, _ in STANDARD] + ["extra"]
    assert {name for name, value in found if value == text} >= {
        "state",
        "redirect_uri",
        "client_id",
    }
    assert ("extra", constant) in found
    assert urlsplit(url).netloc == "auth.example.com"
    assert urlsplit(url).fragment == ""


@pytest.mark.requirement("A5", "A12")
@pytest.mark.parametrize(
    "new", [new_state, lambda: new_code_verifier().reveal()], ids=["state", "verifier"]
)
def test_ten_thousand_are_unguessable_and_different(new: Callable[[], str]) -> None:
    """256 random bits in the alphabet of URLs, without anything to decode."""
    made = [new() for _ in range(10_000)]
    assert len(set(made)) == len(made)
    for value in made:
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", value)
    bits = [base64.urlsafe_b64decode(value + "=") for value in made]
    assert {len(value) for value in bits} == {32}
    # Each of the 256 bits is one in about half of them: nothing is fixed, no id or time in front.
    for position in range(256):
        ones = sum(value[position // 8] >> position % 8 & 1 for value in bits)
        assert 4_500 < ones < 5_500


@pytest.mark.requirement("J1")
def test_a_verifier_does_not_show_itself() -> None:
    """It is one half of what a caught code is worth."""
    verifier = new_code_verifier()
    assert verifier.reveal() not in repr(verifier)
