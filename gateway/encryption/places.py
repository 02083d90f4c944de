"""Where sealed values belong: every ``Place`` is built here, from the rows of ``store.sealed``."""

from __future__ import annotations

import json
from dataclasses import dataclass

from gateway.store.connection import Connection
from gateway.store.flows import Flow
from gateway.store.idempotency import KeyedCall
from gateway.store.oauth_apps import OAuthApp
from gateway.store.sealed import (
    ANSWERS,
    APP_SECRETS,
    GRANTS,
    REQUESTS,
    SIGNING_KEYS,
    TOKENS,
    VERIFIERS,
    WEBHOOK_SECRETS,
    SealedFields,
    SealedRow,
)

FORMAT = 1
"""Version of the sealed format; it is part of the associated data."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a sealed value belongs. Every part is bound to the ciphertext."""

    collection: str
    tenant: str = ""
    owner: str = ""
    connector: str = ""
    row: str
    field: str
    generation: int = 0

    def encoded(self) -> bytes:
        """Return the associated data; JSON, so that no two places encode alike."""
        return json.dumps(
            [
                FORMAT,
                self.collection,
                self.tenant,
                self.owner,
                self.connector,
                self.row,
                self.field,
                self.generation,
            ]
        ).encode()


PROBE = Place(collection="", row="", field="readiness")
"""A place that no row has, for sealing and opening a value that is never stored."""


def token_place(
    field: str, *, tenant: str, owner: str, connector: str, row: str, generation: int
) -> Place:
    """Return the place of a connection's ``access_token`` or ``refresh_token``."""
    return Place(
        collection=TOKENS.collection,
        tenant=tenant,
        owner=owner,
        connector=connector,
        row=row,
        field=field,
        generation=generation,
    )


def stored_token_place(field: str, connection: Connection) -> Place:
    """Return the place of a token of a stored connection."""
    return token_place(
        field,
        tenant=connection.tenant,
        owner=connection.owner,
        connector=connection.connector,
        row=connection.id,
        generation=connection.generation,
    )


def verifier_place(flow: Flow) -> Place:
    """Return the place of a connect attempt's PKCE verifier."""
    return Place(
        collection=VERIFIERS.collection,
        tenant=flow.tenant,
        owner=flow.owner,
        connector=flow.connector,
        row=flow.id,
        field="verifier",
    )


def webhook_secret_place(tenant: str, webhook_id: str) -> Place:
    """Return the place of a webhook's signing secret."""
    return Place(
        collection=WEBHOOK_SECRETS.collection, tenant=tenant, row=webhook_id, field="secret"
    )


def app_secret_place(app: OAuthApp) -> Place:
    """Return the place of the client secret of a tenant's own OAuth app."""
    return Place(
        collection=APP_SECRETS.collection,
        tenant=app.tenant,
        connector=app.connector,
        row=app.id,
        field="client_secret",
    )


def answer_place(call: KeyedCall) -> Place:
    """Return the place of the kept answer to a request with an idempotency key."""
    return Place(
        collection=ANSWERS.collection,
        tenant=call.tenant,
        connector=call.connector,
        row=call.id,
        field="answer",
    )


def approval_place(tenant: str, owner: str, connector: str, approval_id: str) -> Place:
    """Return the place of the request that waits for an approval."""
    return Place(
        collection=REQUESTS.collection,
        tenant=tenant,
        owner=owner,
        connector=connector,
        row=approval_id,
        field="request",
    )


def grant_place(tenant: str, user: str, grant_id: str) -> Place:
    """Return the place of a grant's content."""
    return Place(
        collection=GRANTS.collection, tenant=tenant, owner=user, row=grant_id, field="content"
    )


def signing_key_place(row: str) -> Place:
    """Return the place of a key that signs access tokens."""
    return Place(collection=SIGNING_KEYS.collection, row=row, field="private_key")


def mcp_session_place(principal: str) -> Place:
    """Return the place of an MCP session's id: the client keeps it, no row has it."""
    return Place(collection="mcp_sessions", row=principal, field="session")


REQUEST_STATE = Place(collection="mcp_requests", row="", field="state")
"""The place of what an MCP client hands back with its next attempt: no row has it."""


def row_place(sealed: SealedFields, row: SealedRow, path: str) -> Place:
    """Return the place of the value at ``path`` of any row with sealed values."""
    return Place(
        collection=sealed.collection,
        tenant=row.tenant,
        owner=row.owner,
        connector=row.connector,
        row=row.id,
        field=sealed.fields[path],
        generation=row.generation or 0,
    )


def check_value_place(key_id: str) -> Place:
    """Return the place of the check value of an encryption key."""
    return Place(collection="vault", row=key_id, field="check")
