"""The arguments of provider code, which needs nothing else and imports no HTTP library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from connectors.secret import Secret


@dataclass(frozen=True, kw_only=True, slots=True)
class Tokens:
    """The tokens of an answer. ``expires_at`` is UTC, ``None`` where the provider does not say."""

    access_token: Secret
    refresh_token: Secret | None
    token_type: str
    expires_at: datetime | None
    scopes: tuple[str, ...]


class Answer(Protocol):
    """A provider's answer to ``ctx.fetch``."""

    @property
    def status(self) -> int: ...

    def json(self) -> Any:
        """The body as JSON, strictly read; raises a provider error on anything else."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountInfo:
    """The provider's own identity behind a connection.

    ``external_account_id`` is stable and never an e-mail address; ``account_label`` is what a
    person recognises it by. Both are hostile until the engine has cleaned them.
    """

    external_account_id: str
    account_label: str
    metadata: Mapping[str, Any] = field(default_factory=dict)


class ConnectionContext(Protocol):
    """The argument of ``fetch_account_info``, right after the code exchange."""

    @property
    def tokens(self) -> Tokens: ...

    @property
    def token_response(self) -> Mapping[str, Any]:
        """The token endpoint's JSON object as it came."""
        ...

    @property
    def connection_config(self) -> Mapping[str, str]: ...

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The values that ``callback_metadata`` and ``token_metadata`` keep."""
        ...

    async def fetch(self, url: str, *, method: str = "GET", json: Any = None) -> Answer:
        """Call the provider's API with the new token (``api_headers``) by the gateway's own client.

        ``url`` may hold ``${connection_config.x}``, and ``${metadata.x}`` of what is known by
        then. Refused for hosts other than those of ``api_base_url`` and ``api_hosts``.
        """
        ...

    async def introspect(self) -> Mapping[str, Any]:
        """Ask ``introspection_url`` about the new access token (RFC 7662), active or not.

        Raises a provider error if it does not answer 200.
        """
        ...


class PostConnectionContext(ConnectionContext, Protocol):
    """The argument of a hook's ``post_connection``: the account is known.

    A repeated run has an empty ``token_response``, and no refresh token.
    """

    @property
    def account(self) -> AccountInfo:
        """The account with the updates of this hook."""
        ...

    def update_metadata(self, added: Mapping[str, Any]) -> None:
        """Add to the account's metadata, in place of what has the same name: plain JSON."""
        ...

    def update_account_label(self, label: str) -> None:
        """Give the account another label."""
        ...


class StepAnswer(Answer, Protocol):
    """A provider's answer to ``ctx.send``."""

    @property
    def content(self) -> bytes: ...


class StepContext(Protocol):
    """The argument of ``exchange_code``, ``refresh_tokens`` and ``revoke_token``."""

    @property
    def client_id(self) -> str: ...

    @property
    def client_secret(self) -> Secret: ...

    @property
    def now(self) -> datetime:
        """The time, UTC."""
        ...

    @property
    def body(self) -> bytes:
        """The body of the request as the fields describe it."""
        ...

    async def send(
        self, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> StepAnswer:
        """Send that request, once, with further parameters in its body and further headers.

        Raises ``ValueError`` for a second use, and for a parameter or a header that has a meaning
        already.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class CallbackContext:
    """The argument of a ``callback_verifier``, which raises ``CallbackRefused`` or returns.

    ``params`` are the callback's query parameters, decoded once, without duplicates;
    ``now`` is UTC.
    """

    params: Mapping[str, str]
    client_secret: Secret
    connection_config: Mapping[str, str]
    now: datetime
