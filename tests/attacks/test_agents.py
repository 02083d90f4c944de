"""Attacks on the authorization server for agents: none ends with an attacker's token.

They run in process. ``weaknesses_of_agents.py`` removes the checks that they meet, by name.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from authlib.oauth2.rfc7591.errors import InvalidRedirectURIError

from gateway.authorization.clients import read_metadata
from gateway.authorization.server import AuthorizationServer
from gateway.errors import AccessTokenInvalid
from tests.support.agents import WEB_REDIRECT, Agent, answer_in, new_agent, s256
from tests.support.altered import altered
from tests.support.browser import Browser, words
from tests.support.gateway import FakeClock, Harness, running_gateway

EVIL = "https://evil.example.net/callback"


def server_of(gateway: Harness) -> AuthorizationServer:
    server = gateway.services.authorization
    assert server is not None
    return server


async def lives(gateway: Harness, tokens: dict[str, Any]) -> bool:
    server = server_of(gateway)
    try:
        await server.access_tokens.verify(tokens["access_token"], server.resource)
    except AccessTokenInvalid:
        return False
    return True


async def get(browser: Browser, path: str) -> Any:
    """The answer itself: no redirect is followed."""
    browser.page = await browser.client.get(browser.gateway_url + path)
    return browser.page


OTHERS = [
    EVIL,
    WEB_REDIRECT + "/",
    WEB_REDIRECT + "?x=1",
    WEB_REDIRECT + "/../evil",
    WEB_REDIRECT + "%2f",
    WEB_REDIRECT + "#x",
    WEB_REDIRECT.replace("https", "http"),
    WEB_REDIRECT.replace("https", "HTTPS"),
    WEB_REDIRECT.replace(".com", ".com.evil.example.net"),
    WEB_REDIRECT.replace(".com", ".com:8443"),
    WEB_REDIRECT.replace("agent.", "agent.example.com@evil."),
    "https:/agent.example.com/callback",
    "//agent.example.com/callback",
    "javascript:alert(1)",
    "http://127.0.0.1:9/callback",
    "",
]
"""Addresses that are not the agent's own, though some look like it."""


async def test_the_answer_goes_to_no_other_address(gateway: Harness) -> None:
    browser, agent = await gateway.browser("victim"), await new_agent(gateway)
    for uri in OTHERS:
        answer = await get(browser, agent.authorize_path(redirect_uri=uri))
        assert answer.status_code == 400, uri
        assert "location" not in answer.headers
        assert "http-equiv" not in answer.text
        assert "Back to" not in answer.text


@pytest.mark.parametrize(
    "uri",
    [
        "http://agent.example.com/callback",
        "http://127.0.0.1.evil.example.net/",
        "http://localhost@evil.example.net/",
        "http://127.1/",
        "https://user@agent.example.com/",
        "https://*.example.com/",
        "https://agent.example.com/#x",
        "https://agent.example.com/ x",
        "https://agent.example.com\\evil",
        "https:///callback",
        "https://agent.example.com/?code=x",
        "https://agent.example.com/?a=1&state=x",
        "javascript:alert(1)",
        "javascript://x/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "blob:https://agent.example.com/x",
        "JavaScript://x/",
        "callback",
        "/callback",
        7,
    ],
)
def test_no_dangerous_redirect_is_registered(uri: object) -> None:
    with pytest.raises(InvalidRedirectURIError):
        read_metadata({"redirect_uris": [uri]})


async def test_an_error_redirects_nobody(gateway: Harness) -> None:
    """A link of an attacker's client is no open redirect; the way back is a link with ``iss``."""
    browser, agent = await gateway.browser("victim"), await new_agent(gateway, redirect_uri=EVIL)
    wrong: list[tuple[dict[str, str | None], str]] = [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"resource": "https://other.example.com/mcp"}, "invalid_target"),
        ({"code_challenge": None}, "invalid_request"),
    ]
    for changes, code in wrong:
        answer = await get(browser, agent.authorize_path(**changes))
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert "http-equiv" not in answer.text
        (back,) = (url for text, url in browser.links().items() if text.startswith("Back to"))
        assert back.startswith(EVIL)
        assert f"error={code}" in back
        assert "iss=http" in back
        assert f"state={agent.state}" in back


async def test_pkce_cannot_be_left_out(gateway: Harness) -> None:
    browser, agent = await gateway.browser("victim"), await new_agent(gateway)
    downgrades: list[dict[str, str | None]] = [
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": "short"},
    ]
    for changes in downgrades:
        assert (await get(browser, agent.authorize_path(**changes))).status_code == 400, changes


async def test_a_code_is_useless_without_its_verifier_and_ends_with_the_attempt(
    gateway: Harness,
) -> None:
    """Code injection, and a stolen code: another client, verifier, redirect or resource."""
    browser = await gateway.browser("victim")
    agent, thief = await new_agent(gateway), await new_agent(gateway)
    stolen: list[dict[str, Any]] = [
        {"code_verifier": "x" * 43},
        {"client_id": thief.client_id},
        {"redirect_uri": EVIL},
        {"redirect_uri": None},
        {"resource": "https://other.example.com/mcp"},
        {"code_verifier": s256(agent.verifier)},
    ]
    for changes in stolen:
        code = (await agent.allowed_by(browser))["code"]
        answer = await agent.exchange(code, **changes)
        assert answer.status_code == 400, changes
        assert answer.json()["error"] in {"invalid_grant", "invalid_target"}
        assert (await agent.exchange(code)).json()["error"] == "invalid_grant"
    code = (await agent.allowed_by(browser))["code"]
    assert (await agent.exchange(altered(code))).status_code == 400  # it claims nothing
    assert (await agent.exchange(code)).status_code == 200


async def test_a_code_works_once_and_its_second_use_ends_the_tokens(gateway: Harness) -> None:
    browser, agent = await gateway.browser("victim"), await new_agent(gateway)
    code = (await agent.allowed_by(browser))["code"]
    tokens = (await agent.exchange(code)).json()
    assert await lives(gateway, tokens)

    assert (await agent.exchange(code)).json()["error"] == "invalid_grant"

    assert not await lives(gateway, tokens)
    assert (await agent.refresh(tokens["refresh_token"])).status_code == 400


async def test_of_many_exchanges_at_once_none_leaves_a_token(gateway: Harness) -> None:
    browser, agent = await gateway.browser("victim"), await new_agent(gateway)
    code = (await agent.allowed_by(browser))["code"]

    answers = await asyncio.gather(*(agent.exchange(code) for _ in range(10)))

    issued = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(issued) <= 1
    assert not [tokens for tokens in issued if await lives(gateway, tokens)]


async def test_an_old_code_is_refused(gateway: Harness, clock: FakeClock) -> None:
    browser, agent = await gateway.browser("victim"), await new_agent(gateway)
    code = (await agent.allowed_by(browser))["code"]
    clock.advance(seconds=60)
    assert (await agent.exchange(code)).json()["error"] == "invalid_grant"


async def test_any_used_refresh_token_ends_the_grant(gateway: Harness) -> None:
    """Also the oldest one, after the thief has renewed often; a forged one ends nothing."""
    browser, agent = await gateway.browser("victim"), await new_agent(gateway)
    tokens = await agent.log_in(browser)
    first = tokens["refresh_token"]
    for _ in range(4):
        tokens = (await agent.refresh(tokens["refresh_token"])).json()
    grant, serial, mac = first.removeprefix("gwr_").split("_", 2)
    forged = f"gwr_{grant}_{int(serial) + 7}_{mac}"
    assert (await agent.refresh(forged)).status_code == 400
    thief = await new_agent(gateway)
    assert (await thief.refresh(tokens["refresh_token"])).status_code == 400
    assert await lives(gateway, tokens)

    assert (await agent.refresh(first)).json()["error"] == "invalid_grant"

    assert not await lives(gateway, tokens)
    assert (await agent.refresh(tokens["refresh_token"])).status_code == 400


async def test_a_refresh_asks_for_no_more_than_was_allowed(gateway: Harness) -> None:
    agent = await new_agent(gateway, scope="tools:read")
    tokens = await agent.log_in(await gateway.browser("victim"))
    answer = await agent.refresh(tokens["refresh_token"], scope="tools:read tools:write")
    assert answer.json()["error"] == "invalid_scope"
    other = await agent.refresh(tokens["refresh_token"], resource="https://other.example.com")
    assert other.json()["error"] == "invalid_target"


@pytest.mark.requirement("G2", "G5")
async def test_no_foreign_page_gives_consent(gateway: Harness) -> None:
    """Cross-site, without a token, with that of another session, and by opening the page."""
    victim, attacker = await gateway.browser("victim"), await gateway.browser("attacker")
    agent = await new_agent(gateway, redirect_uri=EVIL)
    await get(victim, agent.authorize_path())
    token = victim.csrf_token()
    packed = victim.page.text.partition('name="request" value="')[2].partition('"')[0]
    await attacker.open("/dashboard/connectors")
    own = {"Origin": victim.gateway_url, "Sec-Fetch-Site": "same-origin"}
    foreign = {"Origin": "https://evil.example.net", "Sec-Fetch-Site": "cross-site"}
    for headers, csrf in [
        (foreign, token),
        ({}, token),
        (own, None),
        (own, ""),
        (own, attacker.csrf_token()),
    ]:
        form = {"request": packed, "decision": "allow"} | (
            {} if csrf is None else {"csrf_token": csrf}
        )
        address = victim.gateway_url + "/oauth/authorize"
        answer = await victim.client.post(address, data=form, headers=headers)
        assert answer.status_code == 403
        assert "code=" not in answer.text
    assert await server_of(gateway).grants.of("default", "victim") == []


@pytest.mark.requirement("A8")
async def test_a_prefetch_gives_no_code(gateway: Harness) -> None:
    browser, agent = await gateway.browser("victim"), await new_agent(gateway)
    await agent.log_in(browser)
    url = browser.gateway_url + agent.authorize_path()

    ahead = await browser.client.get(url, headers={"Sec-Purpose": "prefetch"})
    head = await browser.client.head(url)

    assert (ahead.status_code, head.status_code) == (204, 204)
    assert (await browser.client.get(url)).status_code == 303


async def test_a_client_that_is_named_like_a_trusted_one_shows_what_it_is(gateway: Harness) -> None:
    browser = await gateway.browser("victim")
    name = "Claude\u202e\u200b\n by Anthropic" + "!" * 300
    agent = await new_agent(gateway, redirect_uri=EVIL, metadata={"client_name": name})

    await get(browser, agent.authorize_path())

    shown = words(browser)
    assert "Claude by Anthropic!!!" in shown
    assert "!" * 60 not in shown
    assert "\u202e" not in browser.text
    assert "\u200b" not in browser.text
    assert "Nobody checked it" in shown
    assert "evil.example.net" in shown
    assert "act as victim" in shown
    markup = await new_agent(gateway, metadata={"client_name": "<script>alert(1)</script>"})
    page = await get(browser, markup.authorize_path())
    assert "<script>alert" not in page.text


async def test_answers_name_their_issuer_so_that_clients_notice_a_mix_up(gateway: Harness) -> None:
    """RFC 9207: with a code, at once for remembered consent, and with a refusal."""
    browser, agent = await gateway.browser("victim"), await new_agent(gateway)
    issuer = gateway.settings.public_url
    assert (await agent.allowed_by(browser))["iss"] == issuer
    code = (await agent.allowed_by(browser))["code"]
    await agent.exchange(code)
    await get(browser, agent.authorize_path(state="a&iss=https://evil.example.net"))
    said = answer_in(browser)
    assert (said["iss"], said["state"]) == (issuer, "a&iss=https://evil.example.net")


@pytest.mark.requirement("A10")
async def test_a_parameter_that_comes_twice_is_refused(gateway: Harness) -> None:
    browser, agent = await gateway.browser("victim"), await new_agent(gateway)
    for twice in ("client_id", "redirect_uri", "state", "scope", "code_challenge"):
        answer = await get(browser, f"{agent.authorize_path()}&{twice}=x")
        assert answer.status_code == 400, twice
    tokens = await agent.api.post(
        "/oauth/token",
        content=f"grant_type=refresh_token&client_id={agent.client_id}&client_id=x&refresh_token=x",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert tokens.json()["error"] == "invalid_request"


async def test_a_flood_of_registrations_is_bounded_and_ends(
    mongodb_url: str, database_name: str, clock: FakeClock
) -> None:
    async with running_gateway(
        mongodb_url, database_name, clock=clock, limits="client_registrations=5/h,sign_ins=off"
    ) as gateway:
        agent = Agent(await gateway.api())
        answers = [await agent.register() for _ in range(8)]
        assert [answer.status_code for answer in answers] == [201] * 5 + [429] * 3
        used = await new_agent_of(gateway, answers[0].json()["client_id"])
        await used.log_in(await gateway.browser("alice"))
        clock.advance(hours=25)  # nobody let the others in
        registration = server_of(gateway).registration
        found = [await registration.find(each.json()["client_id"]) for each in answers[:5]]
        assert [client is not None for client in found] == [True, False, False, False, False]


async def new_agent_of(gateway: Harness, client_id: str) -> Agent:
    return Agent(await gateway.api(), client_id=client_id)
