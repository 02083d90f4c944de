"""A browser without JavaScript: cookies, redirects and forms, as strict as it needs to be.

It reaches the gateway and ``sites`` in this process and everything else over HTTP, sends what
Chromium sends with navigations and form posts (``Origin``, ``Sec-Fetch-Site``), and follows meta
refreshes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

from tests.support.loopback import loopback_client


@dataclass
class Form:
    """A form of a page: its inputs with values, and its named buttons by their text."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.refresh: str | None = None
        self._button: tuple[str, str] | None = None
        self._link: str | None = None
        self._area: str | None = None
        self._text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag == "input" and self.forms and "name" in given:
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self.forms[-1].values[given["name"]] = given.get("value", "")
        elif tag == "textarea" and self.forms:
            self._area, self._text = given.get("name", ""), []
        elif tag == "button" and self.forms:
            self._button, self._text = (given.get("name", ""), given.get("value", "")), []
        elif tag == "a":
            self._link, self._text = given.get("href", ""), []
        elif tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.refresh = given["content"].partition("url=")[2]

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        text = " ".join("".join(self._text).split())
        if tag == "button" and self._button is not None:
            self.forms[-1].buttons[text] = self._button
            self._button = None
        elif tag == "textarea" and self._area is not None:
            # The first line break after the tag is not part of the text.
            self.forms[-1].values[self._area] = "".join(self._text).removeprefix("\n")
            self._area = None
        elif tag == "a" and self._link is not None:
            self.links.setdefault(text, self._link)
            self._link = None


def _refresh(text: str) -> str | None:
    """The target of a page's meta refresh; pages without one are not parsed."""
    return _Page(text).refresh if "http-equiv" in text.lower() else None


class Browser:
    """One browser profile. ``page`` is the last answer, with all redirects followed."""

    def __init__(
        self,
        gateway_url: str,
        gateway: httpx.AsyncBaseTransport,
        *,
        sign_in_code: str = "",
        sites: Mapping[str, httpx.AsyncBaseTransport] | None = None,
    ) -> None:
        self.gateway_url = gateway_url
        self.sign_in_code = sign_in_code
        self.client = loopback_client(
            mounts={gateway_url: gateway, **(sites or {})},
            headers={"Accept": "text/html,*/*;q=0.8"},
        )
        self.page = httpx.Response(204)
        self.history: list[httpx.Response] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.client.aclose()

    @property
    def url(self) -> str:
        """Where the browser is."""
        return str(self.page.url)

    @property
    def text(self) -> str:
        """The page's source with entities decoded."""
        return html.unescape(self.page.text)

    async def open(self, url: str, *, site: str = "none") -> httpx.Response:
        """Go to ``url``; ``site`` is the ``Sec-Fetch-Site`` of the first request."""
        return await self._go("GET", urljoin(self.gateway_url + "/", url), site=site)

    async def submit(
        self,
        values: dict[str, str] | None = None,
        *,
        button: str | None = None,
        action: str = "",
        without: Collection[str] = (),
    ) -> httpx.Response:
        """Submit the form whose action contains ``action`` (and that has ``button``).

        ``without`` are the names of boxes that are unchecked first.
        """
        for form in _Page(self.page.text).forms:
            if action in form.action and (button is None or button in form.buttons):
                data = {n: v for n, v in form.values.items() if n not in without} | (values or {})
                if button is not None and form.buttons[button][0]:
                    data |= [form.buttons[button]]
                target = urljoin(self.url, form.action)
                return await self._go(form.method.upper(), target, data=data, site="same-origin")
        raise AssertionError(f"no such form on {self.url}:\n{self.text[:2000]}")

    async def _go(
        self, method: str, url: str, *, data: dict[str, str] | None = None, site: str
    ) -> httpx.Response:
        self.history = []
        origin = _origin(url) if site == "same-origin" else "null"
        for _ in range(10):
            headers = {"Sec-Fetch-Site": site} | ({"Origin": origin} if method == "POST" else {})
            self.page = await self.client.request(method, url, data=data, headers=headers)
            self.history.append(self.page)
            if self.page.has_redirect_location:
                method, data = "GET", None
                target = urljoin(url, self.page.headers["location"])
            elif refresh := _refresh(self.page.text):
                method, data, target = "GET", None, urljoin(url, refresh)
            else:
                return self.page
            if _origin(target) != _origin(url):
                site = "cross-site"
            url = target
        raise AssertionError(f"too many redirects at {url}")

    async def sign_in(self, user: str) -> None:
        """Sign in with the development login."""
        await self.open("/login")
        code = {"code": self.sign_in_code} if self.sign_in_code else {}
        await self.submit({"name": user} | code, action="/login")
        assert "/dashboard/connectors" in self.url, self.text[:500]

    async def start(self, connector: str, query: str = "", **config: str) -> httpx.Response:
        """From the connect page to the provider's own page."""
        await self.open(f"/connectors/{connector}{query}")
        values = {f"config.{name}": value for name, value in config.items()}
        return await self.submit(values, action=f"/v1/connectors/{connector}/start")

    async def approve(self, account: str) -> httpx.Response:
        """Choose an account on the sandbox's consent page."""
        return await self.submit(button=account)

    async def connect(self, connector: str, account: str, query: str = "", **config: str) -> str:
        """The whole flow; the ``outcome`` that the gateway's page was opened with."""
        await self.start(connector, query, **config)
        await self.approve(account)
        return self.outcome()

    def outcome(self) -> str:
        """The ``outcome`` in the address, empty without one."""
        return str(httpx.URL(self.url).params.get("outcome", ""))

    def links(self) -> dict[str, str]:
        """The page's links by their text."""
        return _Page(self.page.text).links

    def csrf_token(self) -> str:
        """The page's CSRF token."""
        return next(
            f.values["csrf_token"] for f in _Page(self.page.text).forms if "csrf_token" in f.values
        )


def words(browser: Browser) -> str:
    """The text of its page without tags, with entities decoded and spaces run together."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", browser.page.text)).split())


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
