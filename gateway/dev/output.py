"""What the parts of ``make dev`` print, held back until the addresses are printed."""

from __future__ import annotations

import os
import sys
import threading
from types import TracebackType
from typing import Self

_CHUNK = 65536


class Output:
    """A pipe for the standard output of child processes, and the thread that passes it on.

    Until ``release`` everything is kept, in order. At the end of the context it is released in any
    case: so a part that does not start is heard.
    """

    def __init__(self) -> None:
        self._read_end, self.write_end = os.pipe()
        self._lock = threading.Lock()
        self._held: list[bytes] | None = []
        self._thread = threading.Thread(target=self._pass_on, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Pass on what is left. The children have ended before."""
        self.release()
        os.close(self.write_end)
        self._thread.join(5)

    def release(self) -> None:
        """Print what was kept, and everything that comes from now on."""
        with self._lock:
            held, self._held = self._held or [], None
            for chunk in held:
                _write(chunk)

    def _pass_on(self) -> None:
        while chunk := os.read(self._read_end, _CHUNK):
            with self._lock:
                if self._held is None:
                    _write(chunk)
                else:
                    self._held.append(chunk)
        os.close(self._read_end)


def _write(chunk: bytes) -> None:
    sys.stdout.flush()
    view = memoryview(chunk)
    while view:
        view = view[os.write(sys.stdout.fileno(), view) :]
