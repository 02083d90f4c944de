"""The rules of ``connectors.provider_review``, field by field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.errors import ConfigError
from connectors.key_provider import SimulatedKeyProvider
from connectors.provider import (
    AuthorizeRules,
    FictionalAccount,
    IntrospectRules,
    LongLivedRules,
    RevokeRules,
    SimulatedProvider,
)
from connectors.provider_review import key_provider_problems, problems_of
from tests.support.simulation import PROVIDERS, TOY, Toy

ANA = TOY.accounts[0]
ME = TOY.api[0]
LASTING = LongLivedRules(
    exchange="toy.example/exchange",
    exchange_params={"access_token": "{access_token}"},
    renew="toy.example/renew",
    renew_params={"access_token": "{access_token}"},
    seconds=86400,
)


def problem(**changes: Any) -> str:
    """The only problem of the toy provider with these changes."""
    with pytest.raises(ConfigError) as caught:
        Toy(**changes)
    (found,) = caught.value.problems
    assert str(caught.value).endswith(f": {found}")
    return found


@pytest.mark.parametrize("provider", [*PROVIDERS, TOY], ids=lambda provider: provider.name)
def test_a_valid_description_has_no_problem(
    provider: SimulatedProvider | SimulatedKeyProvider,
) -> None:
    is_keyed = isinstance(provider, SimulatedKeyProvider)
    assert [*(key_provider_problems if is_keyed else problems_of)(provider)] == []


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Toy(accounts=(), client_id="", grant={"grace_seconds": 5})
    assert str(caught.value) == (
        "the sandbox file of toy: client_id is empty; "
        "accounts is empty: there is no account to connect; "
        'grant.grace_seconds is given although rotation is "none", not "replay"'
    )


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"grant": {"rotation": "rotates"}},
            "grant.rotation is not one of none, kept, strict, until_used, replay, never",
        ),
        (
            {"token": {"client_auth": "body"}},
            "token.client_auth is not one of basic, basic_raw, post, secret_key, public",
        ),
        ({"token": {"body_format": "xml"}}, "token.body_format is not one of form, json"),
        (
            {"grant": {"extends": {}, "rotation": "strict"}},
            'grant.extends does not go with rotation "strict", only with "none"',
        ),
        (
            {"long_lived": LASTING, "token": {"refresh_params": frozenset()}},
            'long_lived needs grant.rotation "kept": a renewed token goes on working',
        ),
        (
            {"grant": {"extends": {}, "rotation": "none", "ends_access_token": True}},
            "grant.ends_access_token has no effect: the token itself lives on",
        ),
        (
            {"long_lived": LASTING, "grant": {"rotation": "kept"}},
            "token.refresh_params are given, and a long_lived token renews itself",
        ),
        (
            {
                "long_lived": replace(LASTING, renew_params={"a": "b"}),
                "grant": {"rotation": "kept"},
                "token": {"refresh_params": frozenset()},
            },
            "long_lived.renew_params has no {access_token}",
        ),
        (
            {"authorize": {"pkce": True}},
            "authorize.pkce is not one of required, verified, ignored, refused",
        ),
        ({"revoke": {"method": "GET"}}, "revoke.method is not one of POST, DELETE"),
        ({"revoke": {"token": "header"}}, "revoke.token is not one of body, api_header, account"),
        ({"revoke": {"reach": "all"}}, "revoke.reach is not one of grant, account"),
        (
            {"revoke": {"accepts": frozenset({"token"})}},
            "revoke.accepts 'token' is not one of access_token, refresh_token",
        ),
        (
            {"introspect": IntrospectRules(address="a.b/c", client_auth="none", answer=dict)},  # type: ignore[arg-type]
            "introspect.client_auth is not one of basic, basic_raw, post, public",
        ),
        (
            {"authorize": {"params": "prompt"}},
            "authorize.params is not a frozenset (frozenset({x}), and no string)",
        ),
        (
            {"authorize": {"known_scopes": {"read"}}},
            "authorize.known_scopes is not a frozenset (frozenset({x}), and no string)",
        ),
        (
            {"token": {"refresh_params": "refresh_token"}},
            "token.refresh_params is not a frozenset (frozenset({x}), and no string)",
        ),
        (
            {"token": {"required_headers": {"x-version": "1"}}},
            'token.required_headers "x-version" is not a frozenset (frozenset({x}), and no string)',
        ),
        (
            {"api_hosts": "toy.example"},
            "api_hosts is not a frozenset (frozenset({x}), and no string)",
        ),
        ({"accounts": (ANA)}, "accounts is not a tuple (one element needs a comma: (x,))"),
        ({"accounts": (ANA, "ben")}, "accounts[1] is not of the type FictionalAccount"),
        ({"api": (ME, None)}, "api[1] is not of the type ApiRules"),
        ({"api": (replace(ME, **{"method": "PUT"}),)}, "api[0].method is not one of GET, POST"),  # type: ignore[arg-type]
        ({"api_auth": ("authorization",)}, "api_auth has not exactly 2 elements"),
        ({"api_auth": ("authorization", None)}, "api_auth None is not a string"),
        ({"revoke": ME}, "revoke is not of the type RevokeRules"),
        ({"token": {"code_seconds": True}}, "token.code_seconds is not a whole number"),
        ({"grant": {"shared": "yes"}}, "grant.shared is not True or False"),
        ({"grant": {"expires": 3600}}, "grant.expires is not a function"),
        ({"token_answer": "x"}, "token_answer is not a function"),
        ({"error_answer": "invalid_grant"}, "error_answer is not a function"),
        ({"authorize": {"required": {"response_type"}}}, "authorize.required is not a mapping"),
        ({"authorize": {"required": {"prompt": 1}}}, 'authorize.required "prompt" is not a string'),
    ],
)
def test_a_value_of_another_kind_is_named(changes: dict[str, Any], text: str) -> None:
    assert problem(**changes) == text


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("https://toy.example/a", "has a scheme (write host and path alone)"),
        ("{desk}.toy.example/a", "has {desk} (the only placeholder is {tenant})"),
        ("{tenant}.toy.example/{tenant}", "has {tenant} more than once"),
        (
            "x{tenant}.toy.example/a",
            "has a {tenant} that is not a whole host label or path segment",
        ),
        ("toy.example/a-{tenant}", "has a {tenant} that is not a whole host label or path segment"),
        ("toy.example", "has no path"),
        ("toy.example/a?b=c", "has a query, a fragment or a space"),
        ("toy.example/*", "has a * (only an API's path may end with one)"),
        ("toy.example:443/a", "has a host that is no host name in lower case"),
        ("Toy.example/a", "has a host that is no host name in lower case"),
        ("localhost/a", "has a host that is no host name in lower case"),
    ],
)
def test_an_address_that_no_request_could_meet_is_named(address: str, text: str) -> None:
    for part in ("authorize", "token"):
        assert problem(**{part: {"address": address}}) == f'{part}.address "{address}" {text}'
    assert problem(token={"refresh_address": address}) == (
        f'token.refresh_address "{address}" {text}'
    )
    rules = RevokeRules(address=address)
    assert problem(revoke=rules) == f'revoke.address "{address}" {text}'


def test_addresses_of_the_api_are_checked_too() -> None:
    found = problem(api=(ME, replace(ME, address="toy.example/*/me")))
    assert (
        found == 'api[1].address "toy.example/*/me" has a * (only an API\'s path may end with one)'
    )
    Toy(api=(replace(ME, address="toy.example/sites/*"),))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"name": "Toy"}, 'name "Toy" is not kebab-case of at most 64 characters'),
        ({"accounts": (ANA, ANA)}, "accounts have the key ana more than once"),
        (
            {"accounts": (FictionalAccount(key="a", label="", facts={}),)},
            "accounts have an empty key or label",
        ),
        ({"api": ()}, "api is empty: a token would open nothing"),
        (
            {"api_hosts": frozenset({"api.example"})},
            "api_hosts does not cover toy.example, a host of api",
        ),
        (
            {"api_hosts": frozenset({"*.toy.example"})},
            "api_hosts does not cover toy.example, a host of api",
        ),
        (
            {"api_hosts": frozenset({"toy.example", "https://toy.example"})},
            'api_hosts "https://toy.example" is no host name '
            '(without https://, path and *, but "*." in front)',
        ),
        ({"api_auth": ("X-Toy", "")}, 'api_auth "X-Toy" is no header in lower case'),
        (
            {"authorize": {"params": frozenset({"prompt?"})}},
            "authorize.params has prompt?: the ? is for exchange_params and refresh_params "
            "(what is in params may be absent, what is in required may not)",
        ),
        (
            {"authorize": {"required": {"prompt?": None}}},
            "authorize.required has prompt?: the ? is for exchange_params and refresh_params "
            "(what is in params may be absent, what is in required may not)",
        ),
        (
            {"authorize": {"known_scopes": frozenset({"read write"})}},
            "authorize.known_scopes has 'read write' with a separator in it",
        ),
        (
            {"authorize": {"known_scopes": frozenset({"read"}), "scope_separator": ","}},
            "authorize.scope_separator has no effect: there is one scope",
        ),
        (
            {"authorize": {"callback": {"realmId": "nothing"}}},
            'authorize.callback "realmId" is "nothing", which is no text of every account',
        ),
        ({"authorize": {"issuer_advertised": True}}, "authorize.issuer_advertised has no issuer"),
        (
            {"authorize": {"account_choice": {"prompt": "consent"}}},
            "authorize.account_choice has prompt, which params does not",
        ),
        (
            {"token": {"exchange_params": frozenset({"grant_type"})}},
            'token.exchange_params has no "code"',
        ),
        (
            {"token": {"refresh_params": frozenset({"grant_type"})}},
            'token.refresh_params has no "refresh_token"',
        ),
        (
            {"token": {"refresh_params": frozenset({"refresh_token", "scope", "scope?"})}},
            "token.refresh_params has scope with and without a ?",
        ),
        (
            {"token": {"refresh_params": frozenset({"refresh_token", "client_id"})}},
            "token.refresh_params has client_id, which client_auth says already",
        ),
        (
            {"token": {"client_auth": "public"}},
            "client_secret is given, and a public client has none",
        ),
        (
            {"token": {"names": {"nonce": "state"}}},
            "token.names renames state, which every provider returns as it is",
        ),
        (
            {
                "token": {"refresh_params": frozenset()},
                "grant": {"rotation": "never", "refresh_from_seconds": 30},
            },
            'grant.refresh_from_seconds has no effect: rotation is "never"',
        ),
        ({"token": {"code_seconds": 0}}, "token.code_seconds is not more than 0"),
        (
            {"token": {"required_headers": {"X-Version": frozenset({"1"})}}},
            'token.required_headers "X-Version" is not in lower case',
        ),
        (
            {"token": {"required_headers": {"x-version": frozenset()}}},
            'token.required_headers "x-version" has no value that is accepted',
        ),
        (
            {"grant": {"rotation": "strict", "grace_seconds": 60}},
            'grant.grace_seconds is given although rotation is "strict", not "replay"',
        ),
        (
            {"grant": {"rotation": "replay"}},
            'grant.grace_seconds is missing: rotation "replay" needs it',
        ),
        ({"grant": {"access_token_prefix": ""}}, "grant.access_token_prefix is empty"),
        ({"revoke": {"accepts": frozenset()}}, "revoke.accepts is empty"),
        (
            {"revoke": {"token": "api_header", "token_param": "access"}},
            'revoke.token_param is empty, or given although token is not "body"',
        ),
        (
            {"revoke": {"token_param": ""}},
            'revoke.token_param is empty, or given although token is not "body"',
        ),
        (
            {"revoke": {"token": "account", "reach": "account"}},
            'revoke.account_param goes with token "account", and only with that',
        ),
        (
            {"revoke": {"account_param": "account_id"}},
            'revoke.account_param goes with token "account", and only with that',
        ),
        (
            {"revoke": {"token": "account", "account_param": "user", "reach": "account"}},
            'revoke.account_param "user" is a fact of no account',
        ),
        (
            {"revoke": {"token": "account", "account_param": "account_id"}},
            'revoke.reach must be "account": the request names an account and no grant',
        ),
        (
            {"revoke": {"token": "api_header", "client_auth": "post"}},
            'revoke.token "api_header" takes no client_auth and no params besides',
        ),
    ],
)
def test_fields_that_do_not_go_together_are_named(changes: dict[str, Any], text: str) -> None:
    assert problem(**changes) == text


def test_unusual_but_valid_rules_are_accepted() -> None:
    Toy(grant={"rotation": "replay", "grace_seconds": 60})
    Toy(
        api=(replace(ME, address="api.toy.example/me"),),
        api_hosts=frozenset({"*.toy.example", "elsewhere.example"}),
    )
    Toy(authorize=AuthorizeRules(address="{tenant}.toy.example/authorize", scope_separator=None))
    Toy(
        api=(replace(ME, address="{tenant}.toy.example/me"),),
        api_hosts=frozenset({"{tenant}.toy.example"}),
    )
