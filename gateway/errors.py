"""Every error that the gateway raises, as one tree. Errors carry facts, never secrets.

    GatewayError
    ├─ SettingsError · NotReady · StoreUnavailable · WriteConflict
    ├─ RowUnreadable  VaultError · WrongEnvironment · AppRemoved · NewerRow
    ├─ InvalidRequest · WrongHost · Unauthorized · Forbidden · NotSignedIn · NotFound · RateLimited
    ├─ RuleRateLimited · BudgetSpent · PriceUnknown · RulesChanged
    ├─ KeyMalformed · KeyRefused · KeyNotChecked
    ├─ AssertionRequired · AssertionInvalid · AccessTokenInvalid
    ├─ CredentialMalformed · ScopeInsufficient · IssuerUnavailable
    ├─ ConnectorRequired · ReauthorizationRequired · ScopesRequired
    ├─ AccountNotFound · AccountAmbiguous · ConnectionNotFound · ConnectionIncomplete
    ├─ ConnectorOff · PersonalForbidden
    ├─ LinkOfAnother · LinkExpired
    ├─ FlowError      CallbackInvalid · CallbackWithoutState · StateUnknown · FlowExpired
    │                 FlowFinished · WrongBrowser · WrongConnector · CallbackNotVerified
    │                 ProviderDeclined · AccountMismatch · GrantSmaller
    ├─ LoginError     LoginUnknown · LoginDeclined · LoginUnavailable · LoginUnreadable
    │                 LoginChallengeUnknown
    ├─ ReceiverUnavailable
    ├─ ProviderError  TokenRejected · ProviderMisconfigured · AppRefused · ProviderRefused
    │                 ProviderUnavailable · UnreadableResponse · EgressRefused
    ├─ ToolError      UnknownTool · InvalidArguments · ToolBlocked · ToolRefused
    │                 ToolAnswerUnexpected
    ├─ ApprovalRequired · ApprovalNotShowable · ApprovalUnknown
    ├─ ApprovalDenied · ApprovalUsed · ApprovalExpired · ApprovalVoid · ApprovalDecided
    └─ ProxyError     PathRefused · UpgradeRefused · RequestTooLarge · CoolingDown · ProviderBusy
                      CallFailed: ProviderUnreachable · ProviderTimedOut · AnswerBroken
                      AnswerTooLarge · AnswerUnreadable · CredentialEchoed
                      IdempotencyKeyReused · IdempotencyInProgress
                      IdempotencyOutcomeUnknown · IdempotencyAnswerNotKept

No message quotes a provider. The connectors' own errors are in ``connectors.errors``; HTTP statuses
and public codes are in ``gateway/web/problems.py`` alone.
"""

from __future__ import annotations

import math
import re
from datetime import datetime

_SAFE_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


_ERROR_TREES = (__name__, "connectors.errors")
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")


def safe_code(value: object) -> str | None:
    """Return a provider's error code if it is a plain word; other texts may carry a secret."""
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
    """Root of the tree. The first line of a class's docstring is its default message.

    ``owner`` is the kind of owner of the connection that a tool got the error for, if it got one;
    ``tool`` is that tool, where it was called by its name. ``challenge`` is the value of
    ``WWW-Authenticate``, where a protected resource refuses a request.
    """

    owner: str | None = None
    tool: str = ""
    challenge: str = ""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").splitlines()[0])


class SettingsError(GatewayError):
    """The process cannot start with these settings. The message lists every problem."""


class InvalidRequest(GatewayError):
    """The request does not have the documented form. ``errors`` maps a field to its problem."""

    def __init__(self, message: str, errors: dict[str, str] | None = None) -> None:
        self.errors = errors or {}
        super().__init__(message)


class KeyMalformed(InvalidRequest):
    """A pasted key cannot be right. ``errors`` maps an input to its mistake."""


class KeyRefused(GatewayError):
    """The provider does not accept the pasted key."""

    def __init__(self, connector: str) -> None:
        self.connector = connector
        super().__init__()


class KeyNotChecked(GatewayError):
    """The provider could not check the new key, so the old one is kept."""

    def __init__(self, connector: str, retry_after: int | None = None) -> None:
        self.connector = connector
        self.retry_after = retry_after
        super().__init__()


class WrongHost(GatewayError):
    """A browser used another host name than the configured one. The message names the right one."""


class Unauthorized(GatewayError):
    """The request has no valid credential."""


class Forbidden(GatewayError):
    """The credential does not allow this."""


class AccessTokenInvalid(Unauthorized):
    """The access token does not prove who calls. The message says why and quotes no claim."""


class CredentialMalformed(GatewayError):
    """The request carries its credential in a wrong way. The message quotes nothing of it."""


class ScopeInsufficient(GatewayError):
    """The access token lacks a scope that this needs."""


class IssuerUnavailable(GatewayError):
    """The signing keys of the authorization server cannot be read."""


class AssertionRequired(GatewayError):
    """This service key needs a user assertion with each call."""


class AssertionInvalid(GatewayError):
    """The user assertion does not allow this call. The message says why and quotes no claim."""


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


class RuleRefused(GatewayError):
    """A rule of the organisation refuses the call. ``rule`` is its id, ``rule_name`` its name.

    ``retry_after`` is in seconds: the rule may let the call pass then. ``None`` if waiting is
    of no use.
    """

    def __init__(self, rule: str, name: str, retry_after: float | None, why: str) -> None:
        self.rule = rule
        self.rule_name = name
        self.retry_after = None if retry_after is None else max(1, math.ceil(retry_after))
        super().__init__(f'the rule "{name}" of your organisation {why}')


class RuleRateLimited(RuleRefused):
    """A rule of the organisation allows fewer calls in this time."""

    def __init__(self, rule: str, name: str, retry_after: float) -> None:
        seconds = max(1, math.ceil(retry_after))
        super().__init__(
            rule, name, retry_after, f"allows no more such calls now: try again in {seconds} s"
        )


class BudgetSpent(RuleRefused):
    """A budget of the organisation has too little left for the call."""

    def __init__(self, rule: str, name: str, retry_after: float, until: str) -> None:
        super().__init__(
            rule, name, retry_after, f"has too little left for this call until {until}"
        )


class PriceUnknown(RuleRefused):
    """A budget of money refuses a call whose greatest price is not known."""

    def __init__(self, rule: str, name: str) -> None:
        super().__init__(
            rule,
            name,
            None,
            "refuses calls whose greatest price is not known. An administrator can give the rule "
            "an amount to reserve for them, or allow them",
        )


class RulesChanged(GatewayError):
    """The rules have changed since they were read."""


class LinkOfAnother(GatewayError):
    """The link was made for another person than the one who opened it, or changed."""


class LinkExpired(GatewayError):
    """The link to connect an account is too old."""


class FlowError(GatewayError):
    """A connect flow could not be finished. ``connector`` is the flow's connector, if known."""

    def __init__(self, message: str | None = None, *, connector: str | None = None) -> None:
        self.connector = connector
        super().__init__(message)


class CallbackInvalid(FlowError):
    """The callback's parameters are not those of one authorization response."""


class CallbackWithoutState(CallbackInvalid):
    """The callback has no state: the browser comes from the provider's own page."""


class StateUnknown(FlowError):
    """This link does not belong to a connect attempt that the gateway knows."""


class FlowExpired(FlowError):
    """The connect attempt is older than ten minutes."""


class FlowFinished(FlowError):
    """This person has already used the connect attempt. ``connector`` is set."""


class WrongBrowser(FlowError):
    """The connect attempt was started by another person or in another browser."""


class WrongConnector(FlowError):
    """The connect attempt was started for another connector."""


class CallbackNotVerified(FlowError):
    """The provider did not make the callback: its signature or its issuer is wrong."""


class ProviderDeclined(FlowError):
    """The provider ended the flow with an error: ``provider_code``, if it is a plain word.

    ``kind`` is ``declined`` for a person's own "no", ``approval`` if an administrator has to
    approve first, and ``refused`` for all else.
    """

    def __init__(self, *, connector: str, provider_code: str | None, kind: str = "refused") -> None:
        self.provider_code = provider_code
        self.kind = kind
        super().__init__(
            f"the provider answered {provider_code or 'an error'}", connector=connector
        )


class AccountMismatch(FlowError):
    """Another account is linked already, and this connector allows only one."""


class GrantSmaller(FlowError):
    """The person granted less than the stored grant allows, which goes on working and is kept."""


class LoginError(GatewayError):
    """A sign-in failed."""


class LoginUnknown(LoginError):
    """This sign-in was not begun in this browser, or it is over."""


class LoginDeclined(LoginError):
    """The identity provider ended the sign-in with an error."""

    def __init__(self, provider_code: str | None) -> None:
        super().__init__(f"the identity provider answered {provider_code or 'an error'}")


class LoginUnavailable(LoginError):
    """The identity provider cannot be reached. The message says why, for the log."""


class LoginUnreadable(LoginError):
    """The identity provider's answer proves nothing. The message says why, for the log."""


class LoginChallengeUnknown(LoginError):
    """The sign-in to accept is unknown, accepted already, or over."""


class ProviderError(GatewayError):
    """A provider did not do what the gateway asked.

    ``provider_code`` is the provider's error code if it is a plain word. ``retryable`` says whether
    the same request may succeed later, ``outcome_unknown`` whether the provider may have carried it
    out nevertheless. ``requests`` counts the requests that led to this error.
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
    """The provider refused the gateway's own credentials: only an operator can help."""


class AppRefused(ProviderMisconfigured):
    """The provider refused the credentials of the tenant's own app: its administrators can help."""


class ProviderRefused(ProviderError):
    """The provider refused the request for another reason."""


class ProviderUnavailable(ProviderError):
    """The provider cannot be reached or is overloaded.

    ``status`` is the status of its answer, ``None`` without an answer. ``retry_after`` is in
    seconds. ``rate_limited`` says that the provider asked for fewer requests.
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
    """The provider's answer breaks its protocol: as a rule, it is unknown what the provider did."""

    def __init__(self, message: str | None = None, *, outcome_unknown: bool = True) -> None:
        super().__init__(message, outcome_unknown=outcome_unknown)


class EgressRefused(ProviderError):
    """The gateway may not call this address (private, local, or not https)."""


class ReceiverUnavailable(GatewayError):
    """A webhook's receiver sent no response, or an unreadable one."""


class ConnectorRequired(GatewayError):
    """The user has not connected this connector yet. ``scopes`` are those that a caller needs."""

    def __init__(self, connector: str, scopes: tuple[str, ...] = ()) -> None:
        self.connector = connector
        self.scopes = scopes
        super().__init__(f"{connector} is not connected for this user")


class ReauthorizationRequired(GatewayError):
    """The connection cannot be renewed: the user must connect again. ``reason`` says why.

    ``connection`` is its id, ``scopes`` are those that a caller needs.
    """

    def __init__(
        self, connector: str, reason: str, connection: str, scopes: tuple[str, ...] = ()
    ) -> None:
        self.connector = connector
        self.scopes = scopes
        self.reason = reason
        self.connection = connection
        super().__init__(f"the {connector} connection must be authorized again ({reason})")


class ScopesRequired(GatewayError):
    """The connection lacks some of the ``scopes`` that a caller needs. ``connection`` is its id."""

    def __init__(self, connector: str, connection: str, scopes: tuple[str, ...]) -> None:
        self.connector = connector
        self.connection = connection
        self.scopes = scopes
        super().__init__(
            f"the {connector} connection lacks {', '.join(scopes)}: send the user to connect_url"
        )


class ConnectorOff(GatewayError):
    """The organisation has switched this connector off."""

    def __init__(self, connector: str) -> None:
        self.connector = connector
        super().__init__(f"your organisation has switched {connector} off")


class PersonalForbidden(GatewayError):
    """The organisation allows no personal connection of this connector."""

    def __init__(self, connector: str) -> None:
        self.connector = connector
        super().__init__(f"your organisation allows no personal connection of {connector}")


class AccountNotFound(GatewayError):
    """The user has connected this connector, but not the requested account."""

    def __init__(self, connector: str) -> None:
        self.connector = connector
        super().__init__(f"no {connector} account of that id or label is connected for this user")


class AccountAmbiguous(GatewayError):
    """Several accounts of the user have the requested label. ``accounts`` are connection ids."""

    def __init__(self, connector: str, accounts: list[str]) -> None:
        self.connector = connector
        self.accounts = accounts
        super().__init__(
            f"{len(accounts)} {connector} accounts have this label: name one by its connection id "
            f"({', '.join(accounts)}) or its external account id"
        )


class ConnectionNotFound(GatewayError):
    """No such connection exists for this caller."""


class ConnectionIncomplete(GatewayError):
    """The address of the provider's API needs a fact that the connection lacks: ``missing``.

    ``connection`` is its id.
    """

    def __init__(self, connector: str, connection: str, missing: str, again: bool = False) -> None:
        self.connector = connector
        self.connection = connection
        advice = "The gateway looks for it again by itself. " if again else ""
        super().__init__(
            f"the address of the {connector} API is not known: {missing}. {advice}Connecting the "
            "account again, at connect_url, looks for it anew"
        )


class StoreUnavailable(GatewayError):
    """The database does not answer."""


class NotReady(GatewayError):
    """This process should get no requests now. The message says why, and nothing else."""


class TooManyStreams(GatewayError):
    """This session or key has too many streams of events open; ``most`` may be."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} streams of events are open already: close one first")


class StreamsFull(GatewayError):
    """This process has as many streams of events open as it may."""


class WriteConflict(GatewayError):
    """A unique index or a concurrent transaction refused the write."""


class RowUnreadable(GatewayError):
    """This process cannot use a stored row."""


class VaultError(RowUnreadable):
    """A sealed value does not open: its encryption key is not configured, or it was changed."""


class WrongEnvironment(RowUnreadable):
    """The grant belongs to the OAuth app of another environment, which alone can renew it."""


class AppRemoved(RowUnreadable):
    """The tenant has removed its own OAuth app that made the grant, and that alone can renew it."""


class NewerRow(RowUnreadable):
    """A newer version wrote the connection: this process does not know its fields (security K5)."""


class ToolError(GatewayError):
    """A call of a tool came to nothing."""


class UnknownTool(ToolError):
    """There is no such tool, or it is switched off."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__()


class InvalidArguments(ToolError):
    """The arguments do not fit the tool's input schema.

    ``problems`` are pairs of a field and its problem, without what was sent.
    """

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in problems))


class ToolBlocked(ToolError):
    """A policy of the organisation blocks this tool."""


class ToolRefused(ToolError):
    """The tool could not do it: ``reason`` is its own code, ``status`` the provider's."""

    def __init__(self, reason: str, message: str, status: int | None = None) -> None:
        self.reason = reason
        self.status = status
        super().__init__(message)


class ToolChanged(ToolError):
    """The endpoint has another definition of the tool than a person accepted. Nothing was sent."""


class ToolAnswerUnexpected(ToolError):
    """The provider's answer does not have the form that the tool reads."""


class ApprovalRequired(GatewayError):
    """A person has to approve this call first.

    The page is at ``url``, until ``expires_at``.
    """

    def __init__(self, approval_id: str, url: str, expires_at: datetime) -> None:
        self.approval_id = approval_id
        self.url = url
        self.expires_at = expires_at
        super().__init__()


class ApprovalNotShowable(GatewayError):
    """The call needs an approval, and a person cannot be shown the whole of it."""


class ApprovalUnknown(GatewayError):
    """There is no such approval."""


class ApprovalDenied(GatewayError):
    """A person has refused this call."""


class ApprovalUsed(GatewayError):
    """The approval was used: the call was sent, or its outcome is unknown."""


class ApprovalExpired(GatewayError):
    """The approval has expired."""


class ApprovalVoid(GatewayError):
    """The approval was for another call, or what it was asked for has changed since."""


class ApprovalDecided(GatewayError):
    """This was decided already, or its time is over."""


class ProxyError(GatewayError):
    """A tool's call could not be passed on to the provider."""


class PathRefused(ProxyError):
    """The path, query or host does not lead to the connector's API. The message says why."""


class UpgradeRefused(ProxyError):
    """The caller wants another protocol, such as WebSocket."""


class RequestTooLarge(ProxyError):
    """The body of the request is larger than ``most`` bytes."""

    def __init__(self, most: int) -> None:
        super().__init__(f"the body of a request has at most {most} bytes")


class CoolingDown(ProxyError):
    """The provider asked for a pause of this connection, which is not over."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"the provider asked for a pause: it is over in {retry_after} s")


class ProviderBusy(ProxyError):
    """The gateway sends no more requests to this provider now. Nothing was sent."""

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class CallFailed(ProxyError):
    """The provider's answer did not arrive.

    ``outcome_unknown`` says whether the provider may have carried the request out.
    """

    outcome_unknown = True


class ProviderUnreachable(CallFailed):
    """The provider cannot be reached. Nothing was sent."""

    outcome_unknown = False


class ProviderTimedOut(CallFailed):
    """The provider did not answer in time."""


class AnswerBroken(CallFailed):
    """The provider's answer ended too early, or is not HTTP."""


class AnswerTooLarge(CallFailed):
    """The provider's answer is larger than the gateway passes on."""


class AnswerUnreadable(CallFailed):
    """The provider's answer has a coding that cannot be searched for the credential."""


class CredentialEchoed(CallFailed):
    """The provider's compressed answer contains the credential, and was not passed on."""


class IdempotencyError(ProxyError):
    """A request with an idempotency key was not sent."""


class IdempotencyKeyReused(IdempotencyError):
    """This idempotency key was given to another request before."""


class IdempotencyInProgress(IdempotencyError):
    """The first request with this idempotency key has not ended yet."""


class IdempotencyOutcomeUnknown(IdempotencyError):
    """It is not known what the provider did with the first request of this idempotency key."""

    outcome_unknown = True


class IdempotencyAnswerNotKept(IdempotencyError):
    """The first request of this idempotency key was answered, and its answer was not kept.

    ``status`` is the provider's.
    """

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"the provider answered the first request of this key with {status}")


class IntegrationError(GatewayError):
    """Something is wrong with an integration, or with what a person wants to add."""


class IntegrationNotFound(IntegrationError):
    """The tenant has no integration of that slug."""


class IntegrationExists(IntegrationError):
    """The slug is taken. Change that integration, or choose another slug."""


class IntegrationNotRemovable(IntegrationError):
    """The integration comes with the gateway."""


class IntegrationUnreachable(IntegrationError):
    """The URL cannot be read. One text for all reasons: it tells nothing about addresses (H6)."""


class IntegrationRefused(IntegrationError):
    """The document or the endpoint cannot be used. ``code`` is for programs."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)
