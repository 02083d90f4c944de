"""Signing out everywhere also ends the sign-ins that are under way (leodip/goiabada#129)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.gateway import FakeClock, running_gateway
from tests.support.identity_provider import running_identity_provider
from tests.support.logins import (
    GATEWAY_URL,
    HOST_URL,
    gateway_with,
    leads_to,
    parameters,
    post_login,
    returning,
    signed_in,
    user_of,
)
from tests.support.rows import Rows


@pytest.mark.requirement("G1")
async def test_sign_in_at_an_identity_provider_that_began_before_gives_no_session(
    mongodb_url: str, database_name: str, clock: FakeClock, rows: Rows
) -> None:
    """Nobody knows yet whose sign-in it is, so its beginning decides."""
    async with (
        running_identity_provider() as provider,
        gateway_with(provider, mongodb_url, database_name, clock) as gateway,
    ):
        browser = await gateway.browser()
        url = await returning(browser)
        clock.advance(seconds=1)
        await gateway.services.logins.sign_out_everywhere(tenant="default", user="u_alice")
        clock.advance(seconds=1)
        assert (await browser.open(url, site="cross-site")).status_code == 400
        assert await rows.sessions() == []
        await browser.open(await returning(browser), site="cross-site")
        assert user_of(browser) == "u_alice"


@pytest.mark.requirement("G1")
@pytest.mark.parametrize("accepted_first", [True, False], ids=["accepted", "only begun"])
async def test_hand_off_that_began_before_gives_no_session(
    mongodb_url: str, database_name: str, clock: FakeClock, rows: Rows, accepted_first: bool
) -> None:
    """gardner/react-oauth2-pkce#26: sessions of an earlier sign-in that were pending."""
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        public_url=GATEWAY_URL,
        login="handoff",
        handoff_url=HOST_URL,
    ) as gateway:
        browser, logins = await gateway.browser(), gateway.services.logins
        person: dict[str, Any] = {"tenant": "default", "user": "alice"}
        challenge = parameters(leads_to(await post_login(browser)))["login_challenge"]
        if accepted_first:
            url = (await logins.handoff.accept(challenge, **person)).return_url
        clock.advance(seconds=1)
        await logins.sign_out_everywhere(**person)
        clock.advance(seconds=1)
        if not accepted_first:
            url = (await logins.handoff.accept(challenge, **person)).return_url
        assert (await browser.open(url, site="cross-site")).status_code == 400
        assert await rows.sessions() == []
        assert not await signed_in(browser)
