"""Values that decide hosts and headers, as real providers need them (vocabulary of a connector)."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.account import account_lookup
from connectors.config import ConnectorConfig
from connectors.errors import ConfigError
from connectors.inputs import ConnectionInput
from connectors.secret import Secret
from gateway.engine.api import api_headers, api_request
from gateway.engine.inputs import read_inputs
from gateway.engine.templates import filled, render_url
from gateway.errors import InvalidRequest
from tests.support.configs import make_config

TOKEN = Secret("canary")


def with_host(*hosts: str) -> ConnectorConfig:
    """A connector whose people type a whole host below these."""
    host = ConnectionInput(
        title="Host", description="Yours.", hosts=hosts, example=hosts[0].replace("*", "acme")
    )
    url = "https://${connection_config.host}/oauth2/token"
    return make_config(
        token_url=url, api_base_url=url, connection_config={"host": host}, authorization_url=url
    )


SALESFORCE = ("*.my.salesforce.com", "login.salesforce.com", "test.salesforce.com")


@pytest.mark.parametrize(
    ("hosts", "host"),
    [
        (SALESFORCE, "acme.my.salesforce.com"),
        (SALESFORCE, "acme--dev.my.salesforce.com"),
        (SALESFORCE, "acme--dev.sandbox.my.salesforce.com"),
        (SALESFORCE, "x-dev-ed.develop.my.salesforce.com"),
        (SALESFORCE, "login.salesforce.com"),
        (("*.snowflakecomputing.com",), "xy12345.eu-central-1.snowflakecomputing.com"),
        (("*.dynamics.com",), "acme.crm4.dynamics.com"),
    ],
)
def test_an_organisations_host_may_have_several_labels_before_the_domain(
    hosts: tuple[str, ...], host: str
) -> None:
    """Sandboxes and developer organisations beside production.

    Sources: NangoHQ/nango#327, NangoHQ/nango#5793, PostHog/posthog#72487, n8n-io/n8n#34916. Further
    members: https://docs.snowflake.com/en/user-guide/admin-account-identifier (region in the host)
    and https://learn.microsoft.com/en-us/power-platform/admin/new-datacenter-regions (``crm4``).
    """
    config = with_host(*hosts)
    values = read_inputs(config.connection_config, {"host": f"https://{host}/"})
    assert render_url(config.token_url, config, values) == f"https://{host}/oauth2/token"


@pytest.mark.requirement("H4")
@pytest.mark.parametrize("stored", ["evil.example", "evilmy.salesforce.com", "a@b", "", "a:1"])
def test_a_stored_host_is_checked_again_before_each_use(stored: str) -> None:
    config = with_host(*SALESFORCE)
    with pytest.raises(InvalidRequest, match='the connection_config value "host" is not valid'):
        render_url(config.token_url, config, {"host": stored})


HEADERS = [
    ("Xero-Tenant-Id", {"tenant_id": "7f3c-1"}),
    ("Procore-Company-Id", {"tenant_id": 4711}),
    ("X-Company", {"tenant_id": "acme ltd"}),
]


@pytest.mark.parametrize(("header", "metadata"), HEADERS)
def test_a_header_has_what_only_another_call_tells(header: str, metadata: dict[str, Any]) -> None:
    """The tenant of every call to the API, found by a lookup or a hook after the exchange.

    Sources: NangoHQ/nango#800, foxbytehq/laravel-xero-oauth2#68, XeroAPI/xero-mcp-server#208.
    Further members: https://developers.procore.com/documentation/making-first-call
    (``Procore-Company-Id``) and Sage 200's ``X-Company``
    (https://developer.columbus.sage.com/docs/#/uk/sage200).
    """
    lookup = account_lookup(
        url="https://api.example.com/connections",
        id="id",
        label="name",
        metadata={"tenant_id": "tenantId"},
    )
    config = make_config(
        fetch_account_info=lookup,
        api_headers={"Authorization": "Bearer ${access_token}", header: "${metadata.tenant_id}"},
    )
    sent = {"Authorization": "Bearer canary", header: str(metadata["tenant_id"])}
    assert api_headers(config, TOKEN, {}, metadata) == sent
    with pytest.raises(InvalidRequest, match='the metadata value "tenant_id" is missing'):
        api_headers(config, TOKEN, {}, {})
    # The call that finds it goes without it.
    request = api_request(config, str(lookup.url), connection_config={}, access_token=TOKEN)
    assert header not in request.headers


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "é", "a\x00"])
def test_a_providers_word_is_one_header_or_none(value: str) -> None:
    config = make_config(
        token_metadata={"site": "site"},
        api_headers={"Authorization": "Bearer ${access_token}", "X-Site": "${metadata.site}"},
    )
    with pytest.raises(InvalidRequest, match='the metadata value "site" is not valid'):
        api_headers(config, TOKEN, {}, {"site": value})


@pytest.mark.parametrize("field", ["api_headers", "token_headers", "extra_token_params"])
def test_a_description_whose_header_nothing_fills_does_not_load(field: str) -> None:
    headers = {"X-Tenant": "${metadata.tenant_id}"}
    if field == "api_headers":
        headers |= {"Authorization": "Bearer ${access_token}"}
    with pytest.raises(ConfigError, match=r"undeclared placeholder \$\{metadata\.tenant_id\}"):
        make_config(**{field: headers})


def test_an_optional_value_that_was_left_empty_is_not_sent() -> None:
    """Google Ads' ``login-customer-id`` is for accounts that a manager account manages.

    Source: https://developers.google.com/google-ads/api/docs/concepts/call-structure
    """
    manager = ConnectionInput(
        title="Manager", description="-", pattern="[0-9]+", example="1", default=""
    )
    config = make_config(
        connection_config={"manager": manager},
        extra_token_params={"manager": "${connection_config.manager}", "fixed": "1"},
        api_headers={
            "Authorization": "Bearer ${access_token}",
            "login-customer-id": "${connection_config.manager}",
        },
    )
    for typed, sent in (("", False), ("42", True)):
        values = read_inputs(config.connection_config, {"manager": typed})
        assert ("login-customer-id" in api_headers(config, TOKEN, values, {})) is sent
        assert ("manager" in filled(config, values).extra_token_params) is sent
        assert filled(config, values).extra_token_params["fixed"] == "1"


def test_a_query_of_the_accounts_address_stays_beside_a_typed_value() -> None:
    """An address that lost its query asked for another account's fields."""
    team = ConnectionInput(title="Team", description="-", pattern="[a-z &]+", example="acme")
    config = make_config(connection_config={"team": team}, token_metadata={})
    url = "https://api.example.com/me?fields=id,name&team=${connection_config.team}"
    rendered = render_url(url, config, {"team": "a & b"})
    assert rendered == "https://api.example.com/me?fields=id,name&team=a%20%26%20b"
