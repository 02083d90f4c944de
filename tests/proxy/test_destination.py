"""A call leads to the connector's API and nowhere else, however its address is spelled."""

from __future__ import annotations

import pytest
from hypothesis import given

from connectors.catalog import Catalog
from gateway.errors import PathRefused
from gateway.proxy.destination import destination, open_hosts
from tests.proxy.spellings import CLEAN_PATHS
from tests.proxy.test_calls import gateways
from tests.support.configs import CATALOG_ENV
from tests.support.provider import StrictProvider
from tests.support.proxied import Proxy

pytestmark = pytest.mark.requirement("I1")

BASE = "https://acme.relay.example/api/v1"
HOSTS = open_hosts(
    "https://${connection_config.tenant}.relay.example", ("files.relay.example", "*.relay.example")
)


@pytest.mark.parametrize(
    ("base", "path", "target"),
    [
        (BASE, b"", b"/api/v1"),
        (BASE, b"things", b"/api/v1/things"),
        (BASE, b"things/", b"/api/v1/things/"),
        (BASE, b"api/v1/things", b"/api/v1/things"),
        (BASE, b"api/v1", b"/api/v1/api/v1"),
        (BASE, b"a.b/c-d~e/f:g@h", b"/api/v1/a.b/c-d~e/f:g@h"),
        (BASE, b"a%20b/%C3%A9", b"/api/v1/a%20b/%C3%A9"),
        (BASE, b"100%25", b"/api/v1/100%25"),
        (BASE, b".well-known/x..y", b"/api/v1/.well-known/x..y"),
        ("https://acme.relay.example", b"", b"/"),
        ("https://acme.relay.example", b"x", b"/x"),
        ("https://acme.relay.example/", b"x", b"/x"),
        ("https://acme.relay.example/bot1:secret", b"x", b"/bot1:secret/x"),
    ],
)
def test_a_plain_path_is_sent_as_it_is(base: str, path: bytes, target: bytes) -> None:
    found = destination(base, path, b"a=1")
    assert (found.origin.netloc, found.target, found.query) == (
        "acme.relay.example",
        target,
        b"a=1",
    )


@pytest.mark.parametrize(
    "path",
    [
        *(
            b"..",
            b"../x",
            b"a/../../b",
            b"a/..",
            b".",
            b"./a",
            b"a/./b",
            b".../x",
            b"a/ ..".strip(),
        ),
        *(b"%2e%2e/x", b".%2E/x", b"a%2eb", b"%252e%252e/x", b"%25252e%25252e/x", b"a/%2e"),
        *(b"a%2fb", b"a%2Fb", b"a%252fb", b"a%5cb", b"a\\b", b"..\\x", b"a%255c..%255cb"),
        *(b"/x", b"a//b", b"//evil.example/x", b"a///b"),
        *(b"..;/x", b"..;a=b/x", b".;/x", b"..%3b/x", b"..%20/x", b"%20../x"),
        *(
            b"a\tb",
            b"a\r\nb",
            b"a b",
            b"a\x00b",
            b"a%00b",
            b"a%0d%0ab",
            b"a%7fb",
            b"\x7f",
            b"a%09b",
        ),
        *(b"\xc3\xa9", b"%c0%ae%c0%ae/x", b"%c0%afx", b"%ff", b"%e0%80%af"),
        *(b"%ef%bc%8e%ef%bc%8e/x", b"%e2%80%a5/x", b"a%ef%bc%8fb", b"a%ef%bc%bcb", b"%e2%84%80"),
        *(b"%", b"%2", b"%zz", b"%u002e", b"a#b", b"a?b", b'a"b', b"a<b", b"a^b", b"a`b", b"{a}"),
        b"x" * 20_000,
    ],
)
def test_a_path_that_could_be_misread_is_refused(path: bytes) -> None:
    with pytest.raises(PathRefused):
        destination(BASE, path, b"")


@pytest.mark.parametrize("query", [b"a=b#c", b"a=\x00", b"a= b", b"\xff", b"a=\r\nX: 1", b"\x7f"])
def test_a_query_is_visible_ascii(query: bytes) -> None:
    with pytest.raises(PathRefused):
        destination(BASE, b"x", query)
    assert destination(BASE, b"x", b"a[]=1&b={c}&d=%00%0a|^`").query == b"a[]=1&b={c}&d=%00%0a|^`"


@given(CLEAN_PATHS)
def test_no_clean_path_is_refused(path: bytes) -> None:
    assert destination("https://acme.relay.example", path, b"").target == b"/" + path


def test_another_host_is_named_exactly() -> None:
    found = destination(BASE, b"x", b"", host="files.relay.example", hosts=HOSTS)
    assert (found.origin.netloc, found.target) == ("files.relay.example", b"/x")
    same = destination(BASE, b"x", b"", host="acme.relay.example", hosts=HOSTS)
    assert same.target == b"/api/v1/x"


@pytest.mark.parametrize(
    "host",
    [
        *("globex.relay.example", "evil.example", "*.relay.example", "*", "", " "),
        *("files.relay.example.", "FILES.relay.example", "files.relay.example:443"),
        *("files.relay.example:444", "files.relay.example@evil.example", "a@files.relay.example"),
        *("files.relay.example/..", "files.relay.example\\", "evil.example#files.relay.example"),
        *("files.relay.example\x00", "files。relay。example", "xfiles.relay.example", "127.0.0.1"),
    ],
)
async def test_no_other_host_gets_a_call(proxy: Proxy, provider: StrictProvider, host: str) -> None:
    """A wildcard of ``api_hosts`` covers the tenant's own host, and opens no sibling's."""
    with pytest.raises(PathRefused):
        destination(BASE, b"x", b"", host=host, hosts=HOSTS)
    await proxy.connect()
    if host.strip() and host.isprintable():
        headers = {b"Gateway-Host": host.encode()}
        answer = await proxy.client.get("/v1/proxy/relay/x", headers=headers)
        gateways(answer, 400, "path_refused")
    assert not provider.seen


def test_the_choices_for_an_accounts_host_are_not_open() -> None:
    """A token of one region, or of one customer, is not for the others."""
    found = {
        config.name: open_hosts(config.api_base_url, config.api_hosts)
        for config in Catalog(CATALOG_ENV).ready()
    }
    assert not found["shopify"] | found["zendesk"] | found["zoho-crm"] | found["datadog"]
    assert "gmail.googleapis.com" in found["google"]
    assert found["pinecone"] == {"api.pinecone.io"}  # its list of indexes; an index has its own
    assert found["twilio"] == {"verify.twilio.com"}


async def test_a_declared_host_gets_a_call(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    headers = {"Gateway-Host": "files.relay.example"}
    assert (await proxy.client.get("/v1/proxy/relay/x", headers=headers)).status_code == 200
    (seen,) = provider.calls
    assert (seen.host, seen.path) == ("files.relay.example", "/x")


async def test_a_refused_call_is_in_the_usage(proxy: Proxy) -> None:
    await proxy.connect()
    gateways(await proxy.client.get("/v1/proxy/relay/a%2fb"), 400, "path_refused")
    (event,) = await proxy.events()
    assert (event["result"], event["error"], event["status"]) == ("refused", "path_refused", None)


async def test_the_connectors_name_is_spelled_plainly(proxy: Proxy) -> None:
    """One reading of the address for the route and for what is sent."""
    await proxy.connect()
    gateways(await proxy.client.get("/v1/proxy/%72elay/x"), 400, "path_refused")
