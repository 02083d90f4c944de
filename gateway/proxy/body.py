"""The body of a caller's request: passed on while it arrives, and kept only while it is small."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

from gateway.errors import RequestTooLarge

KEPT_BYTES = 64 * 1024
"""The longest body that a request can be repeated with."""
INSPECTED_BYTES = 1024 * 1024
"""The longest body that a credential can be put into."""

NextPart = Callable[[], Awaitable[tuple[bytes, bool]]]
"""Returns the next bytes, and whether more follow. It raises ``CallerLeft``."""


class CallerLeft(Exception):
    """The caller closed its connection within its request."""


class Body:
    """The body of one request, of at most ``most`` bytes; ``declared`` is its Content-Length.

    ``on_whole`` is called when the last byte has arrived.
    """

    def __init__(
        self,
        next_part: NextPart,
        *,
        declared: int | None,
        content_type: str,
        most: int,
        on_whole: Callable[[], None] = lambda: None,
    ) -> None:
        self._next_part = next_part
        self.declared = declared
        self.content_type = content_type
        self._most = most
        self._keep_most = KEPT_BYTES
        self._on_whole = on_whole
        self._kept: bytearray | None = bytearray()
        self._began = self._is_whole = False
        self._read = 0
        self._first = b""
        self.passed = 0
        """Bytes that were passed on in the last attempt."""

    @property
    def is_kept(self) -> bool:
        """Whether the whole body can be sent again."""
        return self._is_whole and self._kept is not None

    async def begin(self) -> None:
        """Read the first part, or nothing if that was done. Raises ``RequestTooLarge``."""
        self.passed = 0
        if self._began:
            return
        self._began = True
        if self.declared is not None and self.declared > self._most:
            raise RequestTooLarge(self._most)  # before the caller sends it
        await self._take()

    async def hold(self) -> bytes:
        """Read the whole body, and keep it; raise ``RequestTooLarge`` above ``INSPECTED_BYTES``."""
        self._keep_most = INSPECTED_BYTES
        await self.begin()
        return await self.whole()

    @property
    def content(self) -> bytes | AsyncIterator[bytes]:
        """The body for one attempt: all of it if it has arrived, else its parts as they come."""
        if self._kept is not None and self._is_whole:
            self.passed = len(self._kept)
            return bytes(self._kept)
        return self._parts()

    async def whole(self) -> bytes:
        """Return the whole body; raise ``RequestTooLarge`` above ``INSPECTED_BYTES``."""
        content = self.content
        if isinstance(content, bytes):
            return content
        found = bytearray()
        async for part in content:
            found += part
            if len(found) > INSPECTED_BYTES:
                raise RequestTooLarge(INSPECTED_BYTES)
        return bytes(found)

    async def _parts(self) -> AsyncIterator[bytes]:
        part = self._first
        while True:
            if part:
                self.passed += len(part)
                yield part
            if self._is_whole:
                return
            part = await self._take()

    async def _take(self) -> bytes:
        part, more = await self._next_part()
        self._read += len(part)
        if self._read > self._most:
            raise RequestTooLarge(self._most)
        if self._kept is not None:
            if self._read > self._keep_most:
                self._kept = None
            else:
                self._kept += part
        self._first = part
        if not more:
            self._is_whole = True
            self._on_whole()
        return part
