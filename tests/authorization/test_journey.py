"""An agent logs in: metadata, consent, code, tokens, renewal, end."""

from __future__ import annotations

from typing import Any

import pytest
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata

from gateway.errors import AccessTokenInvalid
from tests.support.agents import (
    LOOPBACK_REDIRECT,
    WEB_REDIRECT,
    Agent,
    answer_in,
    decide,
    new_agent,
)
from tests.support.browser import words
from tests.support.gateway import FakeClock, Harness


async def verified(gateway: Harness, token: str) -> Any:
    server = gateway.services.authorization
    assert server is not None
    return await server.access_tokens.verify(token, server.resource)


async def test_metadata_names_every_endpoint_and_the_exact_issuer(
    gateway: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = await gateway.api()
    document = (await api.get("/.well-known/oauth-authorization-server")).json()

    assert document["issuer"] == gateway.settings.public_url
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True
    assert document["client_id_metadata_document_supported"] is True
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # the test's gateway is on plain http
    AuthorizationServerMetadata(document).validate()
    for name in ("token", "registration", "revocation"):
        address = document[f"{name}_endpoint"].removeprefix(gateway.settings.public_url)
        assert (await api.get(address)).status_code == 405
    assert (await api.get("/oauth/jwks.json")).json()["keys"]


async def test_an_agent_logs_in_renews_and_is_ended(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    agent = await new_agent(gateway)

    said = await agent.allowed_by(browser)
    assert said[""] == WEB_REDIRECT
    assert (said["state"], said["iss"]) == (agent.state, gateway.settings.public_url)
    tokens = (await agent.exchange(said["code"])).json()

    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 600)
    assert tokens["scope"] == "tools:read tools:write"
    claims = await verified(gateway, tokens["access_token"])
    assert (claims.tenant, claims.user, claims.client) == ("default", "alice", agent.client_id)
    fewer = (await agent.refresh(tokens["refresh_token"], scope="tools:read")).json()
    assert (await verified(gateway, fewer["access_token"])).scopes == {"tools:read"}
    renewed = (await agent.refresh(fewer["refresh_token"])).json()
    assert renewed["scope"] == "tools:read tools:write"

    await browser.open("/oauth/clients")
    assert "Agent" in words(browser)
    assert "agent.example.com" in words(browser)
    await browser.submit(action="/oauth/clients/end")
    assert "You let no agent in" in words(browser)
    with pytest.raises(AccessTokenInvalid, match="revoked"):
        await verified(gateway, renewed["access_token"])
    assert (await agent.refresh(renewed["refresh_token"])).json()["error"] == "invalid_grant"


async def test_a_stranger_signs_in_first_and_comes_back_to_the_consent_page(
    gateway: Harness,
) -> None:
    browser, agent = await gateway.browser(), await new_agent(gateway)

    await browser.open(agent.authorize_path())
    assert "/login" in browser.url
    await browser.submit({"name": "bob"}, action="/login")

    assert "/oauth/authorize?request=" in browser.url
    assert "act as bob" in words(browser)
    said = await decide(browser, "allow")
    assert said["state"] == agent.state
    tokens = (await agent.exchange(said["code"])).json()
    assert (await verified(gateway, tokens["access_token"])).user == "bob"


async def test_request_objects_are_refused_by_name_also_after_a_sign_in(gateway: Harness) -> None:
    """RFC 9101 gives them the name of the parameter that our sign-in returns with."""
    signed_in, agent = await gateway.browser("alice"), await new_agent(gateway)
    path = agent.authorize_path(request="e30.e30.")
    assert (await signed_in.open(path)).status_code == 400
    assert "request objects are not supported" in words(signed_in)

    stranger = await gateway.browser()
    await stranger.open(path)
    await stranger.submit({"name": "bob"}, action="/login")

    assert "request objects are not supported" in words(stranger)


async def test_a_person_says_no(gateway: Harness) -> None:
    browser, agent = await gateway.browser("alice"), await new_agent(gateway)
    await browser.open(agent.authorize_path())

    said = await decide(browser, "deny")

    assert said["error"] == "access_denied"
    assert (said["state"], said["iss"]) == (agent.state, gateway.settings.public_url)
    assert "code" not in said


async def test_consent_is_remembered_for_the_same_client_redirect_and_scopes_only(
    gateway: Harness,
) -> None:
    browser, agent = await gateway.browser("alice"), await new_agent(gateway, scope="tools:read")
    await agent.log_in(browser)

    again = await browser.client.get(browser.gateway_url + agent.authorize_path())
    browser.page = again
    assert again.status_code == 303
    assert (await agent.exchange(answer_in(browser)["code"])).status_code == 200
    for changes in ({"scope": "tools:write"}, {"scope": "tools:read tools:write"}):
        page = await browser.client.get(browser.gateway_url + agent.authorize_path(**changes))
        assert page.status_code == 200
    other = await new_agent(gateway, scope="tools:read")
    await browser.open(other.authorize_path())
    assert "Let it in" in words(browser)
    stranger = await gateway.browser("bob")
    await stranger.open(agent.authorize_path())
    assert "Let it in" in words(stranger)


@pytest.mark.parametrize("redirect", [LOOPBACK_REDIRECT, "cursor://anysphere.mcp/callback"])
async def test_a_program_on_the_persons_computer_asks_each_time(
    gateway: Harness, redirect: str
) -> None:
    """RFC 8252 8.6: another program there could pose as it."""
    browser, agent = await gateway.browser("alice"), await new_agent(gateway, redirect_uri=redirect)
    await agent.log_in(browser)

    await browser.open(agent.authorize_path())

    assert "Let it in" in words(browser)


async def test_a_loopback_port_is_free_and_the_rest_is_not(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    agent = await new_agent(gateway, redirect_uri=LOOPBACK_REDIRECT)
    for uri, status in [
        ("http://127.0.0.1:9/callback", 200),
        ("http://127.0.0.1/callback", 200),
        ("http://127.0.0.1:9/callback/x", 400),
        ("http://localhost:51234/callback", 400),
        ("http://127.0.0.1.example.com:9/callback", 400),
    ]:
        path = agent.authorize_path(redirect_uri=uri)
        page = await browser.client.get(browser.gateway_url + path)
        assert page.status_code == status, uri


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        (None, "tools:read"),
        ("tools:write", "tools:write"),
        ("openid tools:read offline_access", "tools:read"),
    ],
)
async def test_unknown_scopes_are_dropped(
    gateway: Harness, scope: str | None, granted: str
) -> None:
    agent = await new_agent(gateway, scope=scope)
    assert (await agent.log_in(await gateway.browser("alice")))["scope"] == granted


@pytest.mark.parametrize("resource", ["{url}/mcp", "{url}/mcp/", None])
async def test_a_token_is_for_our_resource_however_the_client_spells_it(
    gateway: Harness, resource: str | None
) -> None:
    agent, browser = await new_agent(gateway), await gateway.browser("alice")
    given = resource and resource.format(url=gateway.settings.public_url)

    said = await agent.allowed_by(browser, resource=given)
    tokens = (await agent.exchange(said["code"], resource=given)).json()

    assert (await verified(gateway, tokens["access_token"])).user == "alice"


async def test_clients_with_a_secret_prove_it_either_way(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    for method in ("client_secret_basic", "client_secret_post"):
        agent = await new_agent(gateway, metadata={"token_endpoint_auth_method": method})
        assert agent.secret is not None
        tokens = await agent.log_in(browser)
        pair = (agent.client_id, agent.secret)
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        wrong = await agent.api.post("/oauth/token", data=form, auth=(agent.client_id, "wrong"))
        assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
        assert wrong.headers["www-authenticate"].startswith("Basic")
        none = await agent.token(client_secret=None, **form)
        assert none.status_code == 401
        assert (await agent.api.post("/oauth/token", data=form, auth=pair)).status_code == 200


async def test_a_client_ends_its_own_grant(gateway: Harness) -> None:
    browser, agent = await gateway.browser("alice"), await new_agent(gateway)
    for name in ("refresh_token", "access_token"):
        tokens = await agent.log_in(browser)
        other = await new_agent(gateway)
        foreign = {"token": tokens[name], "client_id": other.client_id}
        assert (await agent.api.post("/oauth/revoke", data=foreign)).status_code == 200
        await verified(gateway, tokens["access_token"])

        own = {"token": tokens[name], "client_id": agent.client_id}
        assert (await agent.api.post("/oauth/revoke", data=own)).status_code == 200

        with pytest.raises(AccessTokenInvalid):
            await verified(gateway, tokens["access_token"])
    unknown = {"token": "unknown", "client_id": agent.client_id}
    assert (await agent.api.post("/oauth/revoke", data=unknown)).status_code == 200


async def test_signing_out_everywhere_ends_what_agents_have(gateway: Harness) -> None:
    browser, agent = await gateway.browser("alice"), await new_agent(gateway)
    tokens = await agent.log_in(browser)
    waiting = (await agent.allowed_by(browser, scope="tools:write"))["code"]

    await gateway.services.logins.sign_out_everywhere(tenant="default", user="alice")

    with pytest.raises(AccessTokenInvalid):
        await verified(gateway, tokens["access_token"])
    assert (await agent.refresh(tokens["refresh_token"])).status_code == 400
    assert (await agent.exchange(waiting)).status_code == 400


async def test_a_grant_ends_when_it_is_not_used(gateway: Harness, clock: FakeClock) -> None:
    agent = await new_agent(gateway)
    tokens = await agent.log_in(await gateway.browser("alice"))
    clock.advance(days=29)
    tokens = (await agent.refresh(tokens["refresh_token"])).json()
    clock.advance(days=31)

    assert (await agent.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"


async def test_an_agent_that_wants_no_refresh_token_gets_none(gateway: Harness) -> None:
    agent = await new_agent(gateway, metadata={"grant_types": ["authorization_code"]})
    assert "refresh_token" not in await agent.log_in(await gateway.browser("alice"))


async def test_where_it_is_off_there_is_nothing(mongodb_url: str, database_name: str) -> None:
    from tests.support.gateway import running_gateway

    async with running_gateway(mongodb_url, database_name, authorization_server=False) as harness:
        api, browser = await harness.api(), await harness.browser("alice")
        for path in ("/.well-known/oauth-authorization-server", "/oauth/jwks.json"):
            assert (await api.get(path)).status_code == 404
        for path in ("/oauth/token", "/oauth/register", "/oauth/revoke"):
            assert (await api.post(path)).status_code == 404
        for path in (Agent(api).authorize_path(), "/oauth/clients"):
            assert (await browser.open(path)).status_code == 404
