"""Each place and shape that named providers need, from the description to the request.

The expected requests are written by hand, and never derived. Addresses, places and names were read
on 2026-11-29: at Datadog (docs.datadoghq.com, "Validate API and application keys"), SerpApi
(serpapi.com/account-api), Telegram (core.telegram.org/bots/api), Twitch (dev.twitch.tv/docs) and
Zoom (developers.zoom.us, "Server-to-Server OAuth"), whose pages say them; at Mandrill
(mandrillapp.com/api/docs), whose pages say all but that this call refuses with ``Invalid_Key``; and
for OpenAI, Anthropic, Twilio and Pinecone in public clients of theirs. Unconfirmed: the statuses
with which Telegram refuses a token. Values and patterns are invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors import ConnectionInput, KeyConnectorConfig, KeyMethod, Secret, TokenRequest, Verify
from gateway.engine.key_requests import exchange_of_values, key_request, verification_call
from gateway.engine.request import OutboundRequest
from tests.support.pasted_configs import make_key_config


def value(example: str, pattern: str, *, secret: bool = True) -> ConnectionInput:
    """An input for pasting."""
    return ConnectionInput(
        title="Value",
        description="From the console.",
        example=example,
        pattern=pattern,
        secret=secret,
        keep_case=not secret,
    )


SECRET = value("0123456789abcdef", r"\S{8,200}")
PUBLIC = value("AC0123", r"[A-Za-z0-9-]{3,80}", secret=False)
SITE = ConnectionInput(
    title="Site",
    description="As in the address of your console.",
    choices={"us1": {"api": "api.datadoghq.com"}, "eu": {"api": "api.datadoghq.eu"}},
)
INDEX = ConnectionInput(
    title="Host of the index",
    description="As the console shows it.",
    example="docs-1a2b.svc.us-east-1.pinecone.io",
    hosts=("*.pinecone.io",),
)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A provider: its description, pasted values, and the requests that it documents."""

    base: str
    key: KeyMethod
    pasted: dict[str, str]
    verify: tuple[str, str, dict[str, str], bytes] | None = None
    exchange: tuple[str, str, dict[str, str], bytes] | None = None
    token: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def config(self) -> KeyConnectorConfig:
        """The connector, whose rules are checked when it is made."""
        return make_key_config(self.key, api_base_url=self.base, **self.extra)


JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SHAPES = {
    "OpenAI: a Bearer token": Shape(
        base="https://api.openai.com/v1",
        key=KeyMethod(
            inputs={"key": SECRET},
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://api.openai.com/v1/models"),
        ),
        pasted={"key": "sk-proj-AbC123_-x"},
        verify=(
            "GET",
            "https://api.openai.com/v1/models",
            {"Authorization": "Bearer sk-proj-AbC123_-x"},
            b"",
        ),
    ),
    "Anthropic: a header of its own, and a version": Shape(
        base="https://api.anthropic.com/v1",
        key=KeyMethod(
            inputs={"key": SECRET},
            api_headers={"x-api-key": "${key}", "anthropic-version": "2023-06-01"},
            verify=Verify(url="https://api.anthropic.com/v1/models"),
        ),
        pasted={"key": "sk-ant-api03-AbC1"},
        verify=(
            "GET",
            "https://api.anthropic.com/v1/models",
            {"x-api-key": "sk-ant-api03-AbC1", "anthropic-version": "2023-06-01"},
            b"",
        ),
    ),
    "Twilio: HTTP Basic of two values, one of them in the path": Shape(
        base="https://api.twilio.com/2010-04-01/Accounts/${sid}",
        key=KeyMethod(
            inputs={"sid": PUBLIC, "token": SECRET},
            api_basic=("${sid}", "${token}"),
            verify=Verify(url="https://api.twilio.com/2010-04-01/Accounts/${sid}.json"),
        ),
        pasted={"sid": "AC12", "token": "open:sesame"},
        verify=(
            "GET",
            "https://api.twilio.com/2010-04-01/Accounts/AC12.json",
            {"Authorization": "Basic QUMxMjpvcGVuOnNlc2FtZQ=="},
            b"",
        ),
    ),
    "Telegram: a part of the path": Shape(
        base="https://api.telegram.org/bot${token}",
        key=KeyMethod(
            inputs={"token": SECRET},
            verify=Verify(
                url="https://api.telegram.org/bot${token}/getMe", refused_statuses=(401, 404)
            ),
        ),
        pasted={"token": "123456:AAH-x_y"},
        verify=("GET", "https://api.telegram.org/bot123456:AAH-x_y/getMe", {}, b""),
    ),
    "SerpAPI: the query": Shape(
        base="https://serpapi.com",
        key=KeyMethod(
            inputs={"key": SECRET},
            api_query={"api_key": "${key}"},
            verify=Verify(url="https://serpapi.com/account.json"),
        ),
        pasted={"key": "0a1b2c3d4e"},
        verify=("GET", "https://serpapi.com/account.json?api_key=0a1b2c3d4e", {}, b""),
    ),
    "Datadog: two keys and a region": Shape(
        base="https://${site.api}/api",
        key=KeyMethod(
            inputs={"site": SITE, "key": SECRET, "app": SECRET},
            api_headers={"DD-API-KEY": "${key}", "DD-APPLICATION-KEY": "${app}"},
            verify=Verify(url="https://${site.api}/api/v2/validate_keys"),
        ),
        pasted={"site": "eu", "key": "k1234567", "app": "a1234567"},
        verify=(
            "GET",
            "https://api.datadoghq.eu/api/v2/validate_keys",
            {"DD-API-KEY": "k1234567", "DD-APPLICATION-KEY": "a1234567"},
            b"",
        ),
    ),
    "Pinecone: a typed host": Shape(
        base="https://${index}",
        key=KeyMethod(
            inputs={"index": INDEX, "key": SECRET},
            api_headers={"Api-Key": "${key}"},
            verify=Verify(url="https://${index}/describe_index_stats", method="POST", json={}),
        ),
        pasted={"index": "docs-9z.svc.us-east-1.pinecone.io", "key": "pcsk_12345"},
        verify=(
            "POST",
            "https://docs-9z.svc.us-east-1.pinecone.io/describe_index_stats",
            {"Api-Key": "pcsk_12345", "Content-Type": JSON},
            b"{}",
        ),
    ),
    "Mandrill: a member of the JSON body": Shape(
        base="https://mandrillapp.com/api/1.0",
        key=KeyMethod(
            inputs={"key": SECRET},
            api_body={"key": "${key}"},
            verify=Verify(
                url="https://mandrillapp.com/api/1.0/users/ping2.json",
                method="POST",
                refused_codes=frozenset({"Invalid_Key"}),
                code_path="name",
            ),
        ),
        pasted={"key": "md-AbC12345"},
        verify=(
            "POST",
            "https://mandrillapp.com/api/1.0/users/ping2.json",
            {"Content-Type": JSON},
            b'{"key": "md-AbC12345"}',
        ),
    ),
    "Twitch: client credentials, and the id at the API, too": Shape(
        base="https://api.twitch.tv/helix",
        key=KeyMethod(
            inputs={"id": PUBLIC, "secret": SECRET},
            api_headers={"Authorization": "Bearer ${access_token}", "Client-Id": "${id}"},
            token=TokenRequest(
                url="https://id.twitch.tv/oauth2/token",
                body={
                    "client_id": "${id}",
                    "client_secret": "${secret}",
                    "grant_type": "client_credentials",
                },
            ),
            verify=Verify(url="https://api.twitch.tv/helix/streams"),
        ),
        pasted={"id": "hof5", "secret": "41vpdji4"},
        exchange=(
            "POST",
            "https://id.twitch.tv/oauth2/token",
            {"Content-Type": FORM},
            b"client_id=hof5&client_secret=41vpdji4&grant_type=client_credentials",
        ),
        token="jostpf5q",
        verify=(
            "GET",
            "https://api.twitch.tv/helix/streams",
            {"Authorization": "Bearer jostpf5q", "Client-Id": "hof5"},
            b"",
        ),
    ),
    "Zoom: Basic and a query at the token endpoint": Shape(
        base="https://api.zoom.us/v2",
        key=KeyMethod(
            inputs={"account": PUBLIC, "id": PUBLIC, "secret": SECRET},
            api_headers={"Authorization": "Bearer ${access_token}"},
            token=TokenRequest(
                url="https://zoom.us/oauth/token",
                query={"grant_type": "account_credentials", "account_id": "${account}"},
                basic=("${id}", "${secret}"),
            ),
        ),
        pasted={"account": "acc1", "id": "id1", "secret": "secret-1"},
        exchange=(
            "POST",
            "https://zoom.us/oauth/token?grant_type=account_credentials&account_id=acc1",
            {"Authorization": "Basic aWQxOnNlY3JldC0x", "Content-Type": FORM},
            b"",
        ),
    ),
}


def on_wire(sent: OutboundRequest) -> tuple[str, str, dict[str, str], bytes]:
    """A request without the constant ``Accept``."""
    headers = {name: text for name, text in sent.headers.items() if name != "Accept"}
    return sent.method, sent.url, headers, sent.content


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_a_provider_gets_what_it_documents(shape: Shape) -> None:
    key, token = shape.key, None if shape.token is None else Secret(shape.token)
    if key.token is not None:
        assert on_wire(exchange_of_values(key, key.token, shape.pasted)) == shape.exchange
    if key.verify is not None:
        call = verification_call(key.verify)
        sent = key_request(shape.config, key, shape.pasted, token, call)
        assert on_wire(sent) == shape.verify
        secrets = [shape.pasted[name] for name, each in key.inputs.items() if each.secret]
        assert not any(text in repr(sent) for text in secrets)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_each_description_is_valid(shape: Shape) -> None:
    assert shape.config.problems() == []
