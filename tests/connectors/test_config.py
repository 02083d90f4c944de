"""A connector's description checks itself: every problem at once, by field name."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from connectors.config import ConnectorConfig
from connectors.errors import ConfigError
from connectors.review import RESERVED_PARAMS
from connectors.secret import Secret
from tests.support.configs import CLIENT_SECRET, TENANT, make_config


def problems_of(**changes: Any) -> str:
    """What ``ConfigError`` says about the valid connector with these changes."""
    with pytest.raises(ConfigError) as caught:
        make_config(**changes)
    return str(caught.value)


def test_every_problem_is_reported_at_once_by_field_name() -> None:
    message = problems_of(
        display_name="",
        category="toys",
        alias="Not Kebab",
        docs_url="http://docs.example.com",
        console_url="",
        client_id="",
        client_secret=Secret(""),
        authorization_url="http://auth.example.com/authorize",
        token_url="https://user@auth.example.com/token?x=1",
        revocation_url="https://${connection_config.company}.example.com/revoke",
        scopes=("read write", "read write"),
        extra_authorize_params={"state": "fixed"},
        extra_token_params={"redirect_uri": "https://evil.example"},
        omit_authorize_params=frozenset({"state"}),
        omit_token_params=frozenset({"code_verifier"}),
        authorization_method="magic",
        body_format="xml",
        token_headers={"Authorization": "Bearer x", "Bad Name": "x"},
        connection_config={"shop": dataclasses.replace(TENANT, title="", example="A B")},
        api_hosts=("https://api.example.com",),
        api_headers={"X-Plain": "no token"},
    )
    name, _, listed = message.partition(": ")
    assert name == "acme"
    assert sorted(listed.split("; ")) == sorted(
        [
            "display_name is empty",
            "client_id is empty",
            "client_secret is empty",
            'alias "Not Kebab" is not kebab-case of at most 64 characters',
            "category is not one of productivity, communication, crm, design, commerce, data, "
            "devtools, media, finance, ai, hr, legal, marketing, recruiting, support, surveys, "
            "other",
            "authorization_method is not one of body, header, header_raw, secret_key, none",
            "body_format is not one of form, json",
            "docs_url is not an https URL",
            "console_url is not an https URL",
            "authorization_url is not https",
            "token_url has user information or a fragment",
            "token_url has a query (parameters have fields of their own)",
            "revocation_url has the undeclared placeholder ${connection_config.company}",
            "a scope holds a separator",
            "scopes has duplicates",
            "extra_authorize_params sets reserved state",
            "extra_token_params sets reserved redirect_uri",
            "omit_authorize_params may not omit state (only response_type)",
            "omit_token_params may not omit code_verifier (only grant_type, redirect_uri)",
            'token_headers "Bad Name" is not a valid header',
            "token_headers set Authorization or Content-Type (use the fields for them)",
            "connection_config.shop title is empty",
            "connection_config.shop example does not match pattern",
            'api_hosts: "https://api.example.com" is not a host name or "*." and a host name',
            "api_headers carry no ${access_token}",
        ]
    )


def test_a_connector_without_a_name_is_reported_too() -> None:
    assert problems_of(name="") == "(no name): name is empty"


@pytest.mark.parametrize("name", ["Acme", "acme_crm", "-acme", "acme-", "a--b", "a" * 65, "acmé"])
def test_a_name_is_kebab_case(name: str) -> None:
    assert f'name "{name}" is not kebab-case' in problems_of(name=name)


@pytest.mark.requirement("A12", "A13")
@pytest.mark.parametrize("param", sorted(RESERVED_PARAMS))
@pytest.mark.parametrize("field", ["extra_authorize_params", "extra_token_params"])
def test_a_connector_cannot_set_what_the_engine_sets(field: str, param: str) -> None:
    """state, PKCE and the redirect URI are out of reach of every field."""
    assert f"{field} sets reserved {param}" in problems_of(**{field: {param: "x"}})


@pytest.mark.requirement("A12", "A13")
def test_state_pkce_and_redirect_uri_are_reserved() -> None:
    """The set itself names what a connector must never decide."""
    assert RESERVED_PARAMS >= {
        "state",
        "redirect_uri",
        "code_challenge",
        "code_challenge_method",
        "code_verifier",
        "response_type",
        "response_mode",
        "code",
        "client_id",
        "client_secret",
        "grant_type",
    }


@pytest.mark.parametrize("param", ["state", "client_id", "redirect_uri", "code_challenge"])
def test_a_connector_cannot_leave_out_what_protects_the_flow(param: str) -> None:
    omitted = frozenset({param, "response_type"})
    assert problems_of(omit_authorize_params=omitted) == (
        f"acme: omit_authorize_params may not omit {param} (only response_type)"
    )


@pytest.mark.requirement("H4")
@pytest.mark.parametrize(
    "url",
    [
        "https://${connection_config.company}.example.com/token",
        "https://${connection_config.company}.example.com:8443/token",
        "https://auth.example.com/${connection_config.company}/token",
        "https://auth.${connection_config.company}.example.com/a/${connection_config.company}",
    ],
)
def test_a_placeholder_may_be_a_whole_host_label_or_path_segment(url: str) -> None:
    """The shapes that the engine can check after filling them in."""
    config = make_config(token_url=url, connection_config={"company": TENANT})
    assert config.token_url == url


@pytest.mark.requirement("H4")
@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://x${connection_config.company}.example.com/", "not a whole host label"),
        ("https://${connection_config.company}x.example.com/", "not a whole host label"),
        ("https://example.com/v1${connection_config.company}/token", "not a whole host label"),
        ("https://${connection_config.company}/token", "without a domain of the provider's"),
        ("https://acme.${connection_config.company}/token", "without a domain of the provider's"),
        ("https://${connection_config.company}.com/token", "without a domain of the provider's"),
        ("https://a.example.com:${connection_config.company}/", "is not a URL"),
        ("https://${connection_config.other}.example.com/", "undeclared placeholder"),
        ("https://${company}.example.com/", "undeclared placeholder ${company}"),
        ("https://${}.example.com/", "undeclared placeholder ${}"),
        ("https://a.example.com/?x=${connection_config.company}", "has a query"),
        ("https://a.example.com/#${connection_config.company}", "or a fragment"),
        ("https://${connection_config.company}@a.example.com/", "has user information"),
        ("${connection_config.company}://a.example.com/", "is not https"),
    ],
)
def test_a_placeholder_elsewhere_is_refused(url: str, problem: str) -> None:
    """Next to other text a value could close the label early (``evil.com/``, ``a@b``)."""
    message = problems_of(token_url=url, connection_config={"company": TENANT})
    assert message.startswith("acme: token_url ")
    assert problem in message


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:9", "[::1]:8080", "localhost"])
def test_plain_http_is_accepted_for_the_developers_own_machine(host: str) -> None:
    assert make_config(token_url=f"http://{host}/token").token_url == f"http://{host}/token"


@pytest.mark.parametrize(
    "url",
    [
        "http://auth.example.com/token",
        "http://127.0.0.1.example.com/token",
        "http://localhost.example.com/token",
        "http://127.0.0.2/token",
        "http://10.0.0.1/token",
        "ftp://localhost/token",
        "javascript://localhost/%0aalert(1)",
        "//auth.example.com/token",
        "auth.example.com/token",
    ],
)
@pytest.mark.parametrize(
    "field",
    [
        "authorization_url",
        "token_url",
        "refresh_url",
        "introspection_url",
        "revocation_url",
        "api_base_url",
    ],
)
def test_every_other_url_must_be_https(field: str, url: str) -> None:
    assert f"{field} is not https" in problems_of(**{field: url})


@pytest.mark.parametrize(
    "url", ["https://", "https:///token", "https://[::1/token", "https://a:b/"]
)
def test_a_url_without_a_host_is_refused(url: str) -> None:
    assert "token_url" in problems_of(token_url=url)


def test_a_provider_without_scopes_says_so() -> None:
    assert "scopes is empty (a provider without scopes says scopes_sent=False)" in problems_of(
        scopes=()
    )
    assert "scopes are given although scopes_sent=False" in problems_of(scopes_sent=False)
    assert make_config(scopes=(), scopes_sent=False).scopes == ()


def test_a_scope_may_hold_no_separator() -> None:
    assert "a scope holds a separator" in problems_of(scopes=("a,b",), scope_separator=",")
    assert "scope_separator is empty" in problems_of(scope_separator="")
    assert "a scope holds a separator" in problems_of(scopes=("a,b",))
    assert "a scope holds a separator" in problems_of(scopes=("a+b",), scope_separator="+")


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "", "é", "a\x00"])
@pytest.mark.parametrize("field", ["token_headers", "api_headers"])
def test_a_header_that_would_be_two_is_refused(field: str, value: str) -> None:
    """I2: a header value is printable ASCII on one line."""
    assert f'{field} "X-Odd" is not a valid header' in problems_of(**{field: {"X-Odd": value}})


@pytest.mark.parametrize("name", ["authorization", "AUTHORIZATION", "Content-Type"])
def test_client_authentication_cannot_be_smuggled_in_as_a_header(name: str) -> None:
    assert "token_headers set Authorization or Content-Type" in problems_of(
        token_headers={name: "x"}
    )


@pytest.mark.requirement("C7")
@pytest.mark.parametrize(
    "host", ["*", "*.com", "com", "*.*.example.com", "a.*.com", "a.com:443", "a.com/x", "A.com", ""]
)
def test_an_api_host_is_a_host_name_or_a_subdomain_wildcard(host: str) -> None:
    """I1, C7: no entry lets a token go to a whole top-level domain."""
    assert f'api_hosts: "{host}"' in problems_of(api_hosts=(host,))


def test_a_misspelt_field_is_a_type_error_that_names_it() -> None:
    with pytest.raises(TypeError, match="authorisation_url"):
        make_config(authorisation_url="https://auth.example.com/authorize")


def test_fields_are_given_by_name_only() -> None:
    with pytest.raises(TypeError, match="positional"):
        ConnectorConfig("acme", "Acme")  # type: ignore[call-arg]


def test_a_config_cannot_be_changed() -> None:
    config = make_config()
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.token_url = "https://evil.example/token"  # type: ignore[misc]


@pytest.mark.parametrize(
    "field",
    [
        "extra_authorize_params",
        "extra_token_params",
        "token_headers",
        "api_headers",
        "token_metadata",
    ],
)
def test_mappings_are_read_only_copies(field: str) -> None:
    given = {"X-Acme": "${access_token}" if field == "api_headers" else "acme"}
    expected = dict(given)
    config = make_config(**{field: given})
    given["X-Later"] = "x"
    assert getattr(config, field) == expected
    with pytest.raises(TypeError, match="does not support item assignment"):
        getattr(config, field)["X-Evil"] = "x"


def test_a_copy_is_checked_again() -> None:
    with pytest.raises(ConfigError, match="token_url is not https"):
        dataclasses.replace(make_config(), token_url="http://evil.example/token")


@pytest.mark.requirement("J1")
def test_the_secret_shows_neither_in_the_repr_nor_in_an_error() -> None:
    """A config that is printed or refused does not give the app's secret away."""
    assert CLIENT_SECRET not in repr(make_config())
    assert "client_secret=Secret(***)" in repr(make_config())
    assert CLIENT_SECRET not in problems_of(category="toys", token_url="nonsense")


def test_the_defaults_are_those_of_the_rfc() -> None:
    config = make_config()
    assert (config.authorization_method, config.body_format) == ("body", "form")
    assert (config.scope_separator, config.scopes_sent) == (" ", True)
    assert config.api_headers == {"Authorization": "Bearer ${access_token}"}
    assert not config.omit_authorize_params | config.omit_token_params | config.omit_refresh_params
    assert (config.use_pkce, config.scope_param) == (True, "scope")
    assert (config.token_types, config.granted_scopes_path) == (frozenset(), "scope")
    assert (config.refresh_url, config.introspection_url) == (None, None)
    assert config.alternate_access_token_response_path is None
    assert (config.error_in_success, config.post_connection_script) == (None, None)
    assert not config.error_codes
    assert not config.scope_aliases
    assert not config.scope_implies
    assert not config.scopes_not_echoed | config.refresh_rejected_statuses
    assert not config.refresh_rejected_codes | config.approval_codes
