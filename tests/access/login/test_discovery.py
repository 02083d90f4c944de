"""How long an identity provider's documents are kept, and how often it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from gateway.access.login.discovery import (
    KEEP_SECONDS,
    PAUSE_SECONDS,
    ROTATION_SECONDS,
    IdentityProvider,
)
from gateway.errors import LoginUnavailable, LoginUnreadable
from gateway.outbound.client import open_outbound
from gateway.outbound.egress import EgressPolicy
from tests.support.identity_provider import (
    IdentityProviderServer,
    new_encryption_key,
    running_identity_provider,
)
from tests.support.silent import bulkhead


@dataclass
class Asked:
    """A provider, and what the gateway knows of it. ``seconds`` is the time that passed."""

    server: IdentityProviderServer
    known: IdentityProvider
    seconds: float = 0.0

    def counts(self) -> tuple[int, int]:
        """How often metadata and keys were asked for."""
        return self.server.count("/discovery"), self.server.count("/keys")


@pytest.fixture
async def asked() -> AsyncIterator[Asked]:
    async with running_identity_provider() as server:
        address = urlsplit(server.issuer)
        policy = EgressPolicy(allow=frozenset({(str(address.hostname), int(address.port or 0))}))
        async with open_outbound(policy, bulkhead()) as outbound:
            found = Asked(server, IdentityProvider(outbound, server.issuer, lambda: found.seconds))
            yield found


async def test_documents_are_kept_for_an_hour(asked: Asked) -> None:
    assert asked.known.known is None
    for seconds in (0, KEEP_SECONDS - 1):
        asked.seconds = seconds
        await asked.known.keys()
    assert asked.counts() == (1, 1)
    assert asked.known.known is not None
    asked.seconds = KEEP_SECONDS
    await asked.known.keys()
    assert asked.counts() == (2, 2)


async def test_many_at_once_ask_once(asked: Asked) -> None:
    found = await asyncio.gather(*(asked.known.keys() for _ in range(20)))
    assert len({id(keys) for keys in found}) == 1
    assert asked.counts() == (1, 1)


@pytest.mark.requirement("H5")
async def test_after_a_failure_nothing_is_asked_for_a_while(asked: Asked) -> None:
    asked.server.broken = True
    for _ in range(3):
        with pytest.raises(LoginUnavailable):
            await asked.known.metadata()
    assert asked.counts() == (1, 0)
    asked.server.broken = False
    asked.seconds = PAUSE_SECONDS
    assert (await asked.known.metadata()).issuer == asked.server.issuer


async def test_a_document_that_is_wrong_is_not_kept(asked: Asked) -> None:
    """M1: not even until it is right again."""
    asked.server.metadata = {"issuer": "https://evil.example"}
    with pytest.raises(LoginUnreadable, match="another issuer"):
        await asked.known.metadata()
    assert asked.known.known is None
    asked.server.metadata = {}
    assert (await asked.known.metadata()).issuer == asked.server.issuer


async def test_keys_are_asked_for_again_once_a_minute_at_most(asked: Asked) -> None:
    await asked.known.keys()
    asked.server.rotate(new_encryption_key("k2"))
    newer = await asked.known.newer_keys()
    assert newer is not None
    assert [key.kid for key in newer] == ["k2"]
    assert await asked.known.newer_keys() is None
    assert [key.kid for key in await asked.known.keys()] == ["k2"]
    assert asked.counts() == (1, 2)
    asked.seconds = ROTATION_SECONDS
    assert await asked.known.newer_keys() is not None


async def test_a_key_set_without_a_usable_key_is_refused(asked: Asked) -> None:
    asked.server.published = [{"kty": "oct", "k": "AAAA"}]
    with pytest.raises(LoginUnreadable, match="no key"):
        await asked.known.keys()
