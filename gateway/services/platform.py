"""Credentials of the platform: pasted values from ``PLATFORM_<NAME>_<INPUT>``, in no row.

Every tenant's tools can use them, and nobody can see them. A process exchanges the values for an
access token itself and keeps the token in memory: two processes have two tokens.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from connectors.added import OPEN, TEMPLATE, open_key_of
from connectors.catalog import Catalog
from connectors.config import Connector
from connectors.errors import ConfigError, UnknownConnector
from connectors.secret import Secret
from gateway.clock import Clock
from gateway.digest import sha256_hex
from gateway.encryption.tokens import fresh_until
from gateway.engine.key_requests import Verdict
from gateway.engine.pasted import read_pasted
from gateway.errors import (
    InvalidRequest,
    ProviderError,
    ProviderMisconfigured,
    ProviderUnavailable,
    SettingsError,
    TokenRejected,
)
from gateway.observe.logs import get_logger
from gateway.services.key_provider import KeyProvider
from gateway.services.methods import is_checkable, method_of
from gateway.store.connection import Connection, Method, SealedTokens, Status
from gateway.store.fresh.notices import Notices, row_tag
from gateway.store.owners import PLATFORM

_log = get_logger()
PREFIX = "PLATFORM_"

Values = Mapping[str, Mapping[str, str]]
"""The values of each connector's inputs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A credential that can be used now."""

    token: Secret
    values: Mapping[str, str] = field(repr=False)
    connection: Connection


class PlatformCredentials:
    """The credentials of this deployment."""

    def __init__(
        self, values: Values, provider: KeyProvider, clock: Clock, notices: Notices
    ) -> None:
        self._values = values
        self._provider = provider
        self._clock = clock
        self._notices = notices
        self._started = clock()
        self._tokens: dict[str, tuple[Secret, SealedTokens]] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def has(self, connector: str) -> bool:
        """Whether there is a credential of the connector."""
        return connector in self._values

    def connection(self, config: Connector, tenant: str) -> Connection | None:
        """Return the credential as a connection of ``tenant``, without its secrets.

        An integration that can be called without any has one for its tenant.
        """
        if open_key_of(config) is not None:
            typed, method = {TEMPLATE: OPEN}, Method.API_KEY
        elif config.key is None or (values := self._values.get(config.name)) is None:
            return None
        else:
            typed = {n: values[n] for n, each in config.key.inputs.items() if not each.secret}
            method = method_of(config.key)
        started = self._started
        return Connection(
            id=_id(config),
            tenant=tenant,
            owner=PLATFORM,
            connector=config.name,
            method=method,
            external_account_id=PLATFORM,
            account_label="Platform",
            metadata={},
            connection_config=typed,
            environment="",
            requested_scopes=(),
            granted_scopes=(),
            status=Status.ACTIVE,
            status_reason=None,
            status_since=started,
            failing_since=None,
            is_default=True,
            tokens=_sealed(str(method), started, None),
            generation=1,
            lease_owner=None,
            created_at=started,
            updated_at=started,
            last_used_at=None,
        )

    async def open(
        self, config: Connector, connection: Connection, *, rejected: str | None, anew: bool
    ) -> Opened:
        """Return the credential as it can be used now.

        Args:
            rejected: The SHA-256 of a token that the provider's API refused.
            anew: Whether the token must be a new one, or the key be checked.

        Raises ``ProviderError`` if that fails: only operators can replace a refused credential.
        """
        if open_key_of(config) is not None:
            return Opened(token=Secret(""), values={}, connection=connection)
        values = self._values[config.name]
        if config.key is not None and config.key.token is not None:
            async with self._asking[config.name]:  # one caller asks, the others use its token
                token, tokens = await self._token(config, values, rejected, anew)
            opened = replace(connection, tokens=tokens)
            return Opened(token=token, values=values, connection=opened)
        typed = connection.connection_config
        token = Secret(next((text for name, text in values.items() if name not in typed), ""))
        if anew or _is(token, rejected):
            await self._check(config, values, _is(token, rejected))
        return Opened(token=token, values=values, connection=connection)

    async def _check(self, config: Connector, values: Mapping[str, str], rejected: bool) -> None:
        if not is_checkable(config, Method.API_KEY):
            if rejected:  # nobody can be asked: what the tool met is the only proof
                raise _refused(config)
            return
        verdict = Verdict.NOT_CHECKED
        if config.key is not None:
            verdict = await self._provider.verify(config, config.key, values, None)
        if verdict is Verdict.REFUSED:
            raise _refused(config)
        if verdict is Verdict.NOT_CHECKED:
            raise ProviderUnavailable("the platform's key could not be checked")

    async def _token(
        self, config: Connector, values: Mapping[str, str], rejected: str | None, anew: bool
    ) -> tuple[Secret, SealedTokens]:
        now, known = self._clock(), self._tokens.get(config.name)
        must = known is None or anew or _is(known[0], rejected) or _is_over(known[1], now)
        if known is not None and not must and not _is_due(known[1], now):
            return known
        try:
            if config.key is None:
                raise ProviderMisconfigured
            tokens = await self._provider.ask(config, config.key, values)
        except TokenRejected:
            raise _refused(config) from None
        except ProviderError:
            if known is None or must:
                raise
            return known  # it still works
        sealed = _sealed(tokens.token_type, now, tokens.expires_at)
        self._tokens[config.name] = tokens.access_token, sealed
        self._notices.tell(row_tag("connections", _id(config)))  # no cache keeps the old one
        return self._tokens[config.name]


def read_platform(env: Mapping[str, str], catalog: Catalog) -> Values:
    """Read the credentials of the platform.

    Raises ``SettingsError``, which names each wrong variable and no value: an unknown connector or
    input, a connector that takes no key, and a value that is missing or cannot be right.
    """
    given: defaultdict[str, dict[str, str]] = defaultdict(dict)
    problems = []
    prefixes = {PREFIX + _spelled(name) + "_": name for name in catalog.names()}
    for variable in sorted(env):
        if not variable.startswith(PREFIX) or not env[variable].strip():
            continue
        # "x" and "x-ads" may both be connectors: the longest name is meant.
        fitting = [prefix for prefix in prefixes if variable.startswith(prefix)]
        prefix = max(fitting, key=len, default=PREFIX)
        if not fitting:
            problems.append(f"{variable}: there is no connector of that name")
            continue
        given[prefixes[prefix]][variable.removeprefix(prefix).lower()] = env[variable].strip()
    found = {}
    for name, values in given.items():
        try:
            found[name] = _checked(catalog, name, values)
        except (ConfigError, UnknownConnector, InvalidRequest) as error:
            wrong = getattr(error, "errors", None) or {
                next(iter(values)): " ".join(str(error).split())
            }
            problems += [
                f"{PREFIX}{_spelled(name)}_{entry.upper()}: {problem}"
                for entry, problem in wrong.items()
            ]
    if problems:
        raise SettingsError("\n".join(problems))
    return found


def _checked(catalog: Catalog, name: str, values: Mapping[str, str]) -> Mapping[str, str]:
    config = catalog.described(name)  # a key needs no app
    if config.key is None:
        raise InvalidRequest(f"{name} takes no pasted key")
    return read_pasted(config.key.inputs, values)


def _id(config: Connector) -> str:
    return f"{PLATFORM}-{config.name}"


def _spelled(name: str) -> str:
    return name.upper().replace("-", "_")


def _refused(config: Connector) -> ProviderMisconfigured:
    _log.error("platform_credential_refused", connector=config.name)
    return ProviderMisconfigured("the provider does not accept the platform's credential")


def _sealed(token_type: str, now: datetime, expires_at: datetime | None) -> SealedTokens:
    """The facts of a token that is in no row; its value is elsewhere."""
    return SealedTokens(
        access_token=b"",
        refresh_token=None,
        encryption_key="",
        token_type=token_type,
        issued_at=now,
        expires_at=expires_at,
        fresh_until=fresh_until(expires_at, now, None),
    )


def _is(token: Secret, digest: str | None) -> bool:
    return digest is not None and sha256_hex(token.reveal()) == digest


def _is_over(tokens: SealedTokens, now: datetime) -> bool:
    return tokens.expires_at is not None and tokens.expires_at <= now


def _is_due(tokens: SealedTokens, now: datetime) -> bool:
    return tokens.fresh_until is not None and tokens.fresh_until <= now
