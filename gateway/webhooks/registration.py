"""Registration of webhooks, and the signatures of deliveries.

Signatures follow https://www.standardwebhooks.com. Each webhook has a signing secret, which is
shown once and stored sealed.
"""

from __future__ import annotations

import base64
import contextlib
import re
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, ip_address
from urllib.parse import urlsplit

import standardwebhooks

from connectors.secret import Secret
from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.encryption.places import webhook_secret_place
from gateway.encryption.vault import Vault
from gateway.errors import EgressRefused, InvalidRequest
from gateway.outbound.egress import EgressPolicy, is_public
from gateway.store.audit import Action
from gateway.store.deliveries import DeliveryStore
from gateway.store.events import EventType
from gateway.store.webhooks import Webhook, WebhookStore

MOST = 20
"""Most webhooks of a tenant."""
MAX_URL = 2000

_SECRET_BYTES = 32  # the specification asks for 24 to 64
_URL = re.compile(
    r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:[/?][!-\"$-~]*)?"
)  # ASCII without spaces, user or fragment

_NAME = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+"
    r"(?!0x[0-9a-f]*$)(?=.{1,63}$)[a-z0-9-]*[a-z][a-z0-9-]*"
)
"""A host name (RFC 1123 2.1), in lower case. The last label is no number."""
_PRIVATE = frozenset({"localhost", "localdomain", "local", "internal", "arpa", "onion"})
"""Last labels of names that no public resolver knows (RFC 6761, 6762, 7686, 8375)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookState:
    """A webhook and the number of its undelivered events."""

    webhook: Webhook
    pending: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookService:
    """Creates, lists and deletes webhooks."""

    webhooks: WebhookStore
    deliveries: DeliveryStore
    vault: Vault
    policy: EgressPolicy
    clock: Clock
    audit: Audit

    async def create(
        self, *, tenant: str, url: str, types: Sequence[EventType] | None
    ) -> tuple[Webhook, Secret]:
        """Create a webhook; return it with its signing secret, which cannot be shown again.

        ``types`` is ``None`` for all events. Raises ``InvalidRequest`` if the URL is invalid or the
        tenant has too many webhooks.
        """
        problem = _problem_of(url, self.policy)
        if problem is None and len(await self.webhooks.list_for(tenant)) >= MOST:
            problem = f"a tenant has at most {MOST} webhooks"
        if problem is not None:
            raise InvalidRequest(f"url: {problem}", {"url": problem})
        webhook_id = f"whk_{secrets.token_hex(12)}"
        key = base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
        secret = Secret(f"whsec_{key}")
        webhook = Webhook(
            id=webhook_id,
            tenant=tenant,
            url=url,
            types=None if types is None else tuple(sorted(set(map(str, types)))),
            secret=self.vault.seal(secret, webhook_secret_place(tenant, webhook_id)),
            created_at=self.clock(),
        )
        await self.webhooks.add(webhook)
        await self.audit.write(Action.WEBHOOK_CREATED, tenant=tenant, subject=webhook_id)
        return webhook, secret

    async def list_for(self, tenant: str) -> list[WebhookState]:
        """Return the tenant's webhooks and their state, oldest first."""
        return [
            WebhookState(webhook=webhook, pending=await self.deliveries.pending(webhook))
            for webhook in await self.webhooks.list_for(tenant)
        ]

    async def delete(self, tenant: str, webhook_id: str) -> bool:
        """Delete a webhook; return whether it existed. Its undelivered events are not sent."""
        deleted = await self.webhooks.delete(tenant, webhook_id)
        if deleted:
            await self.audit.write(Action.WEBHOOK_DELETED, tenant=tenant, subject=webhook_id)
        return deleted


def secret_of(vault: Vault, webhook: Webhook) -> Secret:
    """Return a webhook's signing secret; raise ``VaultError`` if it does not open."""
    return vault.open(webhook.secret, webhook_secret_place(webhook.tenant, webhook.id))


def signed_headers(secret: Secret, event_id: str, body: str, now: datetime) -> dict[str, str]:
    """Return the headers of an attempt to deliver ``body`` at ``now`` (UTC)."""
    signer = standardwebhooks.Webhook(secret.reveal())
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signer.sign(event_id, now, body),
    }


def _problem_of(url: str, policy: EgressPolicy) -> str | None:
    """Return why events cannot go to ``url``, judged without resolving its name."""
    if len(url) > MAX_URL or not _URL.fullmatch(url):
        return "must be an https address in plain ASCII, without a user and without a fragment"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        policy.check_scheme(parts.scheme, host, port)
    except (ValueError, EgressRefused):
        return "must be https, or named in GATEWAY_EGRESS_ALLOW"
    if (host, port) in policy.allow:
        return None
    return None if _is_on_internet(host) else "is not on the public Internet"


def _is_on_internet(host: str) -> bool:
    """Judge a host without resolving it: each delivery checks the addresses that it resolves to."""
    host = host.removesuffix(".")
    with contextlib.suppress(ValueError):
        return is_public(ip_address(host))
    with contextlib.suppress(OSError):
        # The system's resolver reads 127.1, 0x7f.1, 017700000001 and 2130706433 as addresses.
        return is_public(IPv4Address(socket.inet_aton(host)))
    return bool(_NAME.fullmatch(host)) and host.rpartition(".")[2] not in _PRIVATE
