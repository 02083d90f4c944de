"""Issue access tokens that work now. Reading a fresh token takes no lease and writes little.

An issued token is cached (``gateway.store.fresh.cache``) until it needs a refresh or a note of its
use, so most reads do not ask the database. ``gateway.services.refresh`` renews a token when it is
due; while that fails, a token that is still valid is issued (rule 3).
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from connectors.catalog import Catalog
from connectors.config import Connector
from connectors.secret import Secret
from gateway.audit.context import By
from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.digest import sha256_hex
from gateway.encryption.tokens import TokenSealer
from gateway.engine.placements import Placed, constants_in, placed
from gateway.errors import (
    ConnectionIncomplete,
    GatewayError,
    InvalidRequest,
    ProviderError,
    ProviderUnavailable,
    ReauthorizationRequired,
    RowUnreadable,
    StoreUnavailable,
    VaultError,
    code_of,
)
from gateway.observe.logs import get_logger
from gateway.observe.metrics import UNKNOWN, Metrics, TokenResult
from gateway.outbound.public_addresses import PublicAddresses
from gateway.services.apps import Apps
from gateway.services.key_connections import KeyConnections
from gateway.services.lookup import Found, Lookup, check_grant
from gateway.services.methods import is_checkable, is_renewable, key_of, oauth_of, pasted_values
from gateway.services.platform import PlatformCredentials
from gateway.services.refresh import Refresher
from gateway.services.resolution import Resolution, Sought
from gateway.services.states import api_of, is_over
from gateway.store.audit import Action
from gateway.store.connection import Connection, Method, SealedTokens, Status
from gateway.store.connections import ConnectionStore
from gateway.store.fresh.cache import Cache, Reading
from gateway.store.owners import PLATFORM, OwnerKind, kind_of

_log = get_logger()

LONGEST_SHARE = 0.9
"""The largest share of a token's life that ``min_seconds`` can ask for."""
TOUCH_EVERY = timedelta(minutes=1)
ANSWER_SECONDS = 20.0
"""The longest that a caller waits after the check of its key."""
TOKEN_REFUSED = "token_refused"
PATIENCE_SECONDS = 5.0
"""How long a caller waits for a new token while the stored one still works."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class IssuedToken:
    """An access token with everything its caller needs to use it; made at ``as_of``.

    ``user`` is the person whom its caller acts for.
    """

    user: str
    access_token: Secret
    connection: Connection
    api_base_url: str = field(repr=False)  # for tools; a key may stand in its path
    api_headers: dict[str, str] = field(repr=False)
    api_query: dict[str, str] = field(repr=False)
    api_body: dict[str, str] = field(repr=False)
    as_of: datetime
    base_url: str = field(repr=False)  # as the gateway itself reaches the API
    constant_headers: frozenset[bytes]
    """Names, in lower case, of ``api_headers`` that hold no value of the connection."""
    secrets: frozenset[str] = field(repr=False)
    """What must never come back from the provider to a caller that does not have the token."""
    rendered: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)
    """Answers that interfaces made of this token, by the function that made each. They live as long
    as the token."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A request for a token: the user, the account, and how good it must be.

    ``owner`` pins one kind of owner: by default the nearest that has a connection.
    ``rejected_token_sha256`` is the hex hash of a token that the provider's API refused;
    ``min_seconds`` asks for that much life, ``scopes`` for these sets or scopes of the connector;
    ``force`` asks for a refresh. ``suspected`` says that the refusal of the rejected token is no
    proof: it may be renewed or checked, but it does not end the grant. ``as_stored`` asks for the
    stored token, which is neither renewed nor noted as used.
    """

    connector: str
    tenant: str
    user: str
    account: str | None = None
    owner: OwnerKind | None = None
    rejected_token_sha256: str | None = None
    min_seconds: int = 0
    scopes: tuple[str, ...] = ()
    force: bool = False
    suspected: bool = False
    as_stored: bool = False

    @property
    def sought(self) -> Sought:
        """The connection."""
        return Sought(
            tenant=self.tenant,
            user=self.user,
            account=self.account,
            owner=self.owner,
            scopes=self.scopes,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Remembered:
    """An issued token, and until when it can be issued again without reading its row."""

    issued: IssuedToken
    until: datetime


_Asked = tuple[str, str, str, str | None, OwnerKind | None, tuple[str, ...]]
TokenCache = Cache[_Asked, _Remembered]
"""Tokens by tenant, user, connector, account, owner and scopes, as the callers named them."""


class TokenService:
    """Issues access tokens, and renews them when they are due."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        apps: Apps,
        connections: ConnectionStore,
        resolution: Resolution,
        platform: PlatformCredentials,
        refresher: Refresher,
        pasted: KeyConnections,
        sealer: TokenSealer,
        public_addresses: PublicAddresses,
        clock: Clock,
        metrics: Metrics,
        cache: TokenCache | None = None,
        audit: Audit,
    ) -> None:
        self._catalog = catalog
        self._apps = apps
        self._connections = connections
        self._resolution = resolution
        self._lookup = Lookup(catalog, apps, resolution)
        self._platform = platform
        self._refresher = refresher
        self._pasted = pasted
        self._sealer = sealer
        self._public_addresses = public_addresses
        self._clock = clock
        self._metrics = metrics
        self._cache = cache
        self._audit = audit
        self._touching: dict[str, datetime] = {}
        """The uses that are being noted, by connection."""

    async def get(
        self, wanted: Wanted, *, skip_cache: bool = False, handed_out: bool = True
    ) -> IssuedToken:
        """Return a working access token.

        Args:
            wanted: Which token.
            skip_cache: Whether ``recall`` has returned ``None`` for this request already.
            handed_out: Whether the caller gets the token itself, which the audit notes.

        Raises:
            UnknownConnector: The connector does not exist or is not configured.
            ConnectorRequired: Neither the user nor the organisation has linked an account of it.
            AccountNotFound: They have linked others, but not this account.
            AccountAmbiguous: Several accounts have the requested label.
            ConnectionIncomplete: The address of the API needs a fact that is missing.
            InvalidRequest: The connector has no such scope or set of scopes.
            ScopesRequired: The user has not granted all of these scopes.
            ReauthorizationRequired: Only the user can make the connection work again.
            ProviderError: A due refresh failed, and the stored token no longer works.
        """
        issued = None if skip_cache else self.recall(wanted)
        if issued is not None:
            self._metrics.token_read(issued.connection.connector, TokenResult.SERVED)
            if handed_out:
                self._note_issued(issued)
            return issued
        try:
            issued = await self._get_in_time(wanted)
        except Exception as error:
            self._note_refusal(wanted, error)
            raise
        if handed_out:
            self._note_issued(issued)
        return issued

    def _note_issued(self, issued: IssuedToken, by: By | None = None) -> None:
        connection = issued.connection
        self._audit.note(
            Action.TOKEN_ISSUED,
            tenant=connection.tenant,
            user=issued.user,
            owner=kind_of(connection.owner),
            connector=connection.connector,
            connection=connection.id,
            by=by,
        )

    def _note_refusal(self, wanted: Wanted, error: Exception) -> None:
        # The error has the connector's name, even if the caller used an alias.
        name = getattr(error, "connector", None) or wanted.connector
        self._metrics.token_read_failed(name, error)
        self._audit.note(
            Action.TOKEN_REFUSED,
            tenant=wanted.tenant,
            user=wanted.user,
            connector=name if self._catalog.knows(name) else UNKNOWN,
            outcome=code_of(error),
        )

    def note(self, issued: IssuedToken, by: By | None = None) -> None:
        """Count and audit the issue of a recalled token."""
        self._metrics.token_read(issued.connection.connector, TokenResult.SERVED)
        self._note_issued(issued, by)

    def recall(self, wanted: Wanted) -> IssuedToken | None:
        """Return a cached token that is good enough, or ``None``.

        A caller that issues it must ``note`` it.
        """
        if self._cache is None or wanted.force or wanted.rejected_token_sha256 is not None:
            return None
        remembered = self._cache.get(_asked(wanted))
        if remembered is None:
            return None
        now, issued = self._clock(), remembered.issued
        if now >= remembered.until:
            return None
        if wanted.min_seconds and _lives_too_short(issued.connection.tokens, wanted, now):
            return None
        return issued

    async def _get_in_time(self, wanted: Wanted) -> IssuedToken:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._get(wanted)
        except TimeoutError:
            raise ProviderUnavailable("it takes too long", retry_after=1) from None

    async def _get(self, wanted: Wanted) -> IssuedToken:
        reading = None if self._cache is None else self._cache.reading()
        found = await self._lookup.find(wanted.connector, wanted.sought)
        connection = found.connection
        config = self._apps.described(connection)
        try:
            if connection.owner == PLATFORM:
                return await self._get_of_platform(config, wanted, connection, reading)
            found = Found(config=config, connection=connection, scopes=found.scopes)
            return await self._get_of(found, wanted, reading)
        except GatewayError as error:
            error.owner = kind_of(connection.owner)
            raise

    async def _get_of(self, found: Found, wanted: Wanted, reading: Reading | None) -> IssuedToken:
        config, connection = found.config, found.connection
        check_grant(found, self._clock(), wanted.scopes)
        token, values = self._opened(config, connection)
        result = TokenResult.SERVED
        if not wanted.as_stored and self._refresh_is_due(connection, token, wanted):
            stored = connection
            connection = await self._renewed(config, stored, token, wanted)
            result = TokenResult.STALE_SERVED if connection is stored else TokenResult.RENEWED
            token, values = self._opened(config, connection)
        issued = self._issued(config, wanted, connection, values, token)
        if wanted.as_stored:
            return issued
        used_at = await self._touch(connection)
        self._metrics.token_read(config.name, result)
        if reading is not None and result is TokenResult.SERVED:
            self._remember(reading, wanted, issued, used_at)
        return issued

    async def _get_of_platform(
        self, config: Connector, wanted: Wanted, connection: Connection, reading: Reading | None
    ) -> IssuedToken:
        rejected, now = wanted.rejected_token_sha256, self._clock()
        if wanted.suspected and connection.method is Method.API_KEY:
            if not is_checkable(config, connection.method):
                rejected = None  # nobody can be asked, and a suspicion proves nothing
        opened = await self._platform.open(config, connection, rejected=rejected, anew=wanted.force)
        if _lives_too_short(opened.connection.tokens, wanted, now):
            with contextlib.suppress(ProviderError):  # this one still works
                opened = await self._platform.open(config, connection, rejected=None, anew=True)
        connection = opened.connection
        self._metrics.token_read(config.name, TokenResult.SERVED)
        issued = self._issued(config, wanted, connection, opened.values, opened.token)
        if reading is not None and not wanted.force and rejected is None:
            self._remember(reading, wanted, issued, now)
        return issued

    def _issued(
        self,
        config: Connector,
        wanted: Wanted,
        connection: Connection,
        values: Mapping[str, str],
        token: Secret,
    ) -> IssuedToken:
        api = _placed(config, connection, values, token)
        return IssuedToken(
            user=wanted.user,
            access_token=token,
            connection=connection,
            api_base_url=self._public_addresses.from_outside(api.base_url),
            api_headers=api.headers,
            api_query=api.query,
            api_body=api.body,
            as_of=self._clock(),
            base_url=api.base_url,
            constant_headers=api.constant_headers,
            secrets=_secrets_of(config, connection, values, token, api),
        )

    def _remember(
        self, reading: Reading, wanted: Wanted, issued: IssuedToken, used_at: datetime
    ) -> None:
        connection = issued.connection
        # A label can belong to another account later, without a change of this row.
        named = wanted.account in (connection.id, connection.external_account_id)
        healthy = connection.status is Status.ACTIVE and connection.status_reason is None
        if self._cache is None or not healthy or not (named or connection.is_default):
            return
        until = used_at + TOUCH_EVERY
        if connection.tokens.fresh_until is not None:
            until = min(until, connection.tokens.fresh_until)
        if connection.last_used_at != used_at:  # the next answer has the time of this one
            issued = replace(issued, connection=replace(connection, last_used_at=used_at))
        remembered = _Remembered(issued=issued, until=until)
        tags = self._resolution.tags(wanted.sought, connection)
        self._cache.put(reading, _asked(wanted), remembered, *tags)

    def _opened(
        self, config: Connector, connection: Connection
    ) -> tuple[Secret, Mapping[str, str]]:
        """Return the access token, and the values that the connection's templates need.

        The access token of an API key is its first secret, as the connector lists them.
        """
        if connection.method is Method.OAUTH2:
            return self._sealer.access_token(connection), connection.connection_config
        inputs = key_of(config, connection).inputs
        if connection.method is Method.CLIENT_CREDENTIALS:
            token, values = self._sealer.access_token(connection), connection.connection_config
            with contextlib.suppress(VaultError):  # they are needed if a place names them
                values = pasted_values(self._sealer, connection)
            return token, values
        values = pasted_values(self._sealer, connection)
        first = (values[name] for name, each in inputs.items() if each.secret and values.get(name))
        return Secret(next(first, "")), values

    def _refresh_is_due(self, connection: Connection, token: Secret, wanted: Wanted) -> bool:
        if wanted.force or _is_rejected(token, wanted):
            return True
        now, tokens = self._clock(), connection.tokens
        if tokens.fresh_until is not None and now >= tokens.fresh_until:
            return True
        return _lives_too_short(tokens, wanted, now)

    async def _renewed(
        self, config: Connector, connection: Connection, token: Secret, wanted: Wanted
    ) -> Connection:
        rejected = _is_rejected(token, wanted)
        if is_checkable(config, connection.method):  # only its provider can say that it is over
            return await self._pasted.check(config, connection)
        if connection.method is Method.API_KEY:
            if not rejected or wanted.suspected:
                return connection
            # Nobody can be asked: what the tool met at the provider's API is the only proof.
            await self._end_grant(connection)
            raise ReauthorizationRequired(config.name, TOKEN_REFUSED, connection.id)
        # A forced refresh needs a new token: its failure is the answer.
        in_need = wanted.force or rejected or is_over(connection, self._clock())
        renewable = is_renewable(config, connection.method)
        if (not in_need or wanted.suspected) and not (
            renewable and connection.tokens.refresh_token
        ):
            return connection
        try:
            async with asyncio.timeout(None if in_need else PATIENCE_SECONDS):
                return await self._refresher.renew(config, connection, in_need=in_need)
        except ReauthorizationRequired:
            if rejected and not wanted.suspected:
                await self._end_grant(connection)
            raise
        except (
            ConnectionIncomplete,
            ProviderError,
            RowUnreadable,
            StoreUnavailable,
            TimeoutError,
        ) as error:
            # Rule 3; also for an unreadable refresh token or an unavailable database.
            if in_need:
                raise
            _log.warning(
                "serving_current_token", connection=connection.id, reason=type(error).__name__
            )
            return connection

    async def _end_grant(self, connection: Connection) -> None:
        """Remember that the only token of a grant was refused, so that nobody gets it again."""
        ended = False
        with contextlib.suppress(StoreUnavailable):
            ended = await self._connections.end_grant(connection, TOKEN_REFUSED, self._clock())
        if ended:
            _log.warning("connection_needs_reauth", connection=connection.id, reason=TOKEN_REFUSED)
            action = Action.CONNECTION_NEEDS_REAUTH
            self._audit.note(action, outcome=TOKEN_REFUSED, **connection.about)

    async def _touch(self, connection: Connection) -> datetime:
        """Note the use, unless that was done a moment ago; return the noted time."""
        now = self._clock()
        if connection.last_used_at is not None and now - connection.last_used_at < TOUCH_EVERY:
            return connection.last_used_at
        if (noted := self._touching.get(connection.id)) is not None:
            return noted  # the callers that waited for one refresh write once
        self._touching[connection.id] = now
        try:
            # A token is issued even if its use cannot be noted.
            with contextlib.suppress(StoreUnavailable):
                await self._connections.touch(connection, now)
        finally:
            del self._touching[connection.id]
        return now


def _placed(
    config: Connector, connection: Connection, values: Mapping[str, str], token: Secret
) -> Placed:
    """Return what a call to the provider's API carries."""
    if connection.method is Method.OAUTH2:
        oauth = oauth_of(config, connection)
        base_url, headers = api_of(oauth, connection, token)
        return Placed(
            base_url=base_url,
            headers=headers,
            query={},
            body={},
            constant_headers=constants_in(oauth.api_headers),
        )
    is_exchanged = connection.method is Method.CLIENT_CREDENTIALS
    try:
        return placed(config, key_of(config, connection), values, token if is_exchanged else None)
    except InvalidRequest as error:  # the connector has changed its inputs since
        raise ConnectionIncomplete(config.name, connection.id, str(error)) from None


def _secrets_of(
    config: Connector, connection: Connection, values: Mapping[str, str], token: Secret, api: Placed
) -> frozenset[str]:
    found = {token.reveal()}
    # Basic is a form of a secret, and may itself come back in another form.
    found |= {text[6:] for text in api.headers.values() if text.startswith("Basic ")}
    if connection.method is not Method.OAUTH2:
        key = key_of(config, connection)
        found |= {values.get(name, "") for name, each in key.inputs.items() if each.secret}
    return frozenset(found - {""})


def _asked(wanted: Wanted) -> _Asked:
    account, owner = wanted.account, wanted.owner
    return wanted.tenant, wanted.user, wanted.connector, account, owner, wanted.scopes


def _lives_too_short(tokens: SealedTokens, wanted: Wanted, now: datetime) -> bool:
    """Whether the token lives shorter than wanted. An unknown life is long enough."""
    if not wanted.min_seconds or tokens.expires_at is None:
        return False
    # A request for more than the provider's whole lifetime must not refresh on every call.
    longest = (tokens.expires_at - tokens.issued_at) * LONGEST_SHARE
    return tokens.expires_at - now < min(timedelta(seconds=wanted.min_seconds), longest)


def _is_rejected(token: Secret, wanted: Wanted) -> bool:
    if wanted.rejected_token_sha256 is None:
        return False
    digest = sha256_hex(token.reveal())
    return hmac.compare_digest(digest, wanted.rejected_token_sha256)
