"""An invented connector and its provider, from connecting to disconnecting."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors import account_lookup
from connectors.catalog import Catalog
from connectors.rfc6749 import rfc6749
from connectors.sandbox import facts
from connectors.secret import Secret
from gateway.services.disconnect import Revoked
from gateway.store.connection import Connection
from gateway.store.mongo import Database
from gateway.testing import Person
from gateway.testing.expectations import Expectations, TokenSample
from gateway.testing.subject import Subject
from gateway.testing.workbench import open_workbench
from tests.support.configs import make_config

LIFE = 3600
"""The life of an invented access token, in seconds."""


def invented(
    config: Mapping[str, Any], rules: Mapping[str, Any], *, person: Person | None = None
) -> Subject:
    """The connector ``acme`` with the fields ``config``, whose provider has the rules ``rules``."""
    usual: dict[str, Any] = {
        "title": "Acme",
        "authorize": "auth.example.com/authorize",
        "token": "auth.example.com/token",
        "revoke": "auth.example.com/revoke",
        "client_auth": "post",
        "body_format": "form",
        "pkce": "required",
        "rotation": "strict",
        "expires_in": LIFE,
        "scopes": "read write",
        "accounts": {
            ("ana", "Ana"): {"id": "acct_1", "name": "Ana"},
            ("ben", "Ben"): {"id": "acct_2", "name": "Ben"},
        },
        "api_base": "api.example.com/v1",
        "api": {"/me": facts("id", "name")},
    }
    provider = rfc6749("acme", **usual | dict(rules))
    fields: dict[str, Any] = {
        "client_id": provider.client_id,
        "client_secret": Secret(provider.client_secret),
        "revocation_url": "https://auth.example.com/revoke",
        "fetch_account_info": account_lookup(
            url="https://api.example.com/v1/me", id="id", label="name"
        ),
    }
    made = make_config(**fields | dict(config))
    return Subject(
        expectations=Expectations(
            connector="acme",
            scopes=made.scopes,
            exchange=TokenSample(
                answer={}, access_token="", refresh_token=None, expires_in=None, scopes=None
            ),
            accounts={},
            people=() if person is None else (person, person),
        ),
        catalog=Catalog({}),
        config=made,
        provider=provider,
        header="",
        record=Path("no-record"),
    )


async def whole_life(subject: Subject, database: Database) -> Connection:
    """Connect, read, call the API, refresh after the token's life, and disconnect."""
    async with open_workbench(subject, database) as bench:
        connection = await bench.connect()
        first = await bench.token(connection)
        assert bench.call(first).status == 200
        bench.clock.advance(seconds=LIFE)
        second = await bench.token(connection)
        assert bench.call(second).status == 200
        assert second.access_token != first.access_token
        assert await bench.disconnect(connection) is Revoked.YES
        assert bench.call(second).status == 401
        return second.connection
