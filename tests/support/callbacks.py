"""A flow that stopped between the provider's consent page and the gateway's callback."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.support.browser import Browser


async def approved_callback(browser: Browser, account: str) -> str:
    """Approve on the consent page that the browser shows: the callback's URL, not opened yet."""
    return await _answered(browser, account=_key(browser, account))


async def narrowed_callback(browser: Browser, account: str, *scopes: str) -> str:
    """Approve nothing but ``scopes`` on the consent page: the callback's URL, not opened yet."""
    offered = re.findall(r'name="(grant\.\d+)".*?<code>([^<]+)</code>', browser.text)
    ticked = {name: "1" for name, scope in offered if scope in scopes}
    assert len(ticked) == len(scopes), offered
    return await _answered(browser, account=_key(browser, account), choice="1", **ticked)


async def declined_callback(browser: Browser) -> str:
    """Decline on the consent page that the browser shows: the callback's URL, not opened yet."""
    return await _answered(browser, deny="1")


def param(url: str, name: str) -> str:
    """The one value of a query parameter."""
    (value,) = parse_qs(urlsplit(url).query, strict_parsing=True)[name]
    return value


def with_params(url: str, **params: str) -> str:
    """``url`` with query parameters replaced or added."""
    return str(httpx.URL(url).copy_merge_params(params))


def _key(browser: Browser, account: str) -> str:
    button = re.search(rf'value="([^"]+)">{re.escape(account)}<', browser.text)
    assert button, f"no account {account!r} on {browser.url}:\n{browser.text}"
    return button[1]


async def _answered(browser: Browser, **choice: str) -> str:
    ticket = re.search(r'name="ticket" value="([^"]+)"', browser.page.text)
    assert ticket, f"{browser.url} is no consent page:\n{browser.text}"
    target = browser.page.url.copy_with(path="/_sandbox/consent", query=None)
    answer = await browser.client.post(target, data={"ticket": ticket[1]} | choice)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]
