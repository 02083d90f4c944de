"""The rules of ``connectors.review``, field by field."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import replace
from typing import Any

import pytest

from connectors.account import AccountInfo, account_lookup
from connectors.config import ConnectorConfig
from connectors.config_types import ErrorInSuccess, LongLived, Revocation, ScopeSet
from connectors.context import CallbackContext, ConnectionContext
from connectors.errors import ConfigError
from connectors.inputs import ConnectionInput
from connectors.review import KNOWN_ERRORS, RESERVED_PARAMS, problems_of
from connectors.secret import Secret
from tests.support.configs import TENANT, make_config

LASTING = LongLived(
    exchange_url="https://a.example/exchange",
    exchange_params={"access_token": "${access_token}"},
    renew_url="https://a.example/renew",
    renew_params={"access_token": "${access_token}"},
)
SITE = "https://api.example.com/sites/${metadata.site_id}"


def problem(**changes: Any) -> str:
    """The only problem of the valid connector with these changes."""
    with pytest.raises(ConfigError) as caught:
        make_config(**changes)
    name, _, text = str(caught.value).partition(": ")
    assert name == "acme"
    assert ";" not in text
    return text


def problems_of_fields(**changes: Any) -> list[str]:
    """Every problem of the valid connector with these changes."""
    try:
        make_config(**changes)
    except ConfigError as error:
        return list(error.problems)
    return []


async def by_code(ctx: ConnectionContext) -> AccountInfo:
    """A lookup that is no data."""
    return AccountInfo(external_account_id="1", account_label="1")


def test_a_valid_description_has_no_problem() -> None:
    assert problems_of(make_config()) == []


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"scope_param": "user scope"}, "scope_param is not a parameter's name"),
        ({"scope_param": ""}, "scope_param is not a parameter's name"),
        ({"scope_param": "state"}, "scope_param is the reserved state"),
        ({"scope_param": "code_challenge"}, "scope_param is the reserved code_challenge"),
        (
            {"scope_param": "user_scope", "extra_authorize_params": {"user_scope": "x"}},
            "extra_authorize_params sets reserved user_scope",
        ),
        (
            {"scope_param": "user_scope", "extra_token_params": {"scope": "x"}},
            "extra_token_params sets reserved scope",
        ),
        (
            {"scopes_not_echoed": frozenset({"write", "admin", "a"})},
            "scopes_not_echoed names a, admin, which scopes does not",
        ),
        (
            {"scope_aliases": {"r*": "*r*"}},
            'scope_aliases "r*" holds no scope, or one with several *',
        ),
        (
            {"scope_aliases": {"r r": "read"}},
            'scope_aliases "r r" holds no scope, or one with several *',
        ),
        (
            {"scope_implies": {"write": ("read", "")}},
            'scope_implies "write" holds no scope, or one with several *',
        ),
        (
            {"scope_implies": {"write": ("read", "list:*")}},
            'scope_implies "write" has no * whose part could be taken',
        ),
        (
            {"omit_refresh_params": frozenset({"grant_type", "refresh_token"})},
            "omit_refresh_params may not omit refresh_token (only grant_type)",
        ),
        (
            {"alternate_access_token_response_path": "user..token"},
            'alternate_access_token_response_path "user..token" is not a dot path',
        ),
        (
            {"alternate_access_token_response_path": ""},
            'alternate_access_token_response_path "" is not a dot path',
        ),
        (
            {"scope_sets": {"Mail": ScopeSet(title="Mail", sentence="Reads", scopes=("m",))}},
            'scope_sets "Mail" is no name in small letters, or the name of a scope',
        ),
        (
            {
                "scopes": ("m",),
                "scope_sets": {"m": ScopeSet(title="Mail", sentence="Reads", scopes=("n",))},
            },
            'scope_sets "m" is no name in small letters, or the name of a scope',
        ),
        (
            {"scope_sets": {"mail": ScopeSet(title="Mail", sentence="", scopes=("m",))}},
            'scope_sets "mail" needs a title and a sentence',
        ),
        (
            {"scope_sets": {"mail": ScopeSet(title="Mail", sentence="Reads", scopes=())}},
            'scope_sets "mail" has no scopes, or one twice',
        ),
        (
            {"scope_sets": {"mail": ScopeSet(title="Mail", sentence="Reads", scopes=("a b",))}},
            'scope_sets "mail" has a scope with a separator in it',
        ),
        ({"granted_scopes_path": ".scope"}, 'granted_scopes_path ".scope" is not a dot path'),
        ({"granted_scopes_path": "scope "}, 'granted_scopes_path "scope " is not a dot path'),
        (
            {"token_metadata": {"team": "team.", "plan": "plan"}},
            'token_metadata.team "team." is not a dot path',
        ),
        (
            {"token_types": frozenset({""})},
            "token_types holds one that is empty or not in lower case",
        ),
        (
            {"token_types": frozenset({"Bearer"})},
            "token_types holds one that is empty or not in lower case",
        ),
        (
            {"refresh_rejected_codes": frozenset({"invalid_client", "new"})},
            "refresh_rejected_codes holds invalid_client, which has a meaning already",
        ),
        (
            {
                "refresh_rejected_codes": frozenset({"dead"}),
                "error_codes": {"dead": "invalid_grant"},
            },
            "refresh_rejected_codes holds dead, which has a meaning already",
        ),
        (
            {"refresh_rejected_codes": frozenset({"not a code"})},
            "'not a code' can be no error code (letters, digits, _ . -)",
        ),
        (
            {"approval_codes": frozenset({"access_denied", "admin_policy"})},
            "approval_codes holds access_denied, which has a meaning already",
        ),
        (
            {"approval_codes": frozenset({"ask your admin"})},
            "'ask your admin' can be no error code (letters, digits, _ . -)",
        ),
        (
            {"error_codes": {"": "invalid_grant"}},
            "'' can be no error code (letters, digits, _ . -)",
        ),
        (
            {"refresh_rejected_codes": frozenset({"new"}), "supports_refresh": False},
            "refresh_rejected_codes are given although supports_refresh=False",
        ),
        (
            {"error_codes": {"dead": "invalid_token", "x": "nonsense"}},
            "error_codes stand for invalid_token, nonsense, which RFC 6749 does not know",
        ),
        (
            {"post_connection_script": "../evil"},
            'post_connection_script "../evil" is not kebab-case of at most 64 characters',
        ),
        ({"error_in_success": ErrorInSuccess(flag="")}, "error_in_success flag is empty"),
        (
            {"error_in_success": ErrorInSuccess(flag="ok", code="")},
            "error_in_success code is empty",
        ),
        (
            {"authorization_method": "query"},
            "authorization_method is not one of body, header, header_raw, secret_key, none",
        ),
        ({"authorization_method": "none"}, "client_secret is given to a public client"),
        ({"client_secret": Secret("")}, "client_secret is empty"),
        (
            {"authorization_method": "none", "client_secret": Secret(""), "use_pkce": False},
            "use_pkce is False, and a public client needs it (RFC 9700 2.1.1)",
        ),
        (
            {
                "authorization_method": "none",
                "client_secret": Secret(""),
                "revocation": Revocation(auth="client_secret"),
            },
            "revocation needs a client_secret, which a public client has not",
        ),
        (
            {"extra_refresh_params": {"scope": "x", "refresh_token": "x"}},
            "extra_refresh_params sets reserved refresh_token",
        ),
        (
            {"token_query": {"code": "x"}, "param_names": {"code": "auth_code"}},
            "token_query sets reserved code",
        ),
        (
            {"extra_token_params": {"auth_code": "x"}, "param_names": {"code": "auth_code"}},
            "extra_token_params sets reserved auth_code",
        ),
        (
            {"supports_refresh": False, "refresh_query": {"a": "b"}},
            "refresh_query is given although supports_refresh=False",
        ),
        ({"param_names": {"state": "s"}}, "param_names may not rename state"),
        ({"param_names": {"code_verifier": "v"}}, "param_names may not rename code_verifier"),
        (
            {"param_names": {"client_id": "state"}},
            "param_names gives a name twice, or one that is taken already",
        ),
        (
            {"param_names": {"client_id": "key", "client_secret": "key"}},
            "param_names gives a name twice, or one that is taken already",
        ),
        (
            {"param_names": {"client_id": "a b"}},
            "param_names has 'a b', which is not a parameter's name",
        ),
        (
            {"callback_metadata": {"realm": "state"}},
            'callback_metadata "realm" is not a plain name of a parameter of the callback',
        ),
        (
            {"callback_metadata": {"a.b": "realmId"}},
            'callback_metadata "a.b" is not a plain name of a parameter of the callback',
        ),
        (
            {"token_url": "https://a.example/${metadata.realm}"},
            "token_url has the undeclared placeholder ${metadata.realm}",
        ),
        (
            {"token_headers": {"Acme-Realm": "${metadata.realm}"}},
            "token_headers has the undeclared placeholder ${metadata.realm}",
        ),
        (
            {
                "callback_metadata": {"realm": "realmId"},
                "extra_authorize_params": {"realm": "${metadata.realm}"},
            },
            "extra_authorize_params has the undeclared placeholder ${metadata.realm}",
        ),
        (
            {
                "api_base_url": "https://${metadata.api}/v1",
                "token_metadata": {"api": "instance_url"},
            },
            "api_base_url has a host out of an answer, which only api_hosts can allow",
        ),
        (
            {"fetch_account_info": account_lookup(id="a[", label="a[0].b[c=d]")},
            "fetch_account_info has 'a[', which is not a path",
        ),
        (
            {
                "fetch_account_info": account_lookup(
                    id="a", label="a", jwt="t", url="https://a.example/me"
                )
            },
            "fetch_account_info has more than one of url, introspect and jwt",
        ),
        ({"renew_before_seconds": 0}, "renew_before_seconds is not between 1 and an hour"),
        (
            {"long_lived": replace(LASTING, exchange_url="http://a.example/x")},
            "long_lived exchange_url is not an https URL without query and placeholders",
        ),
        (
            {"long_lived": replace(LASTING, renew_url="https://a.example/x?y")},
            "long_lived renew_url is not an https URL without query and placeholders",
        ),
        (
            {"long_lived": replace(LASTING, renew_params={"grant_type": "x"})},
            "long_lived renew_params carry no ${access_token}",
        ),
        (
            {"long_lived": replace(LASTING, exchange_params={"a": "${access_token}", "b": "${x}"})},
            "long_lived.exchange_params has the undeclared placeholder ${x}",
        ),
        (
            {"long_lived": LASTING, "refresh_url": "https://a.example/refresh"},
            "refresh_url is given, and a long_lived token is not refreshed",
        ),
        (
            {"long_lived": LASTING, "supports_refresh": False},
            "long_lived is given although supports_refresh=False",
        ),
        ({"exchange_code": lambda ctx: None}, "exchange_code is no async function"),
        (
            {"refresh_tokens": by_code, "supports_refresh": False},
            "refresh_tokens is given although supports_refresh=False",
        ),
        (
            {"revoke_token": by_code, "revocation_url": None},
            "revoke_token is given without a revocation_url, the address that it calls",
        ),
        (
            {"long_lived": LASTING, "refresh_tokens": by_code},
            "refresh_tokens is given, and a long_lived token is not refreshed",
        ),
        (
            {"refresh_extends": True},
            "refresh_extends needs the flag of error_in_success: only that tells a success",
        ),
        (
            {"renew_before_seconds": 30, "supports_refresh": False},
            "renew_before_seconds is given although supports_refresh=False",
        ),
        ({"code_param": "state"}, 'code_param "state" does not end with code'),
        ({"code_param": "ticket"}, 'code_param "ticket" does not end with code'),
        (
            {"response_type": "id_token"},
            "response_type is not one word, or asks for a token in the browser (RFC 9700 2.1.2)",
        ),
        (
            {"response_type": "code token"},
            "response_type is not one word, or asks for a token in the browser (RFC 9700 2.1.2)",
        ),
        (
            {"token_paths": {"access_token": "a"}},
            "token_paths has access_token (only expires_at, expires_in, refresh_token, token_type)",
        ),
        (
            {"token_paths": {"expires_at": "a..b"}},
            'token_paths.expires_at "a..b" is not a dot path',
        ),
        (
            {"alternate_access_token_response_path": "data.tokens[0]"},
            "alternate_access_token_response_path ends with an item of a list, not with a name",
        ),
        ({"refresh_url": "http://auth.example.com/refresh"}, "refresh_url is not https"),
        ({"introspection_url": "ftp://auth.example.com/i"}, "introspection_url is not https"),
        (
            {"fetch_account_info": account_lookup(id="sub", label="sub", introspect=True)},
            "fetch_account_info introspects, but there is no introspection_url",
        ),
        (
            {"revocation": Revocation(method="PUT")},  # type: ignore[arg-type]
            "revocation.method is not one of POST, DELETE",
        ),
        (
            {"revocation": Revocation(auth="basic")},  # type: ignore[arg-type]
            "revocation.auth is not one of client, client_body, client_header, client_secret, "
            "none, access_token",
        ),
        (
            {"revocation": Revocation(auth="client_body")},
            'revocation.auth is client_body, which "client" says, too',
        ),
        (
            {"revocation": Revocation(auth="client_header"), "authorization_method": "header"},
            'revocation.auth is client_header, which "client" says, too',
        ),
        (
            {"revocation": Revocation(body_format="xml")},  # type: ignore[arg-type]
            "revocation.body_format is not one of form, json",
        ),
        (
            {"revocation": Revocation(token="both")},  # type: ignore[arg-type]
            "revocation.token is not one of access_token, refresh_token",
        ),
        ({"revocation": Revocation(token=None)}, "revocation names no token at all"),
        ({"revocation": Revocation(token=None, auth="none")}, "revocation names no token at all"),
        (
            {"revocation": Revocation(auth="access_token", token=None, token_param="access")},
            "revocation has a token_param that is empty or names no token",
        ),
        (
            {"revocation": Revocation(token_param="")},
            "revocation has a token_param that is empty or names no token",
        ),
        (
            {"revocation": Revocation(token_param="access", params={"access": "x"})},
            "revocation params sets access (use the fields for them)",
        ),
        (
            {"authorization_url": "https://auth.example.com/${client_id}/authorize"},
            "authorization_url has the undeclared placeholder ${client_id}",
        ),
        (
            {"revocation": Revocation(params={"token": "x", "client_secret": "y"})},
            "revocation params sets client_secret, token (use the fields for them)",
        ),
        (
            {"revocation": Revocation(params={"app": "${client_secret}"})},
            "revocation.params has the undeclared placeholder ${client_secret}",
        ),
        (
            {"revocation": Revocation(params={"account": "${metadata.account}"})},
            "revocation.params has the undeclared placeholder ${metadata.account}",
        ),
    ],
    ids=lambda value: re.sub(" at 0x[0-9a-f]+", "", str(value)),
)
def test_each_rule_says_what_is_wrong(changes: dict[str, Any], text: str) -> None:
    assert problem(**changes) == text


@pytest.mark.parametrize(
    "changes",
    [
        {"scope_param": "user_scope", "extra_authorize_params": {"userscope": ""}},
        {"scopes_not_echoed": frozenset({"read", "write"})},
        {"scope_aliases": {"r": "read", "x:*": "*", "y:*": "more"}},
        {"scope_implies": {"write_*": ("read_*", "list")}},
        {"omit_refresh_params": frozenset({"grant_type"})},
        {"alternate_access_token_response_path": "user.auth.token"},
        {"token_types": frozenset({"bearer", "user"})},
        {"refresh_rejected_codes": frozenset({"consent_required", "65001"})},
        {"approval_codes": frozenset({"AADSTS90094", "consent_required"})},
        {"error_codes": {code: code for code in KNOWN_ERRORS}},
        {"error_in_success": ErrorInSuccess(flag="ok", ok=0, code="meta.code")},
        {"authorization_method": "secret_key"},
        {"authorization_method": "header_raw"},
        {"authorization_method": "none", "client_secret": Secret("")},
        {"extra_refresh_params": {"scope": "read"}},
        {"code_param": "spapi_oauth_code", "response_type": "auth_code"},
        {"revocation": Revocation(token=None, auth="access_token")},
        {"revocation": Revocation(token=None, params={"app": "${client_id}"})},
        {
            "introspection_url": "https://auth.example.com/introspect",
            "fetch_account_info": account_lookup(id="sub", label="sub", introspect=True),
        },
    ],
    ids=str,
)
def test_unusual_but_valid_fields_are_accepted(changes: dict[str, Any]) -> None:
    config = make_config(**changes)
    assert isinstance(config, ConnectorConfig)
    assert {name: getattr(config, name) for name in changes} == changes


@pytest.mark.requirement("D6")
@pytest.mark.parametrize("status", [200, 204, 302, 399, 429, 500, 503])
def test_only_a_refusal_can_reject_a_refresh_token(status: int) -> None:
    """An overloaded provider ends no connection."""
    assert problem(refresh_rejected_statuses=frozenset({400, status})) == (
        "refresh_rejected_statuses holds one that is no refusal (400 to 499, not 429)"
    )


@pytest.mark.parametrize("status", [400, 401, 403, 499])
def test_a_refusal_can(status: int) -> None:
    config = make_config(refresh_rejected_statuses=frozenset({status}))
    assert config.refresh_rejected_statuses == {status}


@pytest.mark.requirement("A12", "A13")
@pytest.mark.parametrize("param", sorted(RESERVED_PARAMS - {"scope"}))
def test_scopes_cannot_take_the_place_of_what_protects_the_flow(param: str) -> None:
    name = "is the reserved" if param.replace("_", "").isalpha() else "is not a parameter's name"
    assert problem(scope_param=param).startswith(f"scope_param {name}")


@pytest.mark.requirement("H4")
@pytest.mark.parametrize(
    "field", ["authorization_url", "token_url", "refresh_url", "introspection_url"]
)
def test_an_address_that_is_called_before_the_account_is_known_holds_no_metadata(
    field: str,
) -> None:
    """It does not exist yet."""
    text = problem(**{field: SITE, "token_metadata": {"site_id": "site_id"}})
    assert text == f"{field} has the undeclared placeholder ${{metadata.site_id}}"


@pytest.mark.parametrize("field", ["revocation_url", "api_base_url"])
def test_an_address_that_is_called_later_holds_metadata_that_somebody_provides(field: str) -> None:
    text = f"{field} has the undeclared placeholder ${{metadata.site_id}}"
    assert problem(**{field: SITE}) == text
    assert problem(**{field: SITE, "token_metadata": {"site": "site_id"}}) == text
    looked_up = account_lookup(id="id", label="id", metadata={"site_id": "site.id"})
    for changes in (
        {"token_metadata": {"site_id": "site_id"}},
        {"fetch_account_info": looked_up},
        {"fetch_account_info": by_code},
        {"post_connection_script": "acme"},
    ):
        assert getattr(make_config(**{field: SITE} | changes), field) == SITE


def test_metadata_has_a_name() -> None:
    url = SITE.replace(".site_id", ".")
    text = problem(api_base_url=url, post_connection_script="acme")
    assert text == "api_base_url has the undeclared placeholder ${metadata.}"


@pytest.mark.requirement("H4")
def test_a_placeholder_of_metadata_is_a_whole_label_with_a_domain_after_it() -> None:
    """As for what people type."""
    known = {"token_metadata": {"x": "x"}}
    assert "not a whole host label" in problem(
        api_base_url="https://api-${metadata.x}.example.com", **known
    )
    assert "which only api_hosts can allow" in problem(
        api_base_url="https://${metadata.x}/v1", **known
    )
    assert "without a domain of the provider's" in problem(
        api_base_url="https://api.${metadata.x}/v1", **known
    )


def test_params_of_a_revocation_may_hold_what_is_known_about_the_account() -> None:
    params = {"a": "${client_id}:${metadata.x}", "b": "text"}
    shape = Revocation(token=None, params=params)
    config = make_config(revocation=shape, token_metadata={"x": "x"})
    assert config.revocation.params == params


def test_params_of_a_revocation_hold_what_was_typed_if_it_is_asked_for() -> None:
    shape = Revocation(params={"company": "${connection_config.company}"})
    text = "revocation.params has the undeclared placeholder ${connection_config.company}"
    assert problem(revocation=shape) == text
    assert problems_of(make_config(revocation=shape, connection_config={"company": TENANT})) == []


def test_params_of_a_revocation_are_read_only() -> None:
    with pytest.raises(TypeError, match="does not support item assignment"):
        make_config(revocation=Revocation(params={"a": "b"})).revocation.params["c"] = "d"  # type: ignore[index]


@pytest.mark.parametrize("field", ["scope_aliases", "error_codes"])
def test_tables_are_read_only_copies(field: str) -> None:
    given = {"scope_aliases": {"r": "read"}, "error_codes": {"dead": "invalid_grant"}}[field]
    config = make_config(**{field: given})
    given["later"] = "nonsense"
    assert "later" not in getattr(config, field)
    with pytest.raises(TypeError, match="does not support item assignment"):
        getattr(config, field)["evil"] = "read"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"scopes": "read"}, "scopes is not a tuple (one element needs a comma: (x,))"),
        ({"scopes": ("a", 1)}, "scopes 1 is not a string"),
        ({"supports_refresh": "yes"}, "supports_refresh is not True or False"),
        ({"client_secret": "x"}, "client_secret is not a Secret"),
        ({"token_headers": ["a"]}, "token_headers is not a mapping"),
        ({"token_headers": {"a": 1}}, 'token_headers "a" is not a string'),
        ({"checked_on": "2026-11-21"}, "checked_on is not a date"),
        ({"refresh_url": 5}, "refresh_url is not a string"),
        (
            {"omit_token_params": {"grant_type"}},
            "omit_token_params is not a frozenset (frozenset({x}), and no string)",
        ),
        ({"revocation": None}, "revocation is not of the type Revocation"),
        ({"error_in_success": "ok"}, "error_in_success is not of the type ErrorInSuccess"),
        (
            {"connection_config": {"shop": "acme"}},
            'connection_config "shop" is not of the type ConnectionInput',
        ),
    ],
)
def test_a_value_of_another_kind_is_named_before_anything_stumbles_over_it(
    changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        make_config(**changes)
    assert caught.value.problems == (problem,)


@pytest.mark.requirement("B4")
@pytest.mark.parametrize(
    "issuer",
    [
        "http://a.example",
        "accounts.example",
        "https://",
        "https://a.example?x=1",
        "https://a.example#x",
        "",
    ],
)
def test_an_issuer_is_an_https_url_without_a_query(issuer: str) -> None:
    """Anything else could never be equal to a right one (RFC 9207 2)."""
    assert problem(issuer=issuer) == "issuer is not an https URL without a query (RFC 9207 2)"


@pytest.mark.parametrize(
    ("issuer", "said"),
    [
        ("https://${connection_config.x}.example.com", "has the undeclared placeholder"),
        ("https://${metadata.company}.example.com", "has the undeclared placeholder"),
        ("https://${connection_config.company}", "has a placeholder without a domain"),
        ("https://a${connection_config.company}.example.com", "has a placeholder that is not a"),
        ("https://a.example/?x=${connection_config.company}", "is not an https URL without"),
    ],
)
def test_placeholder_of_an_issuer_is_checked(issuer: str, said: str) -> None:
    found = problem(issuer=issuer, connection_config={"company": TENANT})
    assert found.startswith(f"issuer {said}")


@pytest.mark.parametrize(
    "url",
    ["https://${connection_config.x}.example.com/me", "https://api.example.com/${metadata.x}/me"],
)
def test_placeholder_of_the_account_s_address_is_declared(url: str) -> None:
    found = problem(fetch_account_info=account_lookup(url=url, id="id", label="name"))
    assert found.startswith("fetch_account_info has the undeclared placeholder ${")


def test_metadata_of_an_identity_is_proven_by_an_answer() -> None:
    """A person can write any ``realmId`` into the callback's address."""
    url, own = "https://api.example.com/v1/me", "https://api.example.com/${metadata.realm}/me"

    def told(url: str, **fields: Any) -> list[str]:
        lookup = account_lookup(url=url, id="${metadata.realm}:${id}", label="name")
        return problems_of_fields(fetch_account_info=lookup, **fields)

    wanted = (
        "fetch_account_info has ${metadata.realm} in its id or label, which neither token_metadata "
        "nor the account's address shows to be true"
    )
    assert told(url) == [wanted]
    assert told(url, callback_metadata={"realm": "realmId"}) == [wanted]
    assert told(own, callback_metadata={"realm": "realmId"}) == []
    assert told(url, token_metadata={"realm": "realm"}) == []


def test_an_issuer_can_be_required_only_where_it_is_named() -> None:
    assert problem(issuer_required=True) == "issuer_required is set without an issuer"
    assert problems_of(make_config(issuer="https://a.example/tenant", issuer_required=True)) == []


@pytest.mark.parametrize(
    "field", ["extra_token_params", "extra_authorize_params", "token_headers", "api_headers"]
)
@pytest.mark.parametrize(
    "placeholder",
    [
        "connection_config.nope",
        "connection_config.company.api",
        "metadata.nope",
        "client_secret",
        "",
        "basic(nope:)",
        "basic(access_token)",
        "env.HOME",
    ],
)
def test_a_placeholder_that_nothing_fills_is_a_problem(field: str, placeholder: str) -> None:
    members = {"X-Team": f"${{{placeholder}}}"}
    if field == "api_headers":
        members |= {"Authorization": "Bearer ${access_token}"}
    found = problem(**{field: members}, connection_config={"company": TENANT})
    assert found == f"{field} has the undeclared placeholder ${{{placeholder}}}"


def test_a_placeholder_that_is_not_closed_is_a_problem() -> None:
    found = problem(extra_token_params={"team": "${connection_config.team"})
    assert found == "extra_token_params has a placeholder that is not closed"


@pytest.mark.parametrize("field", ["extra_token_params", "extra_authorize_params", "token_headers"])
def test_the_access_token_and_the_account_are_not_known_before_they_are_there(field: str) -> None:
    for placeholder in ("${access_token}", "${metadata.x}"):
        found = problem(**{field: {"X-A": placeholder}}, token_metadata={"x": "x"})
        assert found == f"{field} has the undeclared placeholder {placeholder}"


def test_a_table_of_codes_has_no_placeholders() -> None:
    changed = make_config(error_codes={})
    object.__setattr__(changed, "error_codes", {"x": "${connection_config.x}"})
    assert "error_codes has a stray placeholder" in problems_of(changed)


DC = ConnectionInput(
    title="Region",
    description="Where your account is.",
    choices={"eu": {"host": "accounts.acme.eu"}, "us": {"host": "accounts.acme.example"}},
)
OWN_HOST = ConnectionInput(
    title="Site",
    description="Your address.",
    hosts=("*.my.acme.example", "login.acme.example"),
    example="x.my.acme.example",
)
OPTIONAL = dataclasses.replace(TENANT, default="")


@pytest.mark.parametrize(
    ("wanted", "url"),
    [
        (DC, "https://${connection_config.x.host}/token"),
        (DC, "https://${connection_config.x}.acme.example/${connection_config.x}"),
        (DC, "https://api.${connection_config.x.host}/token"),
        (OWN_HOST, "https://${connection_config.x}/token"),
        (OWN_HOST, "https://api.acme.example/${connection_config.x}/token"),
    ],
)
def test_a_choice_or_a_typed_host_may_be_the_whole_host(wanted: ConnectionInput, url: str) -> None:
    assert problems_of(make_config(token_url=url, connection_config={"x": wanted})) == []


UNDECLARED = "has the undeclared placeholder ${connection_config.x.nope}"
NO_LABEL = "has connection_config.x as a label, and its example has several"
MAY_BE_EMPTY = "needs connection_config.x, which may be left empty"
BAD_CHARACTER = "has a character that no URL has, such as a space"
BAD_LABEL = "has a placeholder that is not a whole host label or path segment"
NO_DOMAIN = "has a placeholder without a domain of the provider's after it"


@pytest.mark.parametrize(
    ("wanted", "url", "found"),
    [
        (DC, "https://${connection_config.x.nope}/token", UNDECLARED),
        (OWN_HOST, "https://${connection_config.x}.evil.example/t", NO_LABEL),
        (OWN_HOST, "https://${connection_config.x}:8443/t", BAD_LABEL),
        (TENANT, "https://${connection_config.x}/token", NO_DOMAIN),
        (OPTIONAL, "https://${connection_config.x}.acme.example/t", MAY_BE_EMPTY),
        (OPTIONAL, "https://acme.example/${connection_config.x}/t", MAY_BE_EMPTY),
        (TENANT, "https://acme.example/o auth", BAD_CHARACTER),
        (TENANT, "https://acme.example/oauth\n", BAD_CHARACTER),
        (TENANT, "https://a.example/t || https://b.example/t", BAD_CHARACTER),
        (TENANT, "https://acme.example/t?x=1", "has a query (parameters have fields of their own)"),
    ],
)
def test_an_address_that_cannot_work_is_named(
    wanted: ConnectionInput, url: str, found: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        make_config(token_url=url, connection_config={"x": wanted})
    assert f"token_url {found}" in caught.value.problems


def test_metadata_has_names_that_a_placeholder_can_hold() -> None:
    found = problem(token_metadata={"installation.region": "a.b"})
    assert found == (
        "token_metadata has the name installation.region with a dot, which no placeholder finds"
    )


@pytest.mark.parametrize("name", ["wm_sec.access_token", "api_token", "X-A"])
def test_a_header_has_any_name_of_rfc_9110(name: str) -> None:
    config = make_config(api_headers={name: "${access_token}"}, token_headers={name: "x"})
    assert problems_of(config) == []


def test_the_default_response_mode_may_be_said_and_no_other() -> None:
    assert problems_of(make_config(extra_authorize_params={"response_mode": "query"})) == []
    found = problem(extra_authorize_params={"response_mode": "form_post"})
    assert found == "extra_authorize_params sets reserved response_mode"


def test_an_address_of_the_account_may_have_a_query() -> None:
    lookup = account_lookup(
        url="https://api.example.com/me?team=${connection_config.x}&fields=id", id="id", label="n"
    )
    config = make_config(fetch_account_info=lookup, connection_config={"x": TENANT})
    assert problems_of(config) == []


def test_a_callback_verifier_is_a_plain_function() -> None:
    async def verify(ctx: CallbackContext) -> None:
        pass

    assert problem(callback_verifier=verify) == "callback_verifier is no plain function"
    assert problem(callback_verifier="verify") == "callback_verifier is not a function"


def test_an_account_is_read_by_a_lookup_or_an_async_function() -> None:
    """A function that only hands out a coroutine is mistaken for a plain one."""
    expected = "fetch_account_info is neither account_lookup(...) nor an async function"
    assert problem(fetch_account_info=lambda ctx: by_code(ctx)) == expected
