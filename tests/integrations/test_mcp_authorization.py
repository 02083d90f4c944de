"""The authorization server of a remote MCP server: found, checked, and our client there (I4)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from connectors.secret import Secret
from gateway.engine.discovered import connector_arguments, union
from gateway.engine.integration import Fetched
from gateway.errors import IntegrationRefused, IntegrationUnreachable
from gateway.integrations.mcp_client.challenge import challenge_in
from gateway.integrations.mcp_client.discovery import discover, discover_openid
from gateway.integrations.mcp_client.registration import given_identity, is_public, new_identity
from tests.integrations.mcp_servers import URL, Server

pytestmark = pytest.mark.quick

HOST = "https://mcp.example.com"
ISSUER = "https://login.example.com/tenant"
PATH = f"{HOST}/.well-known/oauth-protected-resource/mcp"
ROOT = f"{HOST}/.well-known/oauth-protected-resource"
OAUTH = "https://login.example.com/.well-known/oauth-authorization-server/tenant"
OPENID = "https://login.example.com/.well-known/openid-configuration/tenant"
BEHIND = "https://login.example.com/tenant/.well-known/openid-configuration"
RESOURCE: dict[str, Any] = {"resource": URL, "authorization_servers": [ISSUER]}
SERVER: dict[str, Any] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "registration_endpoint": f"{ISSUER}/register",
    "code_challenge_methods_supported": ["plain", "S256"],
}
BACK = "https://gateway.example.com/v1/connectors/notes--acme/callback"


async def found(metadata: dict[str, Any], challenge: str = "Bearer") -> Any:
    server = Server(metadata=metadata)
    return await discover(URL, {"www-authenticate": challenge}, server.fetch)


@pytest.mark.parametrize("place", [OAUTH, OPENID, BEHIND])
@pytest.mark.parametrize("resource", [PATH, ROOT])
async def test_the_server_is_found_at_each_place(resource: str, place: str) -> None:
    server = await found({resource: RESOURCE, place: SERVER})
    assert (server.issuer, server.resource, server.scopes) == (ISSUER, URL, ())
    assert server.token_url == f"{ISSUER}/token"


async def test_the_challenge_says_where_first() -> None:
    own = f"{HOST}/own-metadata"
    other = {**RESOURCE, "scopes_supported": ["read"]}
    said = f'Bearer error="invalid_token", resource_metadata="{own}"'
    server = await found({own: other, PATH: RESOURCE, OAUTH: SERVER}, said)
    assert server.scopes == ("read",)


@pytest.mark.parametrize(
    ("challenge", "supported", "offered", "asked"),
    [
        ('Bearer scope="a b"', ["c"], [], ("a", "b")),
        ("Bearer", ["c"], ["c", "offline_access"], ("c", "offline_access")),
        ("Bearer", None, ["x", "offline_access"], ()),
        ('Bearer scope=""', ["c"], [], ()),
    ],
)
async def test_which_scopes_are_asked_for(
    challenge: str, supported: Any, offered: list[str], asked: tuple[str, ...]
) -> None:
    resource = RESOURCE if supported is None else {**RESOURCE, "scopes_supported": supported}
    metadata = {PATH: resource, OAUTH: {**SERVER, "scopes_supported": offered}}
    assert (await found(metadata, challenge)).scopes == asked


@pytest.mark.parametrize(
    ("resource", "server", "code"),
    [
        ({"resource": "https://other.example.com/mcp"}, {}, "resource_mismatch"),
        ({"resource": f"{HOST}/mcp2"}, {}, "resource_mismatch"),
        ({"resource": f"{HOST}/mc"}, {}, "resource_mismatch"),
        ({"resource": f"{HOST}:444/mcp"}, {}, "resource_mismatch"),
        ({"resource": "http://mcp.example.com/mcp"}, {}, "resource_mismatch"),
        ({"authorization_servers": []}, {}, "no_authorization_server"),
        ({"authorization_servers": ["http://login.example.com"]}, {}, "no_authorization_server"),
        ({"authorization_servers": ["file:///etc/passwd"]}, {}, "no_authorization_server"),
        ({}, {"issuer": f"{ISSUER}/"}, "issuer_mismatch"),
        ({}, {"issuer": "https://evil.example.com"}, "issuer_mismatch"),
        ({}, {"code_challenge_methods_supported": ["plain"]}, "no_pkce"),
        ({}, {"code_challenge_methods_supported": None}, "no_pkce"),
        ({}, {"authorization_endpoint": "javascript:alert(1)"}, "bad_endpoint"),
        ({}, {"authorization_endpoint": f"{ISSUER}/a?client_id=x"}, "bad_endpoint"),
        ({}, {"token_endpoint": "http://login.example.com/token"}, "bad_endpoint"),
        ({}, {"token_endpoint": "https://a@login.example.com/token"}, "bad_endpoint"),
        ({}, {"response_types_supported": ["token"]}, "no_code_flow"),
        ({}, {"grant_types_supported": ["client_credentials"]}, "no_code_flow"),
    ],
)
async def test_metadata_that_cannot_be_trusted_are_refused(
    resource: dict[str, Any], server: dict[str, Any], code: str
) -> None:
    metadata = {PATH: {**RESOURCE, **resource}, OAUTH: {**SERVER, **server}}
    with pytest.raises(IntegrationRefused) as refused:
        await found(metadata)
    assert refused.value.code == code


async def test_a_whole_part_of_the_path_is_the_resource_too() -> None:
    assert (await found({PATH: {**RESOURCE, "resource": HOST}, OAUTH: SERVER})).resource == HOST


async def test_an_outage_of_the_metadata_leads_nowhere_else() -> None:
    legacy = f"{HOST}/.well-known/oauth-authorization-server"
    with pytest.raises(IntegrationRefused) as refused:
        await found({PATH: 503, legacy: {**SERVER, "issuer": HOST}})
    assert refused.value.code == "metadata_failed"


async def test_an_old_server_is_its_own_authorization_server() -> None:
    legacy = f"{HOST}/.well-known/oauth-authorization-server"
    server = await found({legacy: {**SERVER, "issuer": HOST}})
    assert (server.issuer, server.resource) == (HOST, URL)
    with pytest.raises(IntegrationRefused):
        await found({legacy: SERVER})


async def test_openid_connect_is_found_by_its_own_document() -> None:
    server = await discover_openid(BEHIND, Server(metadata={BEHIND: SERVER}).fetch)
    assert (server.issuer, server.resource) == (ISSUER, "")
    with pytest.raises(IntegrationRefused):
        await discover_openid(OPENID, Server(metadata={OPENID: SERVER}).fetch)


@pytest.mark.parametrize(
    ("header", "named", "scopes", "error"),
    [
        ("Basic realm=x, Bearer scope=a", None, ("a",), None),
        ('bearer realm="a, Bearer scope=b", error="invalid_token"', None, None, "invalid_token"),
        (r'Bearer resource_metadata="https://a.example/\"x"', 'https://a.example/"x', None, None),
        ('Bearer scope="a a  b"', None, ("a", "b"), None),
        ('Bearer scope="a", scope="b"', None, ("a",), None),
        ("Bearer", None, None, None),
        ('Bearer scope="x\x00y"', None, (), None),
    ],
)
def test_challenges_are_read_as_http_writes_them(
    header: str, named: str | None, scopes: Any, error: str | None
) -> None:
    challenge = challenge_in({"www-authenticate": header})
    assert challenge is not None
    assert challenge.resource_metadata == named
    assert challenge.scopes == scopes
    assert challenge.error == error


@pytest.mark.parametrize("header", ["", "Basic realm=x", "Bearer x" * 2000, "=,="])
def test_what_is_no_bearer_challenge(header: str) -> None:
    assert challenge_in({"www-authenticate": header}) is None


def test_a_step_up_asks_for_the_union_within_bounds() -> None:
    assert union(("a", "b"), ("c", "a")) == ("a", "b", "c")
    assert len(union((), tuple(f"s{n}" for n in range(1000)))) == 100


class Registrar:
    """Answers a registration; ``asked`` is what it got."""

    def __init__(self, answer: Any, status: int = 201) -> None:
        self.answer = answer
        self.status = status
        self.asked: list[dict[str, Any]] = []

    async def fetch(self, method: str, url: str, **given: Any) -> Fetched:
        if self.status == 0:
            raise IntegrationUnreachable("no")
        self.asked.append(json.loads(given["content"]))
        content = (
            self.answer if isinstance(self.answer, bytes) else json.dumps(self.answer).encode()
        )
        return Fetched(status=self.status, url=url, headers={}, content=content)


async def identity(
    answer: Any, *, status: int = 201, document: str | None = None, **of: Any
) -> Any:
    server = await found({PATH: RESOURCE, OAUTH: {**SERVER, **of}})
    registrar = Registrar(answer, status)
    made = await new_identity(
        server, document_url=document, redirect_uri=BACK, fetch=registrar.fetch
    )
    return made, registrar.asked


async def test_our_own_document_goes_before_a_registration() -> None:
    document = "https://gateway.example.com/oauth/client/notes--acme/abc"
    made, asked = await identity({}, document=document, client_id_metadata_document_supported=True)
    assert (made.client.client_id, made.client.auth, asked) == (document, "none", [])
    made, asked = await identity({"client_id": "a", "client_secret": "s"}, document=document)
    assert made.client.origin == "registered"


@pytest.mark.parametrize(
    ("url", "is_read"),
    [
        ("https://gateway.example.com", True),
        ("https://8.8.8.8", True),
        ("http://gateway.example.com", False),
        ("https://localhost:3141", False),
        ("https://gateway", False),
        ("https://gateway.internal", False),
        ("https://10.0.0.8", False),
        ("https://[::1]", False),
    ],
)
def test_only_a_public_address_can_be_read_elsewhere(url: str, is_read: bool) -> None:
    assert is_public(url) is is_read


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
async def test_a_registration_asks_for_a_way_that_the_server_has(method: str) -> None:
    answer = {"client_id": "id", "client_secret": "" if method == "none" else "s"}
    made, asked = await identity(answer, token_endpoint_auth_methods_supported=[method, "other"])
    assert made.client.auth == method
    assert asked[0]["token_endpoint_auth_method"] == method
    assert asked[0]["redirect_uris"] == [BACK]
    assert asked[0]["application_type"] == "web"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"client_id": "a"}, 400),
        ({"client_id": "a"}, 302),
        ({"client_id": "a"}, 0),
        ({}, 201),
        ({"client_id": ""}, 201),
        ({"client_id": "a\r\nb"}, 201),
        ({"client_id": "a", "client_secret": ["s"]}, 201),
        ({"client_id": "a", "token_endpoint_auth_method": "private_key_jwt"}, 201),
        ({"client_id": "a", "token_endpoint_auth_method": "client_secret_basic"}, 201),
        (b"[]", 201),
        (b"<html>", 201),
    ],
)
async def test_a_registration_that_cannot_be_used_is_refused(answer: Any, status: int) -> None:
    with pytest.raises(IntegrationRefused) as refused:
        await identity(answer, status=status)
    assert refused.value.code == "registration_refused"


async def test_without_any_way_a_person_is_asked() -> None:
    with pytest.raises(IntegrationRefused) as refused:
        await identity({}, registration_endpoint=None)
    assert refused.value.code == "client_needed"


async def test_a_connector_names_resource_and_issuer_in_all_requests() -> None:
    server = await found({PATH: RESOURCE, OAUTH: SERVER})
    made = given_identity(replace(server, names_issuer=True), "id", Secret("s"))
    said = connector_arguments(made.client, made.secret)
    for name in ("extra_authorize_params", "extra_token_params", "extra_refresh_params"):
        assert said[name] == {"resource": URL}
    assert (said["issuer"], said["issuer_required"], said["use_pkce"]) == (ISSUER, True, True)
    assert said["authorization_method"] == "header"
    assert said["scopes_sent"] is False
