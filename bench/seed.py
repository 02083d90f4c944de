"""What is in the database before the first request: one service key, and linked accounts.

Everything is written by the gateway's own services and stores, so that the tokens are sealed as in
production and the rows are what a finished flow leaves behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from pydantic import SecretStr

from bench.load import Target
from connectors.account import AccountInfo
from connectors.context import Tokens
from connectors.secret import Secret
from gateway.clock import utc_now
from gateway.identity.keys import Role
from gateway.identity.logins import DEFAULT_TENANT
from gateway.services.sealing import TokenSealer
from gateway.settings import Settings
from gateway.store.connections import ConnectionStore, NewConnection, SealedTokens, Status
from gateway.store.mongo import open_database
from gateway.vault import Vault, read_keys
from gateway.wiring import open_services

CONNECTOR = "google"
TOKEN_PATH = f"/v1/connectors/{CONNECTOR}/token"
CREDENTIALS = {
    "OAUTH_GOOGLE_CLIENT_ID": "bench.apps.googleusercontent.com",
    "OAUTH_GOOGLE_CLIENT_SECRET": "not-a-secret",
}
"""The connector's variables; no provider is ever called."""

LIFE = timedelta(days=1)  # no token becomes due for a refresh while we measure
PUBLIC_HOST = "gateway.example"


@dataclass(frozen=True, kw_only=True)
class Seeded:
    """What a tool server needs for its reads."""

    key: Secret
    users: tuple[str, ...]

    def target(self, port: int, path: str) -> Target:
        """The token reads of all users, one after the other, sent to ``path`` at ``port``."""
        return Target(port=port, requests=[self._request(path, user) for user in self.users])

    def _request(self, path: str, user: str) -> bytes:
        body = b'{"user":"%s"}' % user.encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {PUBLIC_HOST}\r\n"
            f"Authorization: Bearer {self.key.reveal()}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def seed(mongodb_url: str, encryption_keys: str, connections: int) -> Seeded:
    """Store a key and ``connections`` linked accounts, each of a user of its own."""
    settings = Settings(
        public_url=f"https://{PUBLIC_HOST}",
        mongodb_url=SecretStr(mongodb_url),
        encryption_keys=SecretStr(encryption_keys),
    )
    users = tuple(f"user_{number:06}" for number in range(connections))
    sealer = TokenSealer(Vault(read_keys(encryption_keys)))
    async with (
        open_services(settings, CREDENTIALS) as services,
        open_database(mongodb_url, settings.mongodb_database, settings.mongodb_driver) as database,
    ):
        scopes = tuple(services.catalog.get(CONNECTOR).scopes)
        _, key = await services.keys.create(tenant=DEFAULT_TENANT, roles=[Role.TOKENS])
        store = ConnectionStore(database)
        for user in users:
            await _link(store, sealer, user, scopes)
    return Seeded(key=key, users=users)


async def _link(
    store: ConnectionStore, sealer: TokenSealer, user: str, scopes: tuple[str, ...]
) -> None:
    now = utc_now()
    owner = f"user:{user}"
    tokens = Tokens(
        access_token=Secret(f"ya29.{user}".ljust(220, "A")),  # about as long as Google's
        refresh_token=Secret(f"1//{user}".ljust(103, "R")),
        token_type="Bearer",
        expires_at=now + LIFE,
        scopes=scopes,
    )

    def seal(row: str, generation: int) -> SealedTokens:
        return sealer.seal(
            tokens, tenant=DEFAULT_TENANT, owner=owner, connector=CONNECTOR,
            row=row, generation=generation, now=now,
        )  # fmt: skip

    account = AccountInfo(
        external_account_id=f"1{user[-6:]:0>20}",
        account_label=f"{user}@example.com",
        metadata={"name": f"The user {user}"},
    )
    new = NewConnection(
        tenant=DEFAULT_TENANT, owner=owner, connector=CONNECTOR, account=account,
        connection_config={}, requested_scopes=scopes, granted_scopes=scopes,
        status=Status.ACTIVE, several_accounts=True,
    )  # fmt: skip
    await store.save(new, seal, now)
