"""What a connector may take from answers: each against a provider that answers so."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from connectors import account_lookup
from connectors.sandbox import ApiCall, IssuedTokens, Refusal, facts
from gateway.errors import CallbackInvalid, GatewayError
from gateway.store.mongo import Database
from gateway.testing.subject import Subject
from gateway.testing.workbench import open_workbench
from tests.support.invented import invented, whole_life


def _instance(url: str) -> dict[str, Any]:
    return {
        "rules": {
            "answer": {"instance_url": url},
            "api_base": "acme.my.example.com/services",
            "api": {"/me": facts("id", "name")},
            "api_hosts": ("*.my.example.com",),
        },
        "config": {
            "token_metadata": {"instance_url": "instance_url"},
            "api_base_url": "https://${metadata.instance_url}/services",
            "api_hosts": ("*.my.example.com",),
            "fetch_account_info": account_lookup(
                url="https://${metadata.instance_url}/services/me", id="id", label="name"
            ),
        },
    }


@pytest.mark.parametrize("url", ["https://acme.my.example.com", "acme.my.example.com"])
async def test_the_origin_of_the_api_comes_in_the_token_answer(
    workplace: Database, url: str
) -> None:
    await whole_life(invented(**_instance(url)), workplace)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example",
        "https://my.example.com.evil.example",
        "http://acme.my.example.com",
        "https://acme.my.example.com:8443",
        "https://a@acme.my.example.com",
        "https://acme.my.example.com/x",
        "https://evil.example#.my.example.com",
        "",
    ],
)
async def test_an_origin_that_api_hosts_does_not_cover_is_never_called(
    workplace: Database, url: str
) -> None:
    async with open_workbench(invented(**_instance(url)), workplace) as bench:
        with pytest.raises(GatewayError):
            await bench.connect()
        assert bench.transport.requests_to("api") == []
        assert await bench.connections() == []


def _realm(
    value: str | None = "9130", token: str = "auth.example.com/${metadata.realm_id}/token"
) -> Subject:
    def me(call: ApiCall) -> dict[str, Any] | Refusal:
        known = call.account.facts
        is_own = call.address.split("/")[2] == known["realm"]
        return {"name": known["name"]} if is_own else Refusal(403, {})

    return invented(
        config={
            "callback_metadata": {"realm_id": "realmId"},
            "token_url": f"https://{token}",
            "api_base_url": "https://api.example.com/company/${metadata.realm_id}",
            "fetch_account_info": account_lookup(
                url="https://api.example.com/company/${metadata.realm_id}/me",
                id="${metadata.realm_id}:${name}",
                label="name",
            ),
        },
        rules={
            "token": token.replace("${metadata.realm_id}", "9130"),
            "api_base": "api.example.com/company/9130",
            "api": {"/me": me, "api.example.com/company/9131/me": me},
            "callback": {} if value is None else {"realmId": "realm"},
            "accounts": {("ana", "Ana"): {"name": "Ana", "realm": value}},
        },
    )


async def test_a_parameter_of_the_callback_is_part_of_the_addresses(workplace: Database) -> None:
    connection = await whole_life(_realm(), workplace)
    assert connection.metadata["realm_id"] == "9130"
    assert connection.external_account_id == "9130:Ana"


async def test_a_parameter_of_the_callback_is_in_the_headers(workplace: Database) -> None:
    """The token endpoint wants it as well as the API. Source: NangoHQ/nango (walmart)."""
    subject = invented(
        config={
            "callback_metadata": {"realm_id": "realmId"},
            "token_headers": {"Acme-Realm": "${metadata.realm_id}"},
            "api_headers": {
                "Authorization": "Bearer ${access_token}",
                "Acme-Realm": "${metadata.realm_id}",
            },
        },
        rules={
            "headers": {"acme-realm": frozenset({"9130"})},
            "callback": {"realmId": "realm"},
            "accounts": {("ana", "Ana"): {"id": "acct_1", "name": "Ana", "realm": "9130"}},
        },
    )
    await whole_life(subject, workplace)


async def test_a_parameter_that_the_person_changed_is_no_identity(workplace: Database) -> None:
    """Only the company of the new token answers to it."""
    async with open_workbench(_realm(token="auth.example.com/token"), workplace) as bench:
        started = await bench.start()
        params = bench.approve(bench.consent(started)) | {"realmId": "9131"}
        with pytest.raises(GatewayError):
            await bench.finish(started, params)
        assert len(bench.transport.requests_to("api")) == 1
        assert await bench.connections() == []


@pytest.mark.parametrize("value", [None, "", " ", "x" * 256, "a\u202eb"])
async def test_a_callback_without_its_parameter_sends_no_code(
    workplace: Database, value: str | None
) -> None:
    async with open_workbench(_realm(value), workplace) as bench:
        with pytest.raises(CallbackInvalid, match="realmId"):
            await bench.connect()
        assert bench.token_requests == 0


@pytest.mark.parametrize("value", ["..", "9130/../x", "9130?a=b", "9130#", "%2e%2e"])
async def test_a_callbacks_parameter_changes_no_more_than_its_segment(
    workplace: Database, value: str
) -> None:
    async with open_workbench(_realm(value), workplace) as bench:
        with pytest.raises(GatewayError):
            await bench.connect()
        assert bench.token_requests == 0


async def test_the_account_is_chosen_from_a_list(workplace: Database) -> None:
    subject = invented(
        config={
            "fetch_account_info": account_lookup(
                url="https://api.example.com/v1/me",
                id="accounts[is_default=true].id",
                label="accounts[0].name",
            )
        },
        rules={
            "api": {
                "/me": lambda call: {
                    "accounts": [
                        {"id": "other", "name": "First", "is_default": False},
                        {**call.account.facts, "is_default": True},
                    ]
                }
            }
        },
    )
    connection = await whole_life(subject, workplace)
    assert (connection.external_account_id, connection.account_label) == ("acct_1", "First")


def _jwt(claims: Any) -> str:
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{part}.sig"


def _with_id_token(token: Any) -> Subject:
    def answer(issued: IssuedTokens) -> dict[str, Any]:
        known = issued.account.facts
        right = _jwt({"sub": known["id"], "n": known["name"]})
        return {"id_token": right if token is None else token}

    return invented(
        config={"fetch_account_info": account_lookup(jwt="id_token", id="sub", label="n")},
        rules={"answer": answer},
    )


async def test_the_account_is_read_from_the_claims_of_the_id_token(workplace: Database) -> None:
    connection = await whole_life(_with_id_token(None), workplace)
    assert (connection.external_account_id, connection.account_label) == ("acct_1", "Ana")


@pytest.mark.parametrize(
    "token", ["", "x", "a.b", "a.!!.c", 7, {"sub": "1"}, _jwt([1]), _jwt({"sub": None})], ids=str
)
async def test_an_id_token_that_cannot_be_read_connects_nothing(
    workplace: Database, token: Any
) -> None:
    async with open_workbench(_with_id_token(token), workplace) as bench:
        with pytest.raises(GatewayError):
            await bench.connect()
        assert await bench.connections() == []
