"""Text from providers and links, shown as text and as nothing else (security G3, C6)."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest

from tests.conftest import GATEWAY_URL
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.rows import Rows

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' autofocus onfocus='alert(1)",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</code></details><script>alert(1)</script>",
    "<!--<script>alert(1)//-->",
    "--><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><input name=csrf_token>",
    "<a href=javascript:alert(1)>click</a>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "{{ 7*7 }}{% raw %}",
    "${7*7} #{7*7}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "\\u003cscript\\u003ealert(1)",
    "<scr\u0000ipt>alert(1)</scr\u0000ipt>",
    "<\u017fcript>alert(1)</\u017fcript>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "javascript:alert(1)",
    "{name} {0} %s %(user)s",
]


class _Shape(HTMLParser):
    """The tags and attribute names of a page: everything but its texts and values."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, ...]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, *(name for name, _ in attrs)))

    def handle_comment(self, data: str) -> None:
        self.seen.append(("comment",))


def shape(page: str) -> list[tuple[str, ...]]:
    """The structure of a page, which no text may change."""
    return _Shape(page).seen


@pytest.mark.requirement("G3")
async def test_a_hostile_account_is_text_on_every_page_that_shows_it(
    gateway: Harness, rows: Rows, subtests: pytest.Subtests
) -> None:
    """dashboard, connect, reconnect and disconnect pages keep their shape."""
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    connection = (await rows.connection())["_id"]
    pages = [
        "/dashboard/connectors",
        "/connectors/google",
        f"/connectors/google?reconnect={connection}",
        f"/dashboard/connections/{connection}/disconnect",
    ]
    plain = {page: shape((await browser.open(page)).text) for page in pages}
    for label in HOSTILE:
        await rows.change_connection(
            connection,
            account_label=label,
            external_account_id=label,
            scopes={"requested": [label, "b"], "granted": [label, "b"]},
            connection_config={"shop": label},
        )
        for page in pages:
            with subtests.test(f"{page}: {label!r}"):
                answer = await browser.open(page)
                assert answer.status_code == 200
                assert shape(answer.text) == plain[page]
                assert label in html.unescape(answer.text)


@pytest.mark.requirement("G3")
async def test_a_hostile_user_id_is_text_on_every_page(gateway: Harness) -> None:
    """A user id is any printable text, and it is shown in a code example, too."""
    plain_browser = await gateway.browser("alice")
    plain = shape((await plain_browser.open("/dashboard/connectors")).text)
    for user in filter(str.isprintable, HOSTILE):
        browser = await gateway.browser(user)
        answer = await browser.open("/dashboard/connectors")
        assert shape(answer.text) == plain, user
        assert user in browser.text
        developers = (await browser.open("/dashboard/developers")).text
        example = re.search(r'id="dev-snippet">(.*?)</code>', developers, re.DOTALL)
        assert example
        assert "<" not in example[1]


@pytest.mark.requirement("G3")
async def test_hostile_words_in_an_address_reach_no_page(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    """outcome, connector and reference of a notice, and the tool of a connect link."""
    browser = await gateway.browser("alice")
    plain = shape(
        (await browser.open("/dashboard/connectors?outcome=declined&connector=google")).text
    )
    tool = shape((await browser.open("/connectors/google?tool=helper")).text)
    for word in HOSTILE:
        with subtests.test(repr(word)):
            address = f"{GATEWAY_URL}/dashboard/connectors"
            for params in (
                {"outcome": word, "connector": "google"},
                {"outcome": "declined", "connector": word},
            ):
                answer = await browser.client.get(address, params=params)
                assert 'class="notice' not in answer.text
                assert word not in answer.text
            params = {"outcome": "declined", "connector": "google", "ref": word}
            answer = await browser.client.get(address, params=params)
            assert shape(answer.text) == plain
            assert word not in answer.text
            page = await browser.client.get(
                f"{GATEWAY_URL}/connectors/google", params={"tool": word}
            )
            assert shape(page.text) == tool


async def test_a_hostile_name_in_the_sign_in_form_is_refused_or_text(gateway: Harness) -> None:
    browser = await gateway.browser()
    await browser.open("/login")
    page = await browser.submit({"name": "a\x00<script>alert(1)</script>"}, action="/login")
    assert page.status_code == 422
    assert "<script>alert" not in page.text
    assert "A name has 1 to 255 printable characters." in browser.text
