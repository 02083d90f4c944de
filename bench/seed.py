"""The database before the first request: one service key, and linked accounts.

The gateway's own stores and vault write them: the tokens are sealed as in production, and the rows
are those of a finished flow. ``bench.many`` multiplies such a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.load import Target
from connectors.account import AccountInfo
from connectors.catalog import Catalog
from connectors.context import Tokens
from connectors.environment import app_variables
from connectors.secret import Secret
from gateway.access.identity import DEFAULT_TENANT
from gateway.access.service_keys import Role, ServiceKeys
from gateway.audit.trail import Audit
from gateway.clock import utc_now
from gateway.encryption.tokens import TokenSealer
from gateway.encryption.vault import Vault, read_encryption_keys
from gateway.observe.metrics import Metrics
from gateway.settings.environment import Driver
from gateway.store.audit import AuditStore
from gateway.store.connection import Status
from gateway.store.connections import ConnectionStore, NewConnection
from gateway.store.indexes import create_indexes
from gateway.store.mongo import Database, open_database
from gateway.store.owners import owner_of
from gateway.store.service_keys import KeyStore

CONNECTOR = "google"
CREDENTIALS = {
    "OAUTH_GOOGLE_CLIENT_ID": "bench.apps.googleusercontent.com",
    "OAUTH_GOOGLE_CLIENT_SECRET": "not-a-secret",
}
"""The connector's variables; no provider is called for it."""

LIFE = timedelta(days=1)  # no token becomes due for a refresh while we measure
PUBLIC_HOST = "gateway.example"
SEEDING_DRIVER = Driver.PYMONGO


@dataclass(frozen=True, kw_only=True)
class Place:
    """A database of the benchmark's mongod, and the keys that seal what is in it."""

    mongodb_url: str
    database: str
    encryption_keys: str

    def sealer(self, database: Database) -> TokenSealer:
        """Seals tokens with these keys."""
        return TokenSealer(self.vault, _audit(database))

    @property
    def vault(self) -> Vault:
        """The vault with these keys."""
        return Vault(read_encryption_keys(self.encryption_keys))


@dataclass(frozen=True, kw_only=True)
class Seeded:
    """The key and the users of a tool server's reads."""

    key: Secret
    users: Sequence[str]

    def target(self, *ports: int, door: str = "v1", connector: str = CONNECTOR) -> Target:
        """The token reads of all users, one after the other; ``door`` is the path's first part."""
        path = token_path(connector, door)
        return Target(ports=ports, requests=[self._request(path, user) for user in self.users])

    def _request(self, path: str, user: str) -> bytes:
        body = b'{"user":"%s"}' % user.encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {PUBLIC_HOST}\r\n"
            f"Authorization: Bearer {self.key.reveal()}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def token_path(connector: str = CONNECTOR, door: str = "v1") -> str:
    """Where a token of ``connector`` is asked for."""
    return f"/{door}/connectors/{connector}/token"


def user_name(number: int) -> str:
    """The user id of that number; all are of one length."""
    return f"user_{number:08}"


def account_id(number: int) -> str:
    """The external account id of that user, as long as Google's."""
    return f"1{number:020}"


def access_token(user: str) -> Secret:
    """An access token about as long as Google's."""
    return Secret(f"ya29.{user}".ljust(220, "A"))


def refresh_token(user: str) -> Secret:
    """A refresh token about as long as Google's."""
    return Secret(f"1//{user}".ljust(103, "R"))


async def seed(
    place: Place, accounts: int, connector: str = CONNECTOR, roles: Sequence[Role] = (Role.TOKENS,)
) -> Seeded:
    """Store a key and ``accounts`` linked accounts, each of another user."""
    users = [user_name(number) for number in range(accounts)]
    scopes = tuple(Catalog(app_variables(connector, "id", "secret")).oauth(connector).scopes)
    async with open_database(place.mongodb_url, place.database, SEEDING_DRIVER) as database:
        await create_indexes(database)
        sealer = place.sealer(database)
        for number in range(accounts):
            await link(database, sealer, number, scopes=scopes, connector=connector)
        return Seeded(key=await create_key(database, place.vault, roles), users=users)


def _audit(database: Database) -> Audit:
    return Audit(AuditStore(database, None), utc_now, Metrics())


async def create_key(
    database: Database, vault: Vault, roles: Sequence[Role] = (Role.TOKENS,)
) -> Secret:
    """A service key with these roles. An earlier commit (``--against``) knows no newer ones."""
    keys = ServiceKeys(KeyStore(database, vault), utc_now, _audit(database))
    _, key = await keys.create(tenant=DEFAULT_TENANT, roles=list(roles))
    return key


async def link(
    database: Database,
    sealer: TokenSealer,
    number: int,
    *,
    scopes: tuple[str, ...],
    connector: str = CONNECTOR,
    refresh: Secret | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Store the linked account of user ``number`` as a finished flow does.

    ``refresh`` is its refresh token where a provider must know it. Without ``expires_at`` the
    access token lives longer than the benchmark.
    """
    now, user = utc_now(), user_name(number)
    owner = owner_of(user)
    tokens = Tokens(
        access_token=access_token(user),
        refresh_token=refresh or refresh_token(user),
        token_type="Bearer",
        expires_at=expires_at or now + LIFE,
        scopes=scopes,
    )

    account = AccountInfo(
        external_account_id=account_id(number),
        account_label=f"{user}@example.com",
        metadata={"name": f"The user {user}"},
    )
    new = NewConnection(
        tenant=DEFAULT_TENANT,
        owner=owner,
        connector=connector,
        account=account,
        connection_config={},
        requested_scopes=scopes,
        granted_scopes=scopes,
        status=Status.ACTIVE,
        several_accounts=True,
    )
    store = ConnectionStore(database)
    target = await store.target(new)
    sealed = sealer.seal(
        tokens,
        tenant=new.tenant,
        owner=owner,
        connector=connector,
        row=target.row,
        generation=target.generation,
        now=now,
    )
    await store.save(target, sealed, now)
