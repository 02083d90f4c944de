"""The rules of ``connectors.key_review``, field by field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors import KeyMethod, Verify, account_lookup
from connectors.errors import ConfigError
from tests.support.configs import make_config
from tests.support.pasted_configs import EXCHANGE, KEY, SITE, TEAM, make_key, make_key_config

ME = "https://api.example.com/v1/me"


def problems(changes: dict[str, Any], **config: Any) -> tuple[str, ...]:
    """The problems of the valid connector with these changes of its key."""
    with pytest.raises(ConfigError) as caught:
        make_key_config(make_key(**changes), **config)
    return caught.value.problems


def test_valid_descriptions_have_no_problem() -> None:
    make_key_config()
    make_key_config(
        make_key(
            inputs={"key": KEY, "site": SITE, "team": TEAM},
            api_headers={"X-Team": "${team}", "X_Old": "1"},
            api_basic=("${key}", ""),
            verify=Verify(url="https://${site.api}/v1/me"),
        ),
        api_base_url="https://${site.api}/v1",
    )
    make_key_config(make_key(), api_base_url="https://api.example.com/bot${key}")
    make_key_config(make_key(api_headers={"X-Key": "Basic ${basic(:key)}"}))
    make_key_config(make_key(api_headers={"X-Token": "${access_token}"}, token=EXCHANGE))
    assert make_config(key=make_key()).key == make_key()


def test_a_description_is_frozen() -> None:
    key = make_key()
    with pytest.raises(TypeError):
        key.api_headers["X"] = "y"  # type: ignore[index]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"inputs": {"key": replace(KEY, secret=False)}}, "inputs has none that is secret"),
        ({"inputs": {"key": KEY, "Team": TEAM}}, 'inputs "Team" is not a plain name in lower'),
        (
            {"inputs": {"key": KEY, "access_token": TEAM}},
            'inputs "access_token" is not a plain name in lower case, or is taken',
        ),
        ({"inputs": {"key": replace(KEY, example="x")}}, "inputs.key example does not match"),
        ({"inputs": {"key": KEY, "other": KEY}}, "inputs: other is secret and goes nowhere"),
        ({"api_query": {"q": "${team}"}}, 'api_query "q" has the undeclared placeholder ${team}'),
        (
            {"api_body": {"q": "${access_token}"}, "verify": Verify(url=ME, method="POST")},
            'api_body "q" has the undeclared placeholder ${access_token}',
        ),
        ({"api_query": {"q": "${key"}}, 'api_query "q" has a placeholder without an end'),
        (
            {"api_query": {"q": "${basic(key:other)}"}},
            'api_query "q" has the undeclared placeholder ${other}',
        ),
        (
            {"verify": Verify(url="https://api.example.com/${basic(key:)}")},
            "verify.url has the undeclared placeholder ${basic(key:)}",
        ),
        (
            {"inputs": {"key": KEY, "site": SITE}, "api_query": {"q": "${site.web}"}},
            'api_query "q" has the undeclared placeholder ${site.web}',
        ),
        ({"api_headers": {"X Y": "${key}"}}, 'api_headers "X Y" is not a valid header'),
        ({"api_headers": {"Host": "${key}"}}, 'api_headers "Host" is set by the gateway itself'),
        ({"api_basic": ("${key}", "")}, "api_headers and api_basic both set Authorization"),
        (
            {"api_headers": {}, "api_basic": ("a:${key}", "")},
            "api_basic has a user with a colon (RFC 7617 2)",
        ),
        ({"token": EXCHANGE}, "api_headers and the other places carry no ${access_token}"),
        ({"verify": Verify(url="http://api.example.com/me")}, "verify.url is not https"),
        (
            {"verify": Verify(url="https://api.elsewhere.example/me")},
            "verify.url has a host that neither api_base_url nor api_hosts names",
        ),
        ({"verify": Verify(url=f"{ME}?a=b")}, "verify.url has no host, or has user information"),
        (
            {"verify": Verify(url=ME, refused_statuses=(401, 429))},
            "verify.refused_statuses holds one that is no refusal",
        ),
        (
            {"verify": Verify(url=ME, refused_statuses=())},
            "verify.refused_statuses and refused_codes are empty",
        ),
        ({"verify": Verify(url=ME, code_path="a b")}, 'verify.code_path "a b" is not a dot path'),
        ({"verify": Verify(url=ME, json={})}, "verify sends a body by something else than POST"),
        ({"api_body": {"k": "${key}"}}, "verify sends a body by something else than POST"),
        (
            {"account": account_lookup(id="id", label="name"), "verify": None},
            "account has no url, and there is no verify whose answer it could read",
        ),
        (
            {"account": account_lookup(id="id", label="name", introspect=True)},
            "account introspects, which needs OAuth 2",
        ),
        (
            {"account": account_lookup(id="id", label="name", url="https://evil.example/")},
            "account.url has a host that neither api_base_url nor api_hosts names",
        ),
    ],
)
def test_a_mistake_is_named(changes: dict[str, Any], text: str) -> None:
    assert any(f"key.{text}" in problem for problem in problems(changes)), problems(changes)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"method": "GET"}, "body is sent by something else than POST"),
        ({"lifetime_seconds": 0}, "lifetime_seconds is not more than 0"),
        ({"token_path": ""}, 'token_path "" is not a dot path'),
        ({"expires_at_path": "."}, 'expires_at_path "." is not a dot path'),
        ({"headers": {"X": "${access_token}"}}, "undeclared placeholder ${access_token}"),
        (
            {"basic": ("${key}", ""), "headers": {"authorization": "x"}},
            "headers and basic both set Authorization",
        ),
    ],
)
def test_a_mistake_of_a_token_request_is_named(changes: dict[str, Any], text: str) -> None:
    key = {"api_headers": {"X-T": "${access_token}"}, "token": replace(EXCHANGE, **changes)}
    assert any(p.startswith("key.token.") and text in p for p in problems(key)), problems(key)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://${key}.example.com", "has the secret ${key} in its host"),
        ("https://x${team}.example.com", "has a placeholder that is not a whole host label"),
        ("https://${team}.com", "has a placeholder without a domain of the provider's after it"),
        ("https://${team}", "has a placeholder without a domain of the provider's after it"),
        ("https://a@api.example.com", "has no host, or has user information"),
        ("https://api.example.com/${other}", "has the undeclared placeholder ${other}"),
    ],
)
def test_a_mistake_of_the_base_url_is_named(url: str, text: str) -> None:
    key = {"inputs": {"key": KEY, "team": TEAM}, "verify": None}
    assert any(p == f"api_base_url {text}" or text in p for p in problems(key, api_base_url=url))


def test_a_key_beside_oauth_is_reviewed_too() -> None:
    wrong = KeyMethod(inputs={"key": KEY})
    with pytest.raises(ConfigError, match=r"key\.inputs: key is secret and goes nowhere"):
        make_config(key=wrong)
