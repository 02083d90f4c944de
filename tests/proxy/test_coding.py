"""Compressed answers are searched, and passed as they came; what cannot be read is counted."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import AnswerUnreadable, CredentialEchoed
from gateway.proxy.coding import ALLOWANCE, PackedEcho, filter_for
from gateway.proxy.echo import EchoFilter
from tests.proxy.test_echo import TOKEN, cut, filtered, sizes


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZIP", gzip.compress),
    "two members": ("gzip", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])),
    "stored": ("gzip", lambda data: gzip.compress(data, 0)),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "br": ("br", brotli.compress),
}
codings = pytest.mark.parametrize(("coding", "pack"), CODINGS.values(), ids=CODINGS)


@codings
@given(data=st.binary(max_size=2000), sizes=sizes)
def test_a_clean_answer_passes_as_it_came(
    coding: str, pack: Callable[[bytes], bytes], data: bytes, sizes: list[int]
) -> None:
    packed = pack(data)
    echo = filter_for([TOKEN], coding, refuse=True)
    assert filtered(echo, cut(packed, sizes)) == packed
    assert not echo.unread
    assert echo.hidden == 0


@pytest.mark.requirement("I3")
@codings
@given(before=st.binary(max_size=300), sizes=sizes)
def test_an_echo_inside_ends_the_answer_before_it_is_whole(
    coding: str, pack: Callable[[bytes], bytes], before: bytes, sizes: list[int]
) -> None:
    packed = pack(before + TOKEN.encode())
    echo = filter_for([TOKEN], coding, refuse=False)
    passed: list[bytes] = []
    with pytest.raises(CredentialEchoed):
        passed.extend(map(echo.feed, cut(packed, sizes)))
    unpacked = filter_for([], coding, refuse=True)
    assert isinstance(unpacked, PackedEcho)
    assert unpacked._unpack is not None
    assert not any(TOKEN[:4].encode() in part for part in unpacked._unpack(b"".join(passed)))


@pytest.mark.parametrize("size", [1000, 1_000_000])
def test_an_answer_that_unpacks_in_steps_is_read_to_its_end(size: int) -> None:
    """The last bytes of an answer may come out without more input."""
    for coding, pack in CODINGS.values():
        with pytest.raises(CredentialEchoed):
            filter_for([TOKEN], coding, refuse=True).feed(pack(bytes(size) + TOKEN.encode()))


unreadable = pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("zstd", b"(\xb5/\xfd anything"),
        ("gzip, br", gzip.compress(b"anything")),
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(b"anything") + b"and no gzip"),
        ("br", brotli.compress(b"anything") + b"more"),
        ("br", b"\xff" * 20),
        ("deflate", b"\x78\x9c no deflate"),
        ("gzip", gzip.compress(bytes(300 * ALLOWANCE), 1)),
        ("br", brotli.compress(bytes(300 * ALLOWANCE), quality=1)),
        ("gzip", gzip.compress(b"")[:-8] + b"\x00\x00\x00\xff\xff" * 9),
    ],
    ids=[
        "another coding",
        "two codings",
        "no gzip",
        "more after gzip",
        "more after br",
        "no br",
        "no deflate",
        "too much from gzip",
        "too much from br",
        "empty blocks without end",
    ],
)


@unreadable
def test_what_cannot_be_read_is_passed_and_said(coding: str, body: bytes) -> None:
    echo = filter_for([TOKEN], coding, refuse=False)
    assert filtered(echo, cut(body, [1000])) == body
    assert echo.unread


@unreadable
def test_what_cannot_be_read_is_refused_where_the_connector_says_so(
    coding: str, body: bytes
) -> None:
    with pytest.raises(AnswerUnreadable):
        filtered(filter_for([TOKEN], coding, refuse=True), cut(body, [1000]))


def test_a_stream_that_never_goes_on_is_not_kept_for_ever() -> None:
    """A secret begins, and then come blocks of nothing: the memory they take is bounded."""
    packer = zlib.compressobj(level=0, wbits=31)
    body = packer.compress(TOKEN[:9].encode()) + packer.flush(zlib.Z_SYNC_FLUSH)
    echo = filter_for([TOKEN], "gzip", refuse=False)
    nothing = b"\x00\x00\x00\xff\xff" * 10_000
    passed = echo.feed(body)
    for _ in range(ALLOWANCE // len(nothing) + 1):
        passed += echo.feed(nothing)
    assert echo.unread
    assert passed == body + nothing * (ALLOWANCE // len(nothing) + 1)


@pytest.mark.parametrize("coding", [None, "", "identity", " Identity "])
def test_an_answer_without_a_coding_is_filtered_itself(coding: str | None) -> None:
    echo = filter_for([TOKEN], coding, refuse=True)
    assert isinstance(echo, EchoFilter)
    assert not echo.unread


def test_headers_of_a_compressed_answer_are_filtered() -> None:
    echo = filter_for([TOKEN], "gzip", refuse=True)
    assert echo.headers([(b"a", TOKEN.encode())]) == [(b"a", b"*" * len(TOKEN))]
    assert echo.hidden == 1
    assert echo.feed(packed := gzip.compress(b"clear.")) == packed
