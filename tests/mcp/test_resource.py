"""``/mcp`` as a protected resource: who gets through, and what the others are told."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from gateway.access.service_keys import Restrictions, Role
from gateway.mcp.challenge import Resource
from tests.conftest import GATEWAY_URL
from tests.mcp.conftest import MCP_URL, Caller, resource_app, signed
from tests.support.altered import altered
from tests.support.assertions import HEADER, Host
from tests.support.gateway import Harness, running_gateway

METADATA = f"{GATEWAY_URL}/.well-known/oauth-protected-resource/mcp"
READ_TOOL, WRITE_TOOL = "notion_search_pages", "notion_create_page"


def challenge(answer: httpx.Response) -> dict[str, str]:
    """The parameters of the one challenge."""
    (value,) = answer.headers.get_list("www-authenticate")
    assert value.startswith("Bearer ")
    return dict(re.findall(r'(\w+)="([^"]*)"', value))


async def test_the_metadata_is_at_both_addresses_and_names_the_url_of_the_clients(
    gateway: Harness,
) -> None:
    api = await gateway.api()
    for path in ("/mcp", ""):
        answer = await api.get(f"/.well-known/oauth-protected-resource{path}")
        assert answer.status_code == 200
        assert answer.json() == {
            "resource": MCP_URL,
            "resource_name": "Connector gateway",
            "authorization_servers": [GATEWAY_URL],
            "scopes_supported": ["tools:read", "tools:write"],
            "bearer_methods_supported": ["header"],
        }


@pytest.mark.parametrize(
    ("url", "metadata"),
    [
        ("https://a.example/mcp", "https://a.example/.well-known/oauth-protected-resource/mcp"),
        ("https://a.example:8443", "https://a.example:8443/.well-known/oauth-protected-resource"),
    ],
)
def test_the_well_known_path_goes_between_host_and_path(url: str, metadata: str) -> None:
    assert Resource(url=url, issuer="https://as.example").metadata_url == metadata


async def test_a_request_without_a_credential_is_told_where_to_get_one(caller: Caller) -> None:
    answer = await caller.send(None)
    assert answer.status_code == 401
    assert challenge(answer) == {
        "realm": MCP_URL,
        "resource_metadata": METADATA,
        "scope": "tools:read",
    }


async def test_the_scopes_to_ask_for_first_are_those_of_the_operation(caller: Caller) -> None:
    answer = await caller.send(None, Mcp_Method="tools/call", Mcp_Name=WRITE_TOOL)
    assert challenge(answer)["scope"] == "tools:read tools:write"


async def test_a_body_is_not_read_for_a_request_without_a_credential(caller: Caller) -> None:
    async def body() -> Any:
        raise AssertionError("the body was read")
        yield b""

    assert (await caller.client.post(MCP_URL, content=body())).status_code == 401


async def test_the_protocol_gets_the_principal_and_never_the_token(caller: Caller) -> None:
    token = await caller.token(sub="bob", tenant="acme", client_id="https://agent.example/c")
    answer = await caller.send(token, X_Other="1")
    said = answer.json()
    assert answer.status_code == 200
    assert (said["tenant"], said["user"], said["client"], said["via"]) == (
        "acme",
        "bob",
        "https://agent.example/c",
        "token",
    )
    assert said["headers"]["x-other"] == "1"
    assert "authorization" not in said["headers"]
    assert token not in answer.text
    assert json.loads(said["body"])["method"] == "tools/list"


def bad_tokens(gateway: Harness, key: ECKey) -> dict[str, str]:
    """Tokens that prove nothing, by what is wrong with them."""
    now = int(gateway.clock().timestamp())
    good = signed(key, gateway)
    head, claims, signature = good.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').decode().rstrip("=")
    public = json.dumps(key.as_dict(private=False)).encode()
    confused = {"alg": "HS256", "typ": "at+jwt", "kid": key.kid}
    content = jwt.encode({"alg": "ES256"}, {"x": 1}, key).split(".")[1]
    other, rsa = ECKey.generate_key("P-256"), RSAKey.generate_key(2048)
    return {
        "expired": signed(key, gateway, exp=now - 60),
        "without an end": signed(key, gateway, exp=None),
        "not yet valid": signed(key, gateway, nbf=now + 300),
        "of another issuer": signed(key, gateway, iss="https://other.example"),
        "without an issuer": signed(key, gateway, iss=None),
        "for another audience": signed(key, gateway, aud="https://other.example/mcp"),
        "for the host alone": signed(key, gateway, aud=GATEWAY_URL),
        "for a longer path": signed(key, gateway, aud=MCP_URL + "/x"),
        "without an audience": signed(key, gateway, aud=None),
        "an ID token": signed(key, gateway, header={"typ": "JWT"}),
        "without a type": signed(key, gateway, header={"typ": None}),
        "without a user": signed(key, gateway, sub=None),
        "of an unprintable user": signed(key, gateway, sub="a\nb"),
        "without a tenant": signed(key, gateway, tenant=None),
        "of a foreign key": signed(other, gateway),
        "of a foreign key under a known name": signed(other, gateway, header={"kid": key.kid}),
        "of a key in its own header": signed(
            other, gateway, header={"kid": key.kid, "jwk": other.as_dict(private=False)}
        ),
        "of another kind of key": jwt.encode(
            {"alg": "RS256", "typ": "at+jwt", "kid": key.kid}, {"sub": "alice"}, rsa
        ),
        "unsigned": f"{none}.{claims}.",
        "signed with the public key as a secret": jwt.encode(
            confused, {"sub": "alice"}, OctKey.import_key(public), algorithms=["HS256"]
        ),
        "with other claims": f"{head}.{content}.{signature}",
        "without its signature": f"{head}.{claims}.",
        "of two parts": f"{head}.{claims}",
        "of five parts": f"{head}.{claims}.{signature}.a.b",
        "no JWT": "opaque",
        "too long": "a" * 9000,
    }


async def test_a_bad_token_is_refused_as_invalid(
    caller: Caller, gateway: Harness, subtests: pytest.Subtests, capsys: pytest.CaptureFixture[str]
) -> None:
    key = await gateway.services.signing_keys.signing_key()
    for name, token in bad_tokens(gateway, key).items():
        with subtests.test(name):
            answer = await caller.send(token)
            said = challenge(answer)
            assert answer.status_code == 401
            assert said["error"] == "invalid_token"
            assert said["resource_metadata"] == METADATA
            assert said["scope"] == "tools:read"
            assert answer.json()["code"] == "access_token_invalid"
            logged = capsys.readouterr().out
            assert token not in answer.text + answer.headers["www-authenticate"] + logged


async def test_a_credential_in_a_wrong_form_is_malformed(
    caller: Caller, subtests: pytest.Subtests
) -> None:
    token = await caller.token()
    for name, value in {
        "empty": "Bearer ",
        "with a space": f"Bearer {token} {token}",
        "with a comma": f"Bearer {token},{token}",
        "with a quote": 'Bearer "x"',
    }.items():
        with subtests.test(name):
            answer = await caller.send(None, Authorization=value)
            assert (answer.status_code, challenge(answer)["error"]) == (400, "invalid_request")
            assert answer.json()["code"] == "credential_malformed"
    twice = [("Authorization", f"Bearer {token}")] * 2
    answer = await caller.client.post(MCP_URL, json={}, headers=twice)
    assert (answer.status_code, challenge(answer)["error"]) == (400, "invalid_request")


async def test_another_scheme_is_no_credential(caller: Caller) -> None:
    answer = await caller.send(None, Authorization="Basic YTpi")
    assert answer.status_code == 401
    assert "error" not in challenge(answer)


@pytest.mark.parametrize("name", ["access_token", "Access_Token", "token", "api_key"])
async def test_a_credential_in_the_url_is_refused(caller: Caller, name: str) -> None:
    token = await caller.token()
    for headers in ({}, {"Authorization": f"Bearer {token}"}):
        answer = await caller.client.post(f"{MCP_URL}?{name}={token}", json={}, headers=headers)
        assert (answer.status_code, challenge(answer)["error"]) == (400, "invalid_request")
        assert token not in answer.text


async def test_a_call_beyond_the_scopes_names_all_that_it_needs(caller: Caller) -> None:
    token = await caller.token(scope="tools:read")
    answer = await caller.send(token, "tools/call", WRITE_TOOL)
    assert answer.status_code == 403
    assert challenge(answer) == {
        "realm": MCP_URL,
        "error": "insufficient_scope",
        "error_description": "the access token lacks a scope that this needs",
        "resource_metadata": METADATA,
        "scope": "tools:read tools:write",
    }
    assert (await caller.send(token, "tools/call", READ_TOOL)).status_code == 200
    wider = await caller.token(scope="tools:write tools:read other")
    answer = await caller.send(wider, "tools/call", WRITE_TOOL)
    assert answer.json()["scopes"] == ["tools:read", "tools:write"]


@pytest.mark.parametrize("scope", [None, "", "other", "tools:write", "tools:read:all"])
async def test_a_token_without_the_scope_for_reading_opens_nothing(
    caller: Caller, scope: str | None
) -> None:
    answer = await caller.send(await caller.token(scope=scope))
    assert (answer.status_code, challenge(answer)["scope"]) == (403, "tools:read")


async def test_the_body_decides_what_is_called_and_not_the_headers(caller: Caller) -> None:
    token = await caller.token(scope="tools:read")
    answer = await caller.send(
        token, "tools/call", WRITE_TOOL, Mcp_Method="tools/call", Mcp_Name=READ_TOOL
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b'{"method":"tools/list","method":"tools/call","params":{"name":"notion_create_page"}}',
        b'[{"method":"tools/call","params":{"name":"notion_create_page"}}]',
        b'{"method":"tools/call","params":{"name":"x","name":"notion_create_page"}}',
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"a":1}{"b":2}',
    ],
)
async def test_a_body_that_two_readers_could_read_differently_is_refused(
    caller: Caller, body: bytes
) -> None:
    headers = {"Authorization": f"Bearer {await caller.token(scope='tools:read')}"}
    answer = await caller.client.post(MCP_URL, content=body, headers=headers)
    assert answer.status_code in {400, 422}


async def test_each_request_needs_the_token(caller: Caller, gateway: Harness) -> None:
    token = await caller.token()
    for method in ("GET", "DELETE", "POST"):
        answer = await caller.client.request(method, MCP_URL, headers={"Mcp-Session-Id": "s"})
        assert answer.status_code == 401
    assert (await caller.send(token)).status_code == 200
    gateway.clock.advance(seconds=700)
    assert challenge(await caller.send(token))["error"] == "invalid_token"


async def test_a_service_key_acts_for_the_user_that_it_names(
    caller: Caller, gateway: Harness
) -> None:
    key = await gateway.key(Role.TOOLS)
    answer = await caller.send(key, Gateway_User="zoë".encode())
    said = answer.json()
    assert (said["tenant"], said["user"], said["via"]) == ("default", "zoë", "key")
    assert said["scopes"] == ["tools:read", "tools:write"]
    assert said["client"] == key.split("_")[1]
    assert not {"authorization", "gateway-user"} & said["headers"].keys()
    assert (await caller.send(key)).status_code == 422
    assert (await caller.send(key, Gateway_User="")).status_code == 422


async def test_a_service_key_that_is_not_valid_gets_the_challenge(
    caller: Caller, gateway: Harness
) -> None:
    key = await gateway.key(Role.TOOLS)
    answer = await caller.send(altered(key), Gateway_User="alice")
    assert answer.status_code == 401
    assert challenge(answer)["error"] == "invalid_token"


async def test_a_service_key_with_another_role_is_forbidden(
    caller: Caller, gateway: Harness
) -> None:
    answer = await caller.send(await gateway.key(Role.TOKENS), Gateway_User="alice")
    assert answer.status_code == 403
    assert "www-authenticate" not in answer.headers


async def test_a_key_with_assertions_acts_for_the_user_of_the_assertion(
    caller: Caller, gateway: Harness
) -> None:
    host = Host()
    _, secret = await gateway.services.keys.create(
        tenant="default",
        roles=[Role.TOOLS],
        restrictions=Restrictions(assertion_keys=[host.public], connectors=("notion",)),
    )
    key, assertion = secret.reveal(), host.sign("alice")
    given = {HEADER.replace("-", "_"): assertion}
    said = (await caller.send(key, **given)).json()
    assert (said["user"], said["via"]) == ("alice", "key")
    assert assertion not in json.dumps(said)
    assert (await caller.send(key, Gateway_User="bob", **given)).status_code == 403
    assert (await caller.send(key, Gateway_User="alice")).status_code == 403


async def test_a_key_for_some_connectors_calls_no_tool_of_another(
    caller: Caller, gateway: Harness
) -> None:
    _, secret = await gateway.services.keys.create(
        tenant="default", roles=[Role.TOOLS], restrictions=Restrictions(connectors=("slack",))
    )
    answer = await caller.send(secret.reveal(), "tools/call", READ_TOOL, Gateway_User="alice")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await caller.send(secret.reveal(), Gateway_User="alice")).status_code == 200


async def test_without_an_authorization_server_keys_alone_open_it(
    mongodb_url: str, database_name: str
) -> None:
    async with running_gateway(
        mongodb_url, database_name, public_url=GATEWAY_URL, authorization_server=False
    ) as gateway:
        assert (await (await gateway.api()).get(METADATA)).status_code == 404
        transport = httpx.ASGITransport(resource_app(gateway))
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            caller = Caller(client, gateway)
            assert challenge(await caller.send(None)) == {"realm": MCP_URL}
            answer = await caller.send(await caller.token())
            assert (answer.status_code, challenge(answer)["error"]) == (401, "invalid_token")
            key = await gateway.key(Role.TOOLS)
            assert (await caller.send(key, Gateway_User="alice")).status_code == 200
