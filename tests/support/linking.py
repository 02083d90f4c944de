"""Linked accounts for tests of the store: rows, readable stand-ins for sealed tokens, dumps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import bson
from pymongo import MongoClient

from connectors.account import AccountInfo
from gateway.store.connection import Connection, SealedTokens, Status
from gateway.store.connections import ConnectionStore, NewConnection

T = TypeVar("T")

Seal = Callable[[str, int], SealedTokens]
"""Seals a flow's tokens for a row id and generation."""

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""When things happen in tests that do not care."""


def new_connection(
    account: str = "acct-1",
    *,
    tenant: str = "default",
    user: str = "alice",
    connector: str = "google",
    label: str = "Ana",
    status: Status = Status.ACTIVE,
    several: bool = True,
    metadata: dict[str, Any] | None = None,
) -> NewConnection:
    """A finished flow's data about an account."""
    return NewConnection(
        tenant=tenant,
        owner=f"user:{user}",
        connector=connector,
        account=AccountInfo(
            external_account_id=account, account_label=label, metadata=metadata or {}
        ),
        connection_config={"shop": "acme"},
        requested_scopes=("read", "write"),
        granted_scopes=("read", "write"),
        status=status,
        several_accounts=several,
    )


def sealed_tokens(text: str) -> SealedTokens:
    """Tokens that can be told apart: the store never looks inside."""
    return SealedTokens(
        access_token=f"access of {text}".encode(),
        refresh_token=f"refresh of {text}".encode(),
        encryption_key="k1",
        token_type="Bearer",
        expires_at=NOW,
        issued_at=NOW,
        fresh_until=NOW,
    )


def sealing(text: str) -> Seal:
    """A ``Seal`` that shows for which row and generation it was asked."""
    return lambda row, generation: sealed_tokens(f"{text} for {row} generation {generation}")


async def save(
    store: ConnectionStore, new: NewConnection, seal: Seal, now: datetime = NOW
) -> Connection:
    """The connection after a finished flow, however many concurrent writes are faster."""
    while True:
        target = await store.target(new)
        saved = await store.save(target, seal(target.row, target.generation), now)
        if saved is not None:
            return saved


async def linked(
    store: ConnectionStore,
    account: str = "acct-1",
    *,
    text: str = "flow",
    now: datetime = NOW,
    **facts: Any,
) -> Connection:
    """The connection after a finished flow for ``account``."""
    return await save(store, new_connection(account, **facts), sealing(text), now)


async def at_once(count: int, call: Callable[[int], Awaitable[T]]) -> list[T | BaseException]:
    """The results of ``count`` simultaneous calls, in order; an exception is a result, too."""
    return await asyncio.gather(*(call(number) for number in range(count)), return_exceptions=True)


def dump(url: str, database: str) -> dict[str, bytes]:
    """Every collection of a database as raw BSON: what somebody with a backup can read."""
    with MongoClient[dict[str, Any]](url) as client:
        names = client[database].list_collection_names()
        return {
            name: b"".join(bson.encode(row) for row in client[database][name].find())
            for name in names
        }
