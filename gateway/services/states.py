"""The state of a connection: the outcome that its next caller would get.

The API and the dashboard show it, and token reads refuse by it (design rule 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from connectors.config import Connector, ConnectorConfig
from connectors.errors import ConnectorError
from connectors.secret import Secret
from gateway.clock import Clock
from gateway.encryption.tokens import TokenSealer
from gateway.engine.api import api_headers
from gateway.engine.placements import placed
from gateway.engine.templates import filled, render_url
from gateway.errors import (
    AppRemoved,
    ConnectionIncomplete,
    InvalidRequest,
    VaultError,
    WrongEnvironment,
)
from gateway.services.apps import Apps
from gateway.services.methods import (
    METHOD_GONE,
    is_checkable,
    is_renewable,
    key_of,
    methods_of,
    oauth_of,
    pasted_values,
)
from gateway.store.connection import NOT_CHECKED, Connection, Method, Status


class Remedy(StrEnum):
    """The action that mends a connection, and so the person who has to act."""

    RECONNECT = "reconnect"
    WAIT = "wait"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"


_REMEDIES = {
    "provider_misconfigured": Remedy.OPERATOR,
    "app_refused": Remedy.ADMINISTRATOR,
    "provider_refused": Remedy.RECONNECT,
}
"""The remedy for each reason why renewals fail. Failures without one pass by themselves."""


MISSING_FACT = "missing_fact"
"""The reason of ``incomplete``."""
APP_REMOVED = "app_removed"
"""The reason why renewals fail without the tenant's own app that made the connection."""


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """The state of a connection at a moment.

    ``active`` and ``needs_scopes`` give the next caller a token, the others an error. With
    ``not_renewed`` the token is over and its last renewal failed: the next caller gets an error
    unless the provider has recovered. ``reason`` says why the grant is over or its renewals fail;
    ``since`` is the time (UTC) from which that, or the status, holds.
    """

    status: Status
    reason: str | None
    since: datetime
    action: Remedy | None

    @property
    def is_renewed(self) -> bool:
        """Whether renewals work: the last one did not fail."""
        return self.reason is None or self.status in {Status.NEEDS_REAUTH, Status.INCOMPLETE}


def state_of(
    connection: Connection,
    now: datetime,
    *,
    renewable: bool = True,
    readable: bool = True,
    complete: bool = True,
    app_removed: bool = False,
    checkable: bool = True,
) -> State:
    """Return the state of a connection at ``now``.

    Args:
        renewable: Whether the connector supports refresh.
        readable: Whether the tokens that the next caller needs can be decrypted.
        complete: Whether all facts are known that a call, or a refresh that is due, needs.
        app_removed: Whether the app that made it was the tenant's own, and is removed.
        checkable: Whether a key that was not checked can be.
    """
    tokens, reason = connection.tokens, connection.status_reason
    status, since, action = connection.status, connection.status_since, None
    over = tokens.expires_at if is_over(connection, now) else None
    if status is Status.NEEDS_REAUTH:
        action = Remedy.RECONNECT
    elif over is not None and not (renewable and tokens.refresh_token is not None):
        status, reason, since, action = Status.NEEDS_REAUTH, "expired", over, Remedy.RECONNECT
    elif not readable:
        status, reason, action = Status.UNREADABLE, None, Remedy.RECONNECT
    elif app_removed and renewable and tokens.refresh_token is not None:
        status = status if over is None else Status.NOT_RENEWED
        reason, since, action = APP_REMOVED, connection.failing_since or since, Remedy.RECONNECT
    elif reason is not None:
        status = status if over is None else Status.NOT_RENEWED
        since, action = connection.failing_since or since, _REMEDIES.get(reason, Remedy.WAIT)
        action = action if checkable or reason != NOT_CHECKED else None  # nothing will change
    may_work = {Status.ACTIVE, Status.NEEDS_SCOPES, Status.NOT_RENEWED}
    if not complete and status in may_work and not (over is not None and reason == APP_REMOVED):
        status, reason, action = Status.INCOMPLETE, MISSING_FACT, Remedy.RECONNECT
        if failure := connection.hook_failure:
            reason, since = failure.reason, failure.since
            action = Remedy.WAIT if failure.retry_at else Remedy.RECONNECT
    if status is Status.NEEDS_SCOPES:
        action = Remedy.RECONNECT
    return State(status=status, reason=reason, since=since, action=action)


def is_over(connection: Connection, now: datetime) -> bool:
    """Whether the access token has expired."""
    expires_at = connection.tokens.expires_at
    return expires_at is not None and expires_at <= now


class States:
    """Tells the state of connections."""

    def __init__(self, apps: Apps, sealer: TokenSealer, clock: Clock, environment: str) -> None:
        self._environment = environment
        self._apps = apps
        self._sealer = sealer
        self._clock = clock

    async def of(self, connection: Connection) -> State:
        """Return the state of a connection now."""
        try:
            config = self._apps.described(connection)
        except ConnectorError:
            return State(
                status=Status.UNAVAILABLE,
                reason=None,
                since=connection.status_since,
                action=Remedy.OPERATOR,
            )
        if connection.method not in methods_of(config):
            return State(
                status=Status.NEEDS_REAUTH,
                reason=METHOD_GONE,
                since=connection.status_since,
                action=Remedy.RECONNECT,
            )
        now = self._clock()
        over = is_over(connection, now)
        readable = (not over or connection.is_of(self._environment)) and self._sealer.opens(
            connection, refresh_too=over
        )
        return state_of(
            connection,
            now,
            renewable=is_renewable(config, connection.method),
            readable=readable,
            complete=not readable or self._is_complete(config, connection, over),
            app_removed=await self._apps.is_removed(connection),
            checkable=connection.method is not Method.API_KEY
            or is_checkable(config, connection.method),
        )

    def knowing(self, apps: Apps) -> States:
        """Return the same with other knowledge of the tenants' apps (``Apps.as_read``)."""
        return States(apps, self._sealer, self._clock, self._environment)

    async def check(self, connection: Connection) -> State:
        """Return the state; raise what the next caller gets if no provider can change it.

        ``check_grant`` comes first: it is about what a caller asks for. A token that is over and
        can be renewed raises nothing, even if its last renewal failed.

        Raises:
            RowUnreadable: The tokens do not open, or another environment's app has the grant.
            AppRemoved: The token is over, and its app is removed.
            ConnectionIncomplete: A part of the API's address is missing.
        """
        state, over = await self.of(connection), is_over(connection, self._clock())
        if state.status is Status.UNREADABLE:
            if over and self._sealer.opens(connection, refresh_too=False):
                if not connection.is_of(self._environment):
                    raise WrongEnvironment
                if await self._apps.is_removed(connection):
                    raise AppRemoved
            raise VaultError
        if state.status is Status.NOT_RENEWED and state.reason == APP_REMOVED:
            raise AppRemoved
        if state.status is Status.INCOMPLETE:
            failure = connection.hook_failure
            again = failure is not None and failure.retry_at is not None
            raise ConnectionIncomplete(
                connection.connector, connection.id, "a part of it is missing", again
            )
        return state

    def _is_complete(self, config: Connector, connection: Connection, over: bool) -> bool:
        if connection.method is not Method.OAUTH2:
            return self._fills_places(config, connection)
        oauth = oauth_of(config, connection)
        if not has_address(oauth, connection.connection_config, connection.metadata):
            return False
        return not (over and oauth.supports_refresh) or _can_refresh(oauth, connection)

    def _fills_places(self, config: Connector, connection: Connection) -> bool:
        """Whether the pasted values still fit: the connector may have changed its inputs."""
        try:
            values = pasted_values(self._sealer, connection)
            placed(config, key_of(config, connection), values, Secret("any"))
        except InvalidRequest:
            return False
        except VaultError:
            return True  # that is another state
        return True


def _can_refresh(config: ConnectorConfig, connection: Connection) -> bool:
    try:
        refresh_request(config, connection)
    except ConnectionIncomplete:
        return False
    return True


def api_parts(
    config: ConnectorConfig, token: Secret, typed: Mapping[str, str], metadata: Mapping[str, Any]
) -> tuple[str, dict[str, str]]:
    """Return the address of an account's API, and the headers of a call with the token.

    Raises ``InvalidRequest`` if a fact is missing.
    """
    headers = api_headers(config, token, typed, metadata)
    return render_url(config.api_base_url, config, typed, metadata), headers


def has_address(
    config: ConnectorConfig, typed: Mapping[str, str], metadata: Mapping[str, Any]
) -> bool:
    """Whether the facts of an account complete the address and the headers of its API."""
    try:
        api_parts(config, Secret("any"), typed, metadata)
    except InvalidRequest:
        return False
    return True


def refresh_request(config: Connector, connection: Connection) -> tuple[Connector, str]:
    """Return the description for a refresh of this connection, and the address to send it to.

    Pasted values know themselves where they are sent. Raises ``ConnectionIncomplete`` if a fact is
    missing.
    """
    if connection.method is not Method.OAUTH2:
        return config, ""
    config = oauth_of(config, connection)
    typed, metadata = connection.connection_config, connection.metadata
    shape = config.long_lived
    address = shape.renew_url if shape else config.refresh_url or config.token_url
    try:
        url = render_url(address, config, typed, metadata)
        return filled(config, typed, metadata), url
    except InvalidRequest as error:
        raise ConnectionIncomplete(config.name, connection.id, str(error)) from None


def api_of(
    config: ConnectorConfig, connection: Connection, token: Secret
) -> tuple[str, dict[str, str]]:
    """Return a connection's ``api_parts``; raises ``ConnectionIncomplete`` if a fact is missing."""
    try:
        return api_parts(config, token, connection.connection_config, connection.metadata)
    except InvalidRequest as error:
        failure = connection.hook_failure
        again = failure is not None and failure.retry_at is not None
        raise ConnectionIncomplete(config.name, connection.id, str(error), again) from None
