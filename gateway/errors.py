"""What can go wrong, as one tree. Errors carry facts and never secrets or a provider's raw words.

    GatewayError
    ├─ SettingsError · NotReady · StoreUnavailable · WriteConflict
    ├─ RowUnreadable  VaultError · NewerRow
    ├─ InvalidRequest · WrongHost · Unauthorized · Forbidden · NotSignedIn · NotFound · RateLimited
    ├─ AssertionRequired · AssertionInvalid
    ├─ ConnectorRequired · ReauthorizationRequired · AccountNotFound · ConnectionNotFound
    ├─ FlowError      CallbackInvalid · StateUnknown · FlowExpired · FlowFinished · WrongBrowser
    │                 WrongConnector · CallbackNotVerified · ProviderDeclined · AccountMismatch
    ├─ LoginError     LoginUnknown · LoginDeclined · LoginUnavailable · LoginUnreadable · LoginChallengeUnknown
    ├─ ReceiverUnavailable
    └─ ProviderError  TokenRejected · ProviderMisconfigured · ProviderRefused
                      ProviderUnavailable · UnreadableResponse · EgressRefused

The connectors' own errors (``connectors.errors``) stand beside it. HTTP statuses and public codes
live in ``gateway/web/problems.py`` alone.
"""

from __future__ import annotations

import math
import re

_SAFE_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


_ERROR_TREES = (__name__, "connectors.errors")
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")


def safe_code(value: object) -> str | None:
    """A provider's error code if it is a plain word, else ``None``: anything else may carry a secret."""
    return value if isinstance(value, str) and _SAFE_CODE.fullmatch(value) else None


def code_of(error: BaseException) -> str:
    """Return an error's class as a code: ``flow_expired`` for ``FlowExpired``, else ``error``.

    Only classes of the two error trees have a code. A connector's own code may raise anything, and
    must not choose a metric label or a line of the audit.
    """
    for kind in type(error).__mro__:
        if kind.__module__ in _ERROR_TREES:
            return _CAMEL_CASE.sub("_", kind.__name__).lower()
    return "error"


class GatewayError(Exception):
    """Root of everything that the gateway raises on purpose."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").splitlines()[0])


class SettingsError(GatewayError):
    """The process cannot start with these settings. The message lists every problem."""


class InvalidRequest(GatewayError):
    """The request is not of the documented shape. ``errors`` maps field to problem."""

    def __init__(self, message: str, errors: dict[str, str] | None = None) -> None:
        self.errors = errors or {}
        super().__init__(message)


class WrongHost(GatewayError):
    """A browser came by another name than the configured one. The message names the right one."""


class Unauthorized(GatewayError):
    """No valid credential came with the request."""


class Forbidden(GatewayError):
    """The credential does not allow this."""


class AssertionRequired(GatewayError):
    """This service key needs a user assertion with each call."""


class AssertionInvalid(GatewayError):
    """The user assertion does not prove what this call needs. The message says why, and no claim's value."""


class NotSignedIn(GatewayError):
    """The page needs a signed-in person."""


class NotFound(GatewayError):
    """There is nothing at this address."""


class RateLimited(GatewayError):
    """Too many requests. ``limit`` is the name of the limit, ``retry_after`` is in seconds."""

    def __init__(self, limit: str, retry_after: float) -> None:
        self.limit = limit
        self.retry_after = max(1, math.ceil(retry_after))
        super().__init__(
            f"there were too many of these requests: try again in {self.retry_after} s"
        )


class FlowError(GatewayError):
    """A connect flow could not be finished. ``connector`` is the one it was for, if known."""

    def __init__(self, message: str | None = None, *, connector: str | None = None) -> None:
        self.connector = connector
        super().__init__(message)


class CallbackInvalid(FlowError):
    """The callback's parameters are not those of one authorization response."""


class StateUnknown(FlowError):
    """This link does not belong to a connect attempt that the gateway knows."""


class FlowExpired(FlowError):
    """The connect attempt is older than ten minutes."""


class FlowFinished(FlowError):
    """The connect attempt was used before, by this person. ``connector`` is set."""


class WrongBrowser(FlowError):
    """The connect attempt was started by somebody else or in another browser."""


class WrongConnector(FlowError):
    """The connect attempt was started for another connector."""


class CallbackNotVerified(FlowError):
    """The callback was not made by the provider: its signature does not hold, or its issuer is another."""


class ProviderDeclined(FlowError):
    """The provider ended the flow with an error. ``provider_code`` says which, if it is a plain word."""

    def __init__(self, *, connector: str, provider_code: str | None) -> None:
        self.provider_code = provider_code
        super().__init__(
            f"the provider answered {provider_code or 'an error'}", connector=connector
        )


class AccountMismatch(FlowError):
    """Another account is linked already, and this connector takes only one."""


class LoginError(GatewayError):
    """Somebody could not sign in."""


class LoginUnknown(LoginError):
    """This sign-in was not begun in this browser, or it is over."""


class LoginDeclined(LoginError):
    """The identity provider ended the sign-in. The message names its error code, if it is a plain word."""

    def __init__(self, provider_code: str | None) -> None:
        super().__init__(f"the identity provider answered {provider_code or 'an error'}")


class LoginUnavailable(LoginError):
    """The identity provider cannot be reached. The message says why, for the log."""


class LoginUnreadable(LoginError):
    """The identity provider's answer proves nothing. The message says why, for the log."""


class LoginChallengeUnknown(LoginError):
    """There is no such sign-in to accept: it is unknown, accepted already, or over."""


class ProviderError(GatewayError):
    """A provider did not do what was asked.

    ``provider_code`` is its error code if it is a plain word; ``retryable`` says whether the same
    request may succeed later; ``outcome_unknown`` whether the provider may have done it all the same;
    ``requests`` how many were made before this was believed.
    """

    retryable = False
    requests = 1

    def __init__(
        self,
        message: str | None = None,
        *,
        provider_code: str | None = None,
        outcome_unknown: bool = False,
    ) -> None:
        self.provider_code = provider_code
        self.outcome_unknown = outcome_unknown
        super().__init__(message)


class TokenRejected(ProviderError):
    """The provider said ``invalid_grant``: this code or refresh token is not valid (any more)."""


class ProviderMisconfigured(ProviderError):
    """The provider refused the gateway's own credentials: an operator must look, nobody else can."""


class ProviderRefused(ProviderError):
    """The provider refused the request for a reason of its own."""


class ProviderUnavailable(ProviderError):
    """The provider cannot be reached or is overloaded.

    ``status`` is that of its answer, ``None`` if there was none; ``retry_after`` is in seconds;
    ``rate_limited`` says that it asked to be left alone for a while.
    """

    retryable = True

    def __init__(
        self,
        message: str | None = None,
        *,
        status: int | None = None,
        retry_after: int | None = None,
        rate_limited: bool = False,
        provider_code: str | None = None,
        outcome_unknown: bool = False,
    ) -> None:
        self.status = status
        self.retry_after = retry_after
        self.rate_limited = rate_limited
        super().__init__(message, provider_code=provider_code, outcome_unknown=outcome_unknown)


class UnreadableResponse(ProviderError):
    """The provider's answer is not what its protocol promises: what it did is not known, as a rule."""

    def __init__(self, message: str | None = None, *, outcome_unknown: bool = True) -> None:
        super().__init__(message, outcome_unknown=outcome_unknown)


class EgressRefused(ProviderError):
    """The address is not one that the gateway may call (private, local, or not https)."""


class ReceiverUnavailable(GatewayError):
    """A webhook's receiver sent no response, or an unreadable one."""


class ConnectorRequired(GatewayError):
    """The user has not connected this connector yet."""

    def __init__(self, connector: str) -> None:
        self.connector = connector
        super().__init__(f"{connector} is not connected for this user")


class ReauthorizationRequired(GatewayError):
    """The connection cannot be renewed: the user must connect again. ``reason`` says why."""

    def __init__(self, connector: str, reason: str) -> None:
        self.connector = connector
        self.reason = reason
        super().__init__(f"the {connector} connection must be authorized again ({reason})")


class AccountNotFound(GatewayError):
    """The user has connected this connector, but not the account that was named."""

    def __init__(self, connector: str) -> None:
        self.connector = connector
        super().__init__(f"no {connector} account of that id or label is connected for this user")


class ConnectionNotFound(GatewayError):
    """No such connection exists for this caller."""


class StoreUnavailable(GatewayError):
    """The database does not answer."""


class NotReady(GatewayError):
    """This process should get no requests now. The message says why, and nothing else."""


class WriteConflict(GatewayError):
    """A unique index or a concurrent transaction refused the write."""


class RowUnreadable(GatewayError):
    """This process cannot use a stored row."""


class VaultError(RowUnreadable):
    """A sealed value does not open: its encryption key is not configured, or it was changed."""


class NewerRow(RowUnreadable):
    """A newer version wrote the connection: this process does not know its fields (security K5)."""
