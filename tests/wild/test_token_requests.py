"""Token requests as real providers want them, and the hosts that their answers name."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl

import pytest

from connectors.secret import Secret
from gateway.engine.callback import callback_metadata, read_callback
from gateway.engine.templates import render_url
from gateway.engine.token_request import exchange_request, refresh_request
from gateway.errors import CallbackInvalid, InvalidRequest
from tests.support.configs import make_config

ENDPOINT = "https://auth.example.com/token"


def refresh_params(**fields: Any) -> dict[str, str]:
    """The parameters of a refresh by the connector with these fields."""
    request = refresh_request(
        make_config(**fields), endpoint=ENDPOINT, refresh_token=Secret("canary")
    )
    return dict(parse_qsl(request.content.decode(), keep_blank_values=True))


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        pytest.param(
            {"extra_refresh_params": {"action": "requesttoken"}},
            "action",
            "requesttoken",
            id="Withings: CodeWithCJ/SparkyFitness#2293",
        ),
        pytest.param(
            {"extra_refresh_params": {"scope": "offline"}},
            "scope",
            "offline",
            id="WHOOP: https://developer.whoop.com/docs/developing/oauth",
        ),
        pytest.param(
            {"param_names": {"client_id": "client_key"}},
            "client_key",
            "client-id",
            id="TikTok: ciaranj/node-oauth#374",
        ),
        pytest.param(
            {"extra_refresh_params": {"scope": "https://ads.microsoft.com/msads.manage"}},
            "scope",
            "https://ads.microsoft.com/msads.manage",
            id="https://learn.microsoft.com/en-us/advertising/guides/authentication-oauth",
        ),
        pytest.param(
            {"extra_refresh_params": {"type": "refresh"}},
            "type",
            "refresh",
            id="Basecamp: basecamp/api/blob/master/sections/authentication.md",
        ),
    ],
)
def test_a_refresh_has_the_further_parameter(fields: dict[str, Any], name: str, value: str) -> None:
    """Without it, the connection dies at its first refresh.

    More threads: lelylan/simple-oauth2#57, modelcontextprotocol/rust-sdk#624.
    """
    sent = refresh_params(client_id="client-id", **fields)
    assert sent[name] == value
    assert (sent["grant_type"], sent["refresh_token"]) == ("refresh_token", "canary")
    assert name not in refresh_params(client_id="client-id")


CREDENTIALS = [
    pytest.param("1PpG/Q 1", "z/tZ9VwF+Zq:ApmIQ%u==", id="lelylan/simple-oauth2#226"),
    pytest.param("app", "word1/word2", id="golang/oauth2#320"),
    pytest.param("app", "%5^gis%h@", id="spring-attic/spring-authorization-server#985"),
    pytest.param("app", "]T2v6(V{Y!wNHT>}YG6[UC9+85?zRF!9", id="the same server, #1895"),
    pytest.param("app", "sthUI=+2~fubar", id="spring-projects/spring-security#9610"),
]


def basic(client_id: str, secret: str, method: str) -> str:
    """The credentials of Basic as they are sent."""
    config = make_config(
        client_id=client_id, client_secret=Secret(secret), authorization_method=method
    )
    request = exchange_request(
        config,
        endpoint=ENDPOINT,
        code=Secret("code"),
        redirect_uri="https://gateway.example.com/callback",
        verifier=Secret("v" * 43),
    )
    kind, _, value = request.headers["Authorization"].partition(" ")
    assert kind == "Basic"
    return base64.b64decode(value).decode()


@pytest.mark.parametrize(("client_id", "secret"), CREDENTIALS)
def test_a_server_that_decodes_nothing_gets_the_credentials_as_they_are(
    client_id: str, secret: str
) -> None:
    """``header_raw`` is for servers that read Basic by RFC 7617 alone; ``header`` is RFC 6749's."""
    assert basic(client_id, secret, "header_raw") == f"{client_id}:{secret}"
    encoded = basic(client_id, secret, "header")
    assert encoded != f"{client_id}:{secret}"
    found_id, _, found = encoded.partition(":")
    assert parse_qsl(f"{found_id}=1")[0][0] == client_id
    assert parse_qsl(f"x={found}")[0][1] == secret


CALLBACKS = [
    pytest.param("realmId", "9130355377388383822", id="QuickBooks: windmill-labs/windmill#6232"),
    pytest.param("location", "eu", id="Zoho: asciisd/zoho#18"),
    pytest.param(
        "merchant_id", "C7ZF9K1", id="Clover: https://docs.clover.com/docs/oauth-flows-in-clover"
    ),
    pytest.param(
        "selling_partner_id",
        "A2NOTAREALID",
        id="https://developer-docs.amazon.com/sp-api/docs/website-authorization-workflow",
    ),
]


@pytest.mark.parametrize(("param", "value"), CALLBACKS)
def test_what_only_the_callback_tells_is_kept_and_is_part_of_the_address(
    param: str, value: str
) -> None:
    """More threads: trycompai/comp#3258, amp-labs/connectors#2933, PipedreamHQ/pipedream#2892."""
    config = make_config(
        callback_metadata={"told": param},
        api_base_url="https://api.example.com/company/${metadata.told}",
    )
    response = read_callback(f"code=c&state=s&{param}={value}".encode())
    known = callback_metadata(config, response)
    assert render_url(config.api_base_url, config, {}, known).endswith(f"/company/{value}")
    with pytest.raises(CallbackInvalid, match=param):
        callback_metadata(config, read_callback(b"code=c&state=s"))


@pytest.mark.parametrize(
    ("covered", "told", "host"),
    [
        *(
            pytest.param("*.salesforce.com", f"https://{host}", host, id=f"Salesforce: {host}")
            for host in (
                "acme.my.salesforce.com",
                "acme--dev.my.salesforce.com",
                "acme--dev.sandbox.my.salesforce.com",
                "x-dev-ed.develop.my.salesforce.com",
                "na1.salesforce.com",
            )
        ),
        pytest.param(
            "*.pipedrive.com",
            "https://acme.pipedrive.com",
            "acme.pipedrive.com",
            id="https://pipedrive.readme.io/docs/marketplace-oauth-authorization",
        ),
        pytest.param(
            "*.wrike.com",
            "app-eu.wrike.com",
            "app-eu.wrike.com",
            id="https://developers.wrike.com/oauth-20-authorization (a host without a scheme)",
        ),
    ],
)
def test_the_host_that_the_token_answer_names_has_as_many_labels_as_it_likes(
    covered: str, told: str, host: str
) -> None:
    """Sandboxes and developer organisations beside production.

    Threads: NangoHQ/nango#327, NangoHQ/nango#5793, PostHog/posthog#72487, n8n-io/n8n#34916.
    """
    config = make_config(
        token_metadata={"at": "instance_url"},
        api_base_url="https://${metadata.at}/services",
        api_hosts=(covered,),
    )
    assert render_url(config.api_base_url, config, {}, {"at": told}) == f"https://{host}/services"
    for other in (f"{told}.evil.example", f"https://evil.example/{host}", f"{host}:8443"):
        with pytest.raises(InvalidRequest):
            render_url(config.api_base_url, config, {}, {"at": other})
