"""Discovery of the identity provider, and sign-ins while it is wrong or unavailable."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from gateway.access.service_keys import Role
from tests.support.gateway import FakeClock, Harness
from tests.support.identity_provider import IdentityProviderServer, running_identity_provider
from tests.support.logins import gateway_with, post_login, returning, user_of
from tests.support.problems import problem
from tests.support.rows import Rows


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProviderServer]:
    async with running_identity_provider() as running:
        yield running


@pytest.fixture
async def gateway(
    provider: IdentityProviderServer, mongodb_url: str, database_name: str, clock: FakeClock
) -> AsyncIterator[Harness]:
    async with gateway_with(provider, mongodb_url, database_name, clock) as harness:
        yield harness


async def sign_in(gateway: Harness) -> tuple[int, str | None]:
    """The status that signing in ends with, and who is signed in afterwards."""
    browser = await gateway.browser()
    await browser.open("/login")
    await browser.submit(action="/login")
    return browser.page.status_code, user_of(browser)


WRONG: list[dict[str, Any]] = [
    {"issuer": "https://evil.example"},
    {"issuer": "{issuer}/"},
    {"issuer": None},
    {"authorization_endpoint": "http://evil.example/authorize"},
    {"authorization_endpoint": "javascript:alert(1)"},
    {"authorization_endpoint": "https://user@evil.example/authorize"},
    {"authorization_endpoint": "https://x.example/authorize#state"},
    {"token_endpoint": "http://169.254.169.254/token"},
    {"token_endpoint": "//evil.example/token"},
    {"token_endpoint": None},
    {"jwks_uri": "file:///etc/passwd"},
    {"jwks_uri": ["https://x.example"]},
    {"end_session_endpoint": "data:text/html,x"},
    {"response_types_supported": ["id_token"]},
    {"code_challenge_methods_supported": ["plain"]},
]


@pytest.mark.requirement("H1")
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: str(next(iter(wrong.items()))))
async def test_metadata_that_is_not_right_is_not_used(
    gateway: Harness, provider: IdentityProviderServer, rows: Rows, wrong: dict[str, Any]
) -> None:
    """I4, M1, H1: and not kept either."""
    provider.metadata = {
        name: value.format(issuer=provider.issuer) if isinstance(value, str) else value
        for name, value in wrong.items()
    }
    answer = await post_login(await gateway.browser())
    assert answer.status_code == 502
    assert await rows.logins() == []
    assert provider.count("/keys") + provider.count("/token") == 0
    provider.metadata = {}
    assert await sign_in(gateway) == (200, "u_alice")


@pytest.mark.requirement("H1")
@pytest.mark.parametrize("endpoint", ["jwks_uri", "token_endpoint"])
async def test_an_endpoint_in_the_private_network_is_not_called(
    gateway: Harness, provider: IdentityProviderServer, rows: Rows, endpoint: str
) -> None:
    """The same guards as towards every provider."""
    provider.metadata = {endpoint: "https://127.0.0.1:1/x"}
    status, user = await sign_in(gateway)
    assert (status, user) == (503, None)
    assert await rows.sessions() == []


async def test_while_the_provider_is_away_the_page_says_so_and_the_rest_goes_on(
    gateway: Harness, provider: IdentityProviderServer
) -> None:
    provider.broken = True
    browser = await gateway.browser()
    await browser.open("/login")
    await browser.submit(action="/login")
    assert browser.page.status_code == 503
    assert "Signing in does not work now" in browser.text
    answer = await (await gateway.api(Role.CONNECTIONS)).get("/v1/connections?user=u_alice")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("offered", "secret_in"),
    [
        (None, "header"),
        (["client_secret_post", "client_secret_basic"], "header"),
        (["client_secret_post"], "body"),
    ],
)
async def test_the_secret_goes_where_the_provider_takes_it(
    gateway: Harness, provider: IdentityProviderServer, offered: list[str] | None, secret_in: str
) -> None:
    provider.metadata = {"token_endpoint_auth_methods_supported": offered}
    provider.secret_in = secret_in
    assert await sign_in(gateway) == (200, "u_alice")


async def test_a_provider_that_takes_no_secret_gets_none(
    gateway: Harness, provider: IdentityProviderServer
) -> None:
    provider.metadata = {"token_endpoint_auth_methods_supported": ["private_key_jwt"]}
    assert await sign_in(gateway) == (502, None)
    assert provider.count("/token") == 0


async def test_a_public_client_works_with_pkce_alone(
    provider: IdentityProviderServer, mongodb_url: str, database_name: str, clock: FakeClock
) -> None:
    provider.secret_in = "nowhere"
    async with gateway_with(
        provider, mongodb_url, database_name, clock, oidc_client_secret=SecretStr("")
    ) as gateway:
        assert await sign_in(gateway) == (200, "u_alice")


@pytest.mark.requirement("A12")
async def test_a_code_of_another_browser_is_refused_by_the_provider(
    gateway: Harness, provider: IdentityProviderServer, rows: Rows
) -> None:
    """A stolen code in one's own answer fails at PKCE, and would fail at the nonce."""
    victim, mallory = await gateway.browser(), await gateway.browser()
    stolen = (await returning(victim)).partition("code=")[2].partition("&")[0]
    own = await returning(mallory)
    code = own.partition("code=")[2].partition("&")[0]
    answer = await mallory.client.get(own.replace(code, stolen), headers={"Accept": "*/*"})
    problem(answer, 502, "login_failed")
    assert provider.count("/token") == 1
    assert await rows.sessions() == []


@pytest.mark.requirement("B4")
async def test_a_provider_that_does_not_promise_to_name_itself_need_not(
    gateway: Harness, provider: IdentityProviderServer
) -> None:
    provider.metadata = {
        "authorization_response_iss_parameter_supported": None,
        "end_session_endpoint": None,
        "code_challenge_methods_supported": None,
    }
    provider.answer = {"iss": ""}
    assert await sign_in(gateway) == (200, "u_alice")
