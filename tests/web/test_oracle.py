"""A person who chooses part of an address learns nothing about the host there (security H6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from connectors.errors import AccountUnreadable
from gateway import errors
from gateway.outbound.client import Outbound
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.rows import Rows

FAILURES: dict[str, Callable[[], Exception]] = {
    "private": lambda: errors.EgressRefused("the host is not on the public Internet"),
    "not https": lambda: errors.EgressRefused("only https is called"),
    "no such name": lambda: errors.ProviderUnavailable(
        "the provider's host name cannot be resolved"
    ),
    "closed port": lambda: errors.ProviderUnavailable(
        "the provider cannot be reached (ConnectError)"
    ),
    "filtered port": lambda: errors.ProviderUnavailable("the provider did not answer in time"),
    "no TLS": lambda: errors.ProviderUnavailable("the provider cannot be reached (ConnectError)"),
    "no HTTP": lambda: errors.UnreadableResponse("the provider's answer is not HTTP"),
    "redirect": lambda: errors.UnreadableResponse("the provider answered with a redirect"),
    "too large": lambda: errors.UnreadableResponse("the provider's answer is too large"),
    "not found": lambda: errors.UnreadableResponse(
        "the provider answered 404 without a known error"
    ),
    "overloaded": lambda: errors.ProviderUnavailable("the provider answered 503", status=503),
    "no account": lambda: AccountUnreadable("the account endpoint answered 404"),
}


def failing(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, failure: Callable[[], Exception]
) -> None:
    """Let every request to that kind of endpoint fail so."""
    real = Outbound.send

    async def send(self: Outbound, request: Any, **where: Any) -> Any:
        if where["endpoint"] == endpoint:
            raise failure()
        return await real(self, request, **where)

    monkeypatch.setattr(Outbound, "send", send)


def without_reference(text: str) -> str:
    """A page or an answer without what differs from one request to the next."""
    text = re.sub(r"req_[0-9a-f]{16}", "REF", text)
    text = re.sub(r'name="csrf_token" value="\w+"', "CSRF", text)
    return re.sub(r"con_[0-9a-f]{24}", "ID", text)


@pytest.mark.requirement("H6")
@pytest.mark.parametrize("endpoint", ["exchange", "api"])
async def test_every_refused_or_failed_fetch_is_told_to_a_person_in_the_same_words(
    gateway: Harness, rows: Rows, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    """No port and no name can be told from another by what the page says."""
    told = {}
    for name, failure in FAILURES.items():
        if name == "no account" and endpoint == "exchange":
            continue  # no address is asked for then
        with monkeypatch.context() as patch:
            failing(patch, endpoint, failure)
            browser = await gateway.browser("alice")
            # The person chooses a part of this address.
            assert await browser.connect("shopify", ACCOUNTS["shopify"], shop="acme") == "failed"
            told[name] = without_reference(browser.page.text)
    assert set(told.values()) == {told["private"]}
    assert "could not be connected" in told["private"]
    assert await rows.connections() == []


@pytest.mark.requirement("H6")
async def test_every_refused_or_failed_fetch_is_told_to_a_tool_in_the_same_words(
    gateway: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same status, code and words; which way it was is in the log."""
    told = {}
    for number, (name, failure) in enumerate(FAILURES.items()):
        if name == "no account":
            continue  # no address is asked for then
        user = f"user-{number}"
        browser = await gateway.browser(user)
        await browser.connect("google", ACCOUNTS["google"])
        gateway.clock.advance(hours=2)  # the token is over
        with monkeypatch.context() as patch:
            failing(patch, "refresh", failure)
            answer = await gateway.token("google", user)
        assert answer.status_code == 503
        told[name] = without_reference(answer.text)
    assert set(told.values()) == {told["private"]}
    assert "provider_unavailable" in told["private"]


@pytest.mark.requirement("H6")
@pytest.mark.parametrize("name", ["private", "closed port", "no HTTP"])
async def test_the_log_says_which_it_was(
    gateway: Harness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """For those who run the gateway."""
    failing(monkeypatch, "exchange", FAILURES[name])
    browser = await gateway.browser("alice")
    capsys.readouterr()
    await browser.connect("google", ACCOUNTS["google"])
    logged = "".join(capsys.readouterr())
    assert type(FAILURES[name]()).__name__ in logged
