"""The development login: free on this machine, with a printed code behind a tunnel."""

from __future__ import annotations

import re

import httpx
import pytest

from gateway.access.login.dev import DevLogin
from gateway.settings.environment import Settings
from tests.support.browser import Browser, words
from tests.support.gateway import Harness, running_gateway
from tests.support.problems import problem

TUNNEL = "https://abc.tunnel.example"


async def post(browser: Browser, form: dict[str, str], **headers: str) -> httpx.Response:
    """The answer to the sign-in form, not followed."""
    return await browser.client.post(
        f"{browser.gateway_url}/login",
        data=form,
        headers={"Origin": browser.gateway_url, **headers},
    )


async def test_behind_a_tunnel_signing_in_needs_the_printed_code(
    mongodb_url: str, database_name: str
) -> None:
    async with running_gateway(mongodb_url, database_name, public_url=TUNNEL) as gateway:
        browser = await gateway.browser()
        code = browser.sign_in_code
        assert re.fullmatch(r"[A-Z2-9]{5}-[A-Z2-9]{5}", code)
        for form in (
            {"pick": "alice"},
            {"name": "alice", "code": code[:-1]},
            {"name": "alice", "code": ""},
        ):
            refused = await post(browser, form)
            assert refused.status_code == 422
            assert "Enter the sign-in code that the gateway printed" in refused.text
            assert "set-cookie" not in refused.headers
        await browser.open("/login")
        assert "Sign-in code" in words(browser)
        assert code not in browser.text
        done = await post(browser, {"name": "alice", "code": f" {code.lower()} "})
        assert done.status_code == 303


async def test_behind_a_tunnel_there_are_no_metrics(mongodb_url: str, database_name: str) -> None:
    async with running_gateway(mongodb_url, database_name, public_url=TUNNEL) as gateway:
        problem(await (await gateway.api()).get("/metrics"), 404, "not_found")


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded"])
async def test_a_tunnel_that_the_settings_do_not_name_lets_nobody_sign_in(
    gateway: Harness, name: str
) -> None:
    """It may rewrite ``Host`` and ``Origin`` to those of this machine."""
    browser = await gateway.browser()
    refused = await post(browser, {"pick": "alice"}, **{name: "for=203.0.113.9"})
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers


async def test_a_proxy_that_the_settings_count_is_no_tunnel(
    mongodb_url: str, database_name: str
) -> None:
    async with running_gateway(mongodb_url, database_name, proxy_hops=1) as gateway:
        browser = await gateway.browser()
        done = await post(browser, {"pick": "alice"}, **{"X-Forwarded-For": "203.0.113.9"})
        assert done.status_code == 303


@pytest.mark.parametrize("url", ["", "http://localhost:3141", "http://127.0.0.1:1", "http://[::1]"])
def test_on_this_machine_there_is_no_code(url: str) -> None:
    assert DevLogin(Settings(mode="dev", public_url=url)).code is None


def test_the_code_stays_for_the_life_of_the_process() -> None:
    settings = Settings(mode="dev", public_url=TUNNEL)
    assert DevLogin(settings).code == DevLogin(settings).code
