"""Answers that come compressed although identity was asked for: read, and passed as they came.

An echo inside cannot be replaced, so it ends the answer. What cannot be read (another coding, a
broken stream, one that unpacks to far more than any honest one) is refused if the connector says
so, and otherwise passed and counted.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterator, Sequence

import brotli

from gateway.errors import AnswerUnreadable, CredentialEchoed
from gateway.proxy.echo import EchoFilter, Field

MOST_TIMES = 100
"""An answer unpacks to at most so many times its size, and ``ALLOWANCE`` bytes."""
ALLOWANCE = 1024 * 1024
_STEP = 64 * 1024
"""Bytes that are unpacked at once."""


Unpacker = Callable[[bytes], Iterator[bytes]]


class PackedEcho:
    """``EchoFilter`` for a coded body. ``unread`` says that it could not be read to its end."""

    def __init__(self, echo: EchoFilter, coding: str, *, refuse: bool) -> None:
        """Raise ``AnswerUnreadable`` if the coding is unknown and ``refuse`` says so."""
        self._echo = echo
        self._refuse = refuse
        self._came = self._unpacked = 0
        self._waiting = b""
        self.unread = False
        make = _UNPACKERS.get(coding.strip().lower())
        self._unpack = make() if make else None
        if self._unpack is None:
            self._give_up()

    @property
    def hidden(self) -> int:
        """Secrets that were replaced, in the header."""
        return self._echo.hidden

    def headers(self, fields: Sequence[Field]) -> list[Field]:
        """Return header fields without the secrets."""
        return self._echo.headers(fields)

    def feed(self, chunk: bytes) -> bytes:
        """Return what of the body can be passed on now, as it came.

        Raises:
            CredentialEchoed: the credential is inside.
            AnswerUnreadable: the body cannot be read, and is refused then.
        """
        if self.unread or self._unpack is None:
            return chunk
        self._came += len(chunk)
        self._waiting += chunk
        before = self._echo.hidden
        try:
            for part in self._unpack(chunk):
                self._unpacked += len(part)
                self._echo.feed(part)
                if self._echo.hidden > before:
                    raise CredentialEchoed
                if self._unpacked > ALLOWANCE + MOST_TIMES * self._came:
                    raise ValueError
            if self._echo.holds:
                if len(self._waiting) < ALLOWANCE:
                    return b""
                raise ValueError
        except (ValueError, zlib.error, brotli.error):
            self._give_up()
        return self.end()

    def end(self) -> bytes:
        """Return what is left."""
        rest, self._waiting = self._waiting, b""
        return rest

    def _give_up(self) -> None:
        if self._refuse:
            raise AnswerUnreadable
        self.unread = True


Echo = EchoFilter | PackedEcho


def filter_for(secrets: Collection[str], coding: str | None, *, refuse: bool) -> Echo:
    """Return the filter for an answer with this ``Content-Encoding``.

    ``refuse`` raises ``AnswerUnreadable`` where the answer cannot be read, here or later.
    """
    echo = EchoFilter(secrets)
    if coding is None or coding.strip().lower() in ("", "identity"):
        return echo
    return PackedEcho(echo, coding, refuse=refuse)


def unpacked(body: bytes, coding: str | None, *, most: int) -> bytes:
    """Return a whole body without its coding; raise ``AnswerUnreadable`` above ``most`` bytes."""
    if coding is None or coding.strip().lower() in ("", "identity"):
        return body
    make = _UNPACKERS.get(coding.strip().lower())
    found = bytearray()
    try:
        for part in make()(body) if make else ():
            found += part
            if len(found) > most:
                raise AnswerUnreadable
    except (ValueError, zlib.error, brotli.error):
        raise AnswerUnreadable from None
    if make is None:
        raise AnswerUnreadable
    return bytes(found)


def _inflating(make: Callable[[bytes], zlib._Decompress]) -> Unpacker:
    inflater: zlib._Decompress | None = None

    def unpack(chunk: bytes) -> Iterator[bytes]:
        nonlocal inflater
        while chunk:
            if inflater is None or inflater.eof:  # a stream of gzip may have several members
                inflater = make(chunk)
            part = inflater.decompress(chunk, _STEP)
            yield part
            while len(part) == _STEP and not inflater.unconsumed_tail and not inflater.eof:
                yield (part := inflater.decompress(b"", _STEP))  # it may have more without input
            chunk = inflater.unconsumed_tail or inflater.unused_data

    return unpack


def _gzip() -> Unpacker:
    return _inflating(lambda _: zlib.decompressobj(31))


def _deflate() -> Unpacker:
    # Some servers leave out the header of zlib, which says method 8 and at most 32 KiB (RFC 1950).
    return _inflating(lambda chunk: zlib.decompressobj(15 if chunk[0] & 0x8F == 8 else -15))


def _brotli() -> Unpacker:
    decoder = brotli.Decompressor()

    def unpack(chunk: bytes) -> Iterator[bytes]:
        if chunk and decoder.is_finished():
            raise ValueError
        part = decoder.process(chunk, output_buffer_limit=_STEP)
        while part:  # there may be more without input, whatever can_accept_more_data says
            yield part
            part = b"" if decoder.is_finished() else decoder.process(b"", output_buffer_limit=_STEP)

    return unpack


_UNPACKERS = {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "br": _brotli}
