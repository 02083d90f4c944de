"""A provider's answer on its way to the caller."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from gateway.proxy.headers import Header


@dataclass(kw_only=True, slots=True)
class Answer:
    """The provider's answer on its way to the caller. ``parts`` raises if it ends too early."""

    status: int
    headers: list[Header] = field(repr=False)
    parts: AsyncIterator[bytes] = field(repr=False)
    gateway_ms: float
    price: str
