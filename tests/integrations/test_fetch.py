"""What a pasted URL makes the gateway send: guarded, bounded, and one text for every failure."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.errors import IntegrationUnreachable
from gateway.integrations.fetch import Fetcher, checked_url
from gateway.outbound.client import open_outbound
from gateway.outbound.egress import EgressPolicy
from tests.support.peer import Behave, Peer, answering, listening, silence
from tests.support.silent import bulkhead


@asynccontextmanager
async def fetching(
    *behaves: Behave, seconds: float = 20.0, allow: bool = True
) -> AsyncIterator[tuple[Fetcher, Peer]]:
    """A fetcher, and a server that answers its requests one after the other."""
    left = list(behaves)

    async def behave(writer: asyncio.StreamWriter) -> None:
        await left.pop(0)(writer)

    async with listening(behave) as peer:
        allowed = frozenset({("127.0.0.1", peer.port)} if allow else ())
        async with open_outbound(EgressPolicy(allow=allowed), bulkhead()) as outbound:
            yield Fetcher(outbound, seconds=seconds), peer


def leading_to(location: str, status: str = "302 Found") -> Behave:
    """A redirect."""
    return answering(b"", status=status, Location=location)


async def test_an_answer_of_any_status_is_read_without_a_credential() -> None:
    async with fetching(answering(b"no", status="401 No", WWW_Authenticate="Bearer x")) as (f, p):
        got = await f.fetch("GET", p.url("/a?b=c#d"), headers={"Accept": "application/json"})
    assert (got.status, got.content, got.url) == (401, b"no", p.url("/a?b=c"))
    assert got.headers["www-authenticate"] == "Bearer x"
    head = p.requests[0].decode().lower()
    assert head.startswith("get /a?b=c http")
    assert "authorization" not in head
    assert "cookie" not in head


async def test_three_redirects_are_followed_and_no_fourth() -> None:
    hops = [leading_to("/1"), leading_to("2"), leading_to("/3")]
    async with fetching(*hops, answering(b"end")) as (f, p):
        assert (await f.fetch("GET", p.url("/0"))).url == p.url("/3")
    async with fetching(*hops, leading_to("/4"), answering(b"end")) as (f, p):
        with pytest.raises(IntegrationUnreachable):
            await f.fetch("GET", p.url("/0"))
        assert len(p.requests) == 4


@pytest.mark.requirement("H6")
@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/",
        "https://127.0.0.1:1/",
        "https://[::1]:1/",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "https://user:secret@127.0.0.1/",
        "http://[broken/",
    ],
)
async def test_a_redirect_is_checked_like_the_first_url(location: str) -> None:
    async with fetching(leading_to(location), answering(b"no")) as (f, p):
        with pytest.raises(IntegrationUnreachable) as refused:
            await f.fetch("GET", p.url())
    assert len(p.requests) == 1
    assert location not in str(refused.value)


async def test_every_failure_has_the_same_text() -> None:
    texts = set()
    async with fetching(answering(b"x" * 2000), answering(b""), seconds=0.3) as (f, p):
        for url, most in [(p.url(), 1000), ("http://127.0.0.1:1/", 1), ("https://no.invalid/", 1)]:
            with pytest.raises(IntegrationUnreachable) as refused:
                await f.fetch("GET", url, most=most)
            texts.add(str(refused.value))
    async with fetching(silence, seconds=0.2) as (f, p):
        with pytest.raises(IntegrationUnreachable) as refused:
            await f.fetch("GET", p.url())
        texts.add(str(refused.value))
    async with fetching(answering(b""), allow=False) as (f, p):
        with pytest.raises(IntegrationUnreachable) as refused:
            await f.fetch("GET", p.url())
        assert not p.requests
        texts.add(str(refused.value))
    assert len(texts) == 1


async def test_a_compressed_bomb_is_cut_at_the_callers_bound() -> None:
    bomb = gzip.compress(b"0" * 1_000_000)
    async with fetching(*[answering(bomb, Content_Encoding="gzip")] * 2) as (f, p):
        with pytest.raises(IntegrationUnreachable):
            await f.fetch("GET", p.url(), most=100_000)
        assert len((await f.fetch("GET", p.url(), most=1_000_000)).content) == 1_000_000


async def test_a_post_goes_on_as_a_post_or_not_at_all() -> None:
    async with fetching(leading_to("/b", "307 T"), answering(b"ok")) as (f, p):
        await f.fetch("POST", p.url("/a"))
        assert p.requests[1].startswith(b"POST /b ")
    async with fetching(leading_to("/b", "303 S"), answering(b"ok")) as (f, p):
        with pytest.raises(IntegrationUnreachable):
            await f.fetch("POST", p.url("/a"))
        assert len(p.requests) == 1


@pytest.mark.parametrize(
    ("method", "headers"),
    [("DELETE", {}), ("GET", {"Authorization": "x"}), ("GET", {"cookie": "x"})],
)
async def test_nothing_else_can_be_sent(method: str, headers: dict[str, str]) -> None:
    async with fetching() as (f, p):
        with pytest.raises(ValueError, match="credential"):
            await f.fetch(method, p.url(), headers=headers)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com/",
        "ftp://example.com/",
        "https://",
        "https://u@example.com/",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\n",
        "https://example.com\\@evil.example/",
        "https://example.com/" + "a" * 2048,
        "https://bücher.example/",
    ],
)
def test_what_is_no_plain_url_is_refused(url: str) -> None:
    with pytest.raises(IntegrationUnreachable):
        checked_url(url)
