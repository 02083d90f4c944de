"""Where a person is sent after a flow or a sign-in: to no place but those that are listed (A14)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from gateway.web.return_to import DASHBOARD, MAX_RETURN_TO, asked_page, own_page
from tests.conftest import GATEWAY_URL
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.rows import Rows

APP = "https://app.example.com"
ORIGINS = frozenset({APP, "https://admin.example.com:8443", "http://localhost:9000"})

REFUSED = [
    # another host, spelt in ways that browsers understand
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "//evil.example/dashboard",
    "https://evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http:\\\\evil.example",
    "//evil.example:443",
    "//[::1]/",
    "//127.0.0.1",
    "//2130706433",
    "/\\evil.example",
    "/\\\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "\\evil.example",
    "/\\/evil.example",
    "//\\evil.example",
    "/https://evil.example",
    "//https:evil.example",
    "//user@evil.example",
    "/@evil.example",
    "@evil.example",
    "/;@evil.example",
    "evil.example",
    "evil.example/dashboard",
    # our own name in front
    "http://localhost:3141/dashboard",
    "http://localhost:3141.evil.example/",
    "http://localhost:3141@evil.example/",
    "//localhost:3141@evil.example",
    "/dashboard@evil.example",
    "/dashboard:80@evil.example",
    "/dashboard.evil.example",
    "/dashboard\\evil.example",
    "/dashboard//evil.example",
    "/dashboard/\\evil.example",
    "/connectors/google\\@evil.example",
    "/connectors//evil.example",
    # other schemes
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "javascript://%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox",
    "file:///etc/passwd",
    "blob:x",
    # white space and control characters, which browsers drop
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "//evil.example ",
    "/ /evil.example",
    "/\x0b/evil.example",
    "\x00//evil.example",
    "/dashboard\x00",
    "/dashboard\n",
    "/dashboard\r\nSet-Cookie: a=b",
    "\u00a0//evil.example",
    "/\u2028/evil.example",
    "\ufeff//evil.example",
    # percent-encoded, once and twice
    "/%09/evil.example",
    "/%0a/evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "/%5cevil.example",
    "/%5c%5cevil.example",
    "/%255cevil.example",
    "/%2fevil.example",
    "/%2f%2fevil.example",
    "/%252f%252fevil.example",
    "%2f%2fevil.example",
    "%2fdashboard",
    "/dashboard/%2f%2fevil.example",
    "/dashboard/%5cevil.example",
    "/dashboard?x=%2f%2fevil.example",
    "/dashboard?x=%252f%252fevil.example",
    "/dashboard?x=%255cevil",
    "/dashboard?x=%0d%0aa:b",
    "/dashboard?x=https%3a%2f%2fevil.example",
    "/dashboard?x=https%253a",
    "/dashboard?x=a%40b",
    "/dashboard?x=%00",
    "/dashboard?x=%2500",
    # up and away
    "/..//evil.example",
    "/../evil.example",
    "/.//evil.example",
    "/./evil.example",
    "/dashboard/..//evil.example",
    "/dashboard/../../evil.example",
    "/dashboard/%2e%2e//evil.example",
    "/dashboard/%2e%2e/login",
    "/dashboard/%252e%252e/login",
    "/connectors/..",
    "/dashboard?x=%2e%2e",
    "/dashboard/.%2e/logout",
    # letters that some software turns into others
    "\uff0f\uff0fevil.example",
    "/\uff0fevil.example",
    "\u3031evil.example",
    "/dashboard\uff0f\uff0fevil.example",
    "\uffa0//evil.example",
    # our own, but nothing to return to
    "",
    "/",
    "?outcome=connected",
    "#",
    "/login",
    "/logout",
    "/static/gateway.js",
    "/openapi.json",
    "/v1/connectors/google/callback?code=x&state=y",
    "/healthz",
    "dashboard",
    "dashboard/connectors",
    "/dashboard/",
    "/dashboard#//evil.example",
    "/Dashboard",
    "/dashboard/<script>",
    '/dashboard/"',
    "/dashboard/'",
    "/dashboards",
]

NEAR = [
    # nearly the origin that is allowed
    "https://app.example.com.evil.example",
    "https://app.example.com.evil.example/done",
    "https://app.example.comevil.example",
    "https://app.example.com-evil.example",
    "https://app.example.com.",
    "https://app.example.com./done",
    "https://app.example.com@evil.example",
    "https://app.example.com@evil.example/done",
    "https://app.example.com:password@evil.example/",
    "https://user@app.example.com/",
    "https://user:password@app.example.com/",
    "https://@app.example.com/",
    "https://app.example.com:444",
    "https://app.example.com:443",
    "https://app.example.com:443/done",
    "https://app.example.com:",
    "https://app.example.com:/done",
    "https://app.example.com:8443/done",
    "https://admin.example.com/done",
    "https://admin.example.com:84430/done",
    "https://admin.example.com:8443.evil.example/",
    "http://app.example.com/done",
    "https://localhost:9000/",
    "http://localhost/",
    "http://localhost:9000@evil.example/",
    "HTTPS://APP.EXAMPLE.COM",
    "HTTPS://app.example.com/",
    "https://App.example.com/",
    "https:app.example.com/",
    "https:/app.example.com/",
    "https:///app.example.com/",
    "//app.example.com/",
    "app.example.com/done",
    "javascript://app.example.com/%0aalert(1)",
    "https\uff1a//app.example.com/",
    "https://app\u3002example.com/",
    "https://app\uff0eexample.com/",
    "https://\u0430pp.example.com/",
    "https://xn--pp-6kc.example.com/",
    "https://app.example.com\uff0fevil.example",
    "https://app.example.com\u2044.evil.example/",
    "https://app.example.com\u00ad/",
    "https://app.example.com%2eevil.example/",
    "https://app.example.com%2f.evil.example/",
    "https://app.example.com%00.evil.example/",
    "https%3a%2f%2fapp.example.com%2f",
    # the origin, and then what a browser drops, turns around, or keeps to itself
    "https://app.example.com\\@evil.example",
    "https://app.example.com\\.evil.example/",
    "https://app.example.com/\\evil.example",
    "https://app.example.com/%5cevil.example",
    "https://app.example.com/%255cevil.example",
    "https://app.example.com\t.evil.example/",
    "https://app.example.com\n/done",
    "https://app.example.com/done\n",
    "https://app.example.com/done\r\nSet-Cookie: a=b",
    "https://app.example.com/%0d%0aSet-Cookie:%20a=b",
    "https://app.example.com/%250d%250aa:b",
    "https://app.example.com/a b",
    "https://app.example.com/ ",
    " https://app.example.com/",
    "\thttps://app.example.com/",
    "\ufeffhttps://app.example.com/",
    "https://app.example.com/\u00a0",
    "https://app.example.com/\u00e9",
    "https://app.example.com/%00",
    "https://app.example.com/%C2%85",
    "https://app.example.com/\x7f",
    "https://app.example.com#done",
    "https://app.example.com/#done",
    "https://app.example.com/done?x=1#y",
    "https://app.example.com?x=1",
    "https://app.example.com;x",
    "https://app.example.com/<script>",
    'https://app.example.com/"',
    "https://app.example.com/{x}",
    "https://app.example.com/" + "x" * MAX_RETURN_TO,
    "null",
    "https://",
]

OUTSIDE = [
    "https://app.example.com",
    "https://app.example.com/",
    "https://app.example.com/settings/accounts",
    "https://app.example.com/done?workspace=7&from=%C3%A9t%C3%A9",
    "https://app.example.com/~ana/a;b=c,d:e@f/(g)?x=a/b?c&y=it's+so!*",
    "https://app.example.com//evil.example",  # a path of the application, for every browser
    "https://app.example.com/@evil.example",
    "https://app.example.com/?next=https%3A%2F%2Fevil.example",
    "https://admin.example.com:8443/done",
    "http://localhost:9000/done",
    "https://app.example.com/" + "x" * (MAX_RETURN_TO - len("https://app.example.com/")),
]

KEPT = [
    "/dashboard/connectors",
    "/connectors/notion",
    "/connectors/notion?tool=Calendar+helper",
    "/connectors/google?reconnect=con_0123456789abcdef01234567",
    "/dashboard/connectors?x=1&y=%C3%A9",
]


def test_the_corpus_is_large_and_without_repeats() -> None:
    assert len(set(REFUSED)) == len(REFUSED) > 100


@pytest.fixture
def more_settings() -> dict[str, Any]:
    """A gateway that returns to applications: what is refused here is refused anywhere."""
    return {"return_origins": ORIGINS}


@pytest.mark.requirement("A14")
def test_no_spelling_is_near_enough_to_an_allowed_origin() -> None:
    assert len(set(NEAR)) == len(NEAR) > 70
    for spelling in [*REFUSED, *NEAR]:
        assert asked_page(spelling, ORIGINS) is None, ascii(spelling)
        link = "/connectors/notion?" + urlencode({"return_to": spelling})
        # A name such as "dashboard" is an ordinary value there, and means nothing later.
        assert own_page(link, ORIGINS) in {own_page(link), DASHBOARD}, ascii(spelling)


@pytest.mark.requirement("A14")
def test_a_page_of_an_allowed_origin_is_kept_and_outlasts_a_sign_in() -> None:
    for page in OUTSIDE:
        assert asked_page(page, ORIGINS) == page
        assert asked_page(page, frozenset()) is None
        for more in ({}, {"tool": "notes"}):
            link = "/connectors/notion?" + urlencode({"return_to": page} | more)
            assert own_page(link, ORIGINS) == link
            assert own_page(link) == DASHBOARD
            assert own_page(link.replace("/connectors/", "/dashboard/"), ORIGINS) == DASHBOARD
            assert own_page(f"{link}&next=%2f%2fevil.example", ORIGINS) == DASHBOARD
            assert own_page(f"{link}&return_to=https%3A%2F%2Fevil.example", ORIGINS) == DASHBOARD
            assert own_page(link.replace("return_to", "return%5Fto"), ORIGINS) == DASHBOARD


def test_only_whole_origins_are_compared() -> None:
    """Where one origin is the beginning of another, each has its own pages."""
    both = frozenset({"https://a.example", "https://a.example:8443"})
    assert asked_page("https://a.example:8443/x", both)
    assert asked_page("https://a.example/x", both)
    assert asked_page("https://a.example:84/x", both) is None


@pytest.mark.requirement("A14")
async def test_no_spelling_of_another_place_becomes_a_return_address(
    gateway: Harness, rows: Rows, subtests: pytest.Subtests
) -> None:
    """The stored page is where the person is sent in the end."""
    browser = await gateway.browser("alice")
    await browser.open("/connectors/google")
    headers = {"Origin": GATEWAY_URL, "X-CSRF-Token": browser.csrf_token()}
    form = {"csrf_token": browser.csrf_token()}
    url = f"{GATEWAY_URL}/v1/connectors/google/start"
    for spelling in REFUSED:
        with subtests.test(repr(spelling)):
            posted = await browser.client.post(
                url, data={**form, "return_to": spelling}, headers=headers
            )
            script = await browser.client.post(url, json={"return_to": spelling}, headers=headers)
            assert (posted.status_code, script.status_code) == (200, 200)
            # The newest are among them: no more than ten attempts of a person stay open.
            flows = await rows.flows()
            assert len(flows) >= 2
            assert {flow["return_to"] for flow in flows} == {DASHBOARD}


@pytest.mark.requirement("A14")
async def test_no_spelling_of_another_place_is_where_signing_in_leads(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    """Neither for somebody who signs in, nor for somebody who is signed in already."""
    browser = await gateway.browser("alice")
    for spelling in REFUSED:
        with subtests.test(repr(spelling)):
            query = urlencode({"next": spelling})
            known = await browser.client.get(f"{GATEWAY_URL}/login?{query}")
            assert (known.status_code, known.headers["location"]) == (303, DASHBOARD)
            signed_in = await browser.client.post(
                f"{GATEWAY_URL}/login",
                data={"name": "alice", "next": spelling},
                headers={"Origin": GATEWAY_URL},
            )
            assert (signed_in.status_code, signed_in.headers["location"]) == (303, DASHBOARD)


async def test_the_sign_in_form_carries_no_foreign_address(gateway: Harness) -> None:
    fresh = await gateway.browser()
    for spelling in REFUSED:
        page = await fresh.open("/login?" + urlencode({"next": spelling}))
        assert page.text.count(f'name="next" value="{DASHBOARD}"') == 2, repr(spelling)


@pytest.mark.parametrize("page", KEPT)
async def test_a_page_of_our_own_is_kept(gateway: Harness, page: str) -> None:
    browser = await gateway.browser()
    await browser.open("/login?" + urlencode({"next": page}))
    await browser.submit({"name": "alice"}, action="/login")
    first = browser.history[1]
    assert str(first.request.url) == GATEWAY_URL + page

    await browser.open("/connectors/shopify")
    await browser.submit({"return_to": page, "config.shop": "acme"}, action="/start")
    await browser.approve(ACCOUNTS["shopify"])
    landed = urlsplit(str(browser.history[2].request.url))
    assert landed.path == urlsplit(page).path
    assert landed.query.startswith(urlsplit(page).query)
    assert "outcome=connected&connector=shopify&account=con_" in landed.query
