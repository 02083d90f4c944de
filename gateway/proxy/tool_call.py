"""A call as a tool wrote it."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.proxy.body import Body
from gateway.proxy.headers import Header
from gateway.services.tokens import Wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class ToolCall:
    """A call as a tool wrote it. ``path`` is raw, below the API's base URL; ``host`` another one.

    ``headers`` have lower-case names. ``key`` is the call's ``Idempotency-Key``. ``reads``: it has
    no effect, whatever its method, so that it may be repeated. ``tool`` is the gateway's tool whose
    request it is, ``named_path`` its path without what the user typed, for usage.
    ``change`` counts the requests of the tool's call that change something, this one among them.
    With ``is_exact``, ``path`` always comes after that of the base URL, also if it repeats it.
    """

    wanted: Wanted
    key_id: str
    method: str
    path: bytes = field(repr=False)
    query: bytes = field(repr=False)
    host: str | None
    headers: list[Header] = field(repr=False)
    body: Body
    request_id: str
    key: str | None = None
    reads: bool = False
    tool: str | None = None
    named_path: str | None = None
    change: int = 1
    is_exact: bool = False
