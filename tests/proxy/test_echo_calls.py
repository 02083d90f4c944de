"""A provider that shows everything it gets, in every form: nothing of it comes back or is left."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import httpx
import pytest
from structlog.testing import capture_logs

from tests.leaks.canaries import Canaries
from tests.proxy.test_calls import gateways
from tests.proxy.test_echo import ENCODERS
from tests.support import provider as providers
from tests.support.linking import dump
from tests.support.provider import Exchange, StrictProvider
from tests.support.proxied import KEY, PASSWORD, PLACES, Proxy
from tests.support.series import value

CONNECTORS = ("relay", *PLACES)


async def _reflect(provider: StrictProvider, exchange: Exchange) -> None:
    """Show the request in the form ``form``, in pieces of ``cut`` bytes, packed or not."""
    seen, query = exchange.seen, exchange.seen.query
    body = (await exchange.body()).decode()
    encode = ENCODERS[query["form"]]
    lines = [line.decode("latin-1") for field in seen.headers for line in field]
    lines += [seen.path, body, *seen.query.values(), *_members(body)]
    lines += [line.rpartition(" ")[2] for line in lines]  # without "Bearer" or "Basic"
    lines.append(seen.path.split("/")[3].removeprefix("bot"))
    shown = "\n".join(f'"{encode(line)}"' for line in lines if line)
    content = shown.encode()
    first = shown.splitlines()
    heads = [
        f"X-Seen-{number}: {line}"
        for number, line in enumerate(first)
        if line.isascii() and line.isprintable() and len(line) < 2000
    ]
    if packed := query.get("packed"):
        content = gzip.compress(content)
        heads.append(f"Content-Encoding: {packed}")
    (token,) = (seen.bearer or seen.query.get("api_key") or "none").splitlines()
    heads += [
        f'WWW-Authenticate: Bearer error="{token}"',
        f"Link: </next?key={token}>; rel=next",
        f"Location: https://{seen.host}/api/v1/next?access_token={token}",
        f"Set-Cookie: token={token}",
        f'ETag: "{token}"',
    ]
    status = query.get("status", "200")
    size = int(query["cut"])
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    if query["framing"] == "chunked":
        lines = [f"HTTP/1.1 {status} {token}", *heads, "Transfer-Encoding: chunked"]
        await exchange.send("\r\n".join(lines).encode(), b"\r\n\r\n")
        for piece in pieces:
            await exchange.chunk(piece)
        await exchange.send(b"0\r\nX-Trailer: ", token.encode(), b"\r\n\r\n")
    else:
        lines = [f"HTTP/1.1 {status} {token}", *heads, f"Content-Length: {len(content)}"]
        await exchange.send("\r\n".join(lines).encode(), b"\r\n\r\n")
        for piece in pieces:
            await exchange.send(piece)


def _members(body: str) -> list[str]:
    try:
        return [each for each in json.loads(body).values() if isinstance(each, str)]
    except ValueError:
        return []


@pytest.fixture(autouse=True)
def _reflecting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(providers.BEHAVIOURS, "reflect", _reflect)


@pytest.fixture
def canaries(provider: StrictProvider) -> Canaries:
    """The secrets of the connectors."""
    found = Canaries()
    found.add("access token", *provider.tokens)
    found.add("key", KEY)
    found.add("password", PASSWORD)
    return found


def whole(answer: httpx.Response) -> bytes:
    """All that a caller sees of an answer."""
    stream = answer.extensions
    head = b"\n".join(name + b": " + content for name, content in answer.headers.raw)
    return b"\n".join([stream["reason_phrase"], head, answer.content])


def url_of(connector: str, **query: str | int) -> httpx.URL:
    given = {"form": "raw", "cut": 1000, "framing": "length"} | query
    return httpx.URL(f"/v1/proxy/{connector}/reflect", params=given)


@pytest.mark.requirement("I3")
@pytest.mark.parametrize("connector", CONNECTORS)
@pytest.mark.parametrize("cut", [3, 100_000])
async def test_nothing_attached_comes_back(
    proxy: Proxy, provider: StrictProvider, canaries: Canaries, connector: str, cut: int
) -> None:
    """Every form, framed both ways: none in body, headers, status text or trailers."""
    await proxy.connect()
    for number, form in enumerate(ENCODERS):
        framing = ("length", "chunked")[(number + cut) % 2]
        url = url_of(connector, form=form, cut=cut, framing=framing)
        answer = await proxy.client.post(url, json={"own": "text"})
        assert answer.status_code == 200
        assert canaries.found_in(whole(answer)) == [], (form, framing)
        assert b"*" * 8 in answer.content
    assert any(
        KEY.encode() in line or b"Basic" in line or b"at-0" in line for line in _sent(provider)
    )


def _sent(provider: StrictProvider) -> Iterator[bytes]:
    """All that reached the provider."""
    for seen in provider.calls:
        yield from (seen.target, seen.body, *(value for _, value in seen.headers))


@pytest.mark.requirement("I3", "J1")
async def test_nothing_attached_is_left_anywhere(
    proxy: Proxy,
    mongodb_url: str,
    database_name: str,
    canaries: Canaries,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Logs, usage events, audit, kept answers, metrics: the whole database is searched."""
    await proxy.connect()
    with capture_logs() as logs:
        for number, connector in enumerate(CONNECTORS):
            for form in ("raw", "base64", "quote, nothing safe"):
                for status in (200, 400, 503):
                    url = url_of(connector, form=form, status=status)
                    headers = {"Idempotency-Key": f"key-{number}-{form}-{status}"}
                    first = await proxy.client.post(url, headers=headers)
                    again = await proxy.client.post(url, headers=headers)
                    assert canaries.found_in(whole(first) + whole(again)) == []
            await proxy.client.post(url_of(connector, packed="gzip", cut=100_000))
        events = await proxy.events()
    assert events
    stored = dump(mongodb_url, database_name)
    assert {"usage", "idempotency", "audit"} <= stored.keys()
    assert canaries.found_in(b"".join(stored.values())) == []
    assert canaries.found_in(json.dumps(events, default=str).encode()) == []
    assert canaries.found_in(json.dumps(logs, default=repr).encode()) == []
    out = capsys.readouterr()
    assert canaries.found_in((out.out + out.err).encode()) == []
    metrics = proxy.harness.services.metrics
    assert canaries.found_in(metrics.text()) == []
    assert value(metrics, "gateway_echoes_hidden_total", connector="relay") > 0


@pytest.mark.requirement("I3")
@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_a_clean_answer_is_byte_for_byte_the_providers(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, framing: str
) -> None:
    """Every byte there is, headers with odd values, and bytes that look like a start of a key."""
    await proxy.connect()
    content = bytes(range(256)) * 40 + b"at-0-1f6b0c9e8a7d452" + b"ky-5c1e9d7b3f20a8647d0c4b1"

    async def clean(_: StrictProvider, exchange: Exchange) -> None:
        heads = ["X-Odd: a \xff b", 'ETag: W/"x"', "Content-Type: application/x-own"]
        lines = ["HTTP/1.1 200 Fine", *heads]
        if framing == "length":
            lines.append(f"Content-Length: {len(content)}")
            await exchange.send("\r\n".join(lines).encode("latin-1"), b"\r\n\r\n", content)
            return
        lines.append("Transfer-Encoding: chunked")
        await exchange.send("\r\n".join(lines).encode("latin-1"), b"\r\n\r\n")
        for at in range(0, len(content), 999):
            await exchange.chunk(content[at : at + 999])
        await exchange.chunk(b"")

    monkeypatch.setitem(providers.BEHAVIOURS, "clean", clean)
    for connector in CONNECTORS:
        answer = await proxy.client.get(f"/v1/proxy/{connector}/clean")
        assert answer.content == content
        raw = dict(answer.headers.raw)
        assert raw[b"x-odd"] == b"a \xff b"
        assert raw[b"etag"] == b'W/"x"'
        assert raw[b"content-type"] == b"application/x-own"
        assert raw.get(b"content-length") == (
            str(len(content)).encode() if framing == "length" else None
        )


async def test_an_echo_in_a_packed_answer_is_refused(
    proxy: Proxy, provider: StrictProvider, canaries: Canaries
) -> None:
    await proxy.connect()
    for connector in CONNECTORS:
        answer = await proxy.client.post(url_of(connector, packed="gzip", cut=100_000))
        told = gateways(answer, 502, "credential_echoed")
        assert told["outcome_unknown"] is True
        assert canaries.found_in(whole(answer)) == []
    last = (await proxy.events())[-1]
    assert (last["result"], last["error"], last["status"]) == ("aborted", "credential_echoed", 200)


async def test_an_echo_late_in_a_packed_answer_breaks_it(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    await proxy.connect()
    packed = gzip.compress(bytes(range(256)) * 1000 + KEY.encode(), 0)

    async def late(_: StrictProvider, exchange: Exchange) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
        await exchange.send(head % len(packed), packed)

    monkeypatch.setitem(providers.BEHAVIOURS, "late", late)
    got: list[bytes] = []
    with pytest.raises(httpx.HTTPError):
        await read_into(got, proxy, "/v1/proxy/in-header/late")
    assert KEY.encode() not in b"".join(got)
    assert 0 < len(b"".join(got)) < len(packed)


async def read_into(got: list[bytes], proxy: Proxy, path: str) -> None:
    """Read an answer as it comes, as far as it comes."""
    async with proxy.client.stream("GET", path) as answer:
        async for part in answer.aiter_raw():
            got.append(part)


@pytest.mark.parametrize(("rule", "status"), [("pass", 200), ("refuse", 502)])
async def test_what_cannot_be_read_is_passed_or_refused(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, rule: str, status: int
) -> None:
    await proxy.connect()
    described = proxy.harness.services.catalog.described("in-header")
    monkeypatch.setitem(described.__dict__, "unread_answers", rule)

    async def unheard(_: StrictProvider, exchange: Exchange) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: unheard-of\r\nContent-Length: 4\r\n\r\n"
        await exchange.send(head, b"body")

    monkeypatch.setitem(providers.BEHAVIOURS, "unheard", unheard)
    answer = await proxy.client.get("/v1/proxy/in-header/unheard")
    assert answer.status_code == status
    metrics = proxy.harness.services.metrics
    if rule == "pass":
        assert answer.content == b"body"
        assert value(metrics, "gateway_answers_unread_total", connector="in-header") == 1
    else:
        gateways(answer, 502, "answer_unreadable")


async def test_a_clean_packed_answer_passes_as_it_came(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    await proxy.connect()
    packed = gzip.compress(b"clean " * 1000)

    async def clean(_: StrictProvider, exchange: Exchange) -> None:
        await exchange.send(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
            % len(packed),
            packed,
        )

    monkeypatch.setitem(providers.BEHAVIOURS, "clean", clean)
    async with proxy.client.stream("GET", "/v1/proxy/relay/clean") as answer:
        assert b"".join([part async for part in answer.aiter_raw()]) == packed
        assert answer.headers["content-encoding"] == "gzip"
