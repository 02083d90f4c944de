"""The errors of the SDK: one tree, with the facts that a caller needs to react.

    GatewayError
    ├─ ConnectorRequired          the user must link the account: show connect_url
    │  ├─ ReauthorizationRequired   … link it again
    │  └─ ScopesRequired            … grant more
    ├─ ConnectorUnknown · AccountNotFound · AccountAmbiguous · ConnectionNotFound
    ├─ ConnectorOff · PersonalForbidden   the user's organisation does not allow it
    ├─ ConnectionIncomplete       the address of the provider's API needs a fact that is missing
    ├─ RetryLater                 nothing is wrong with the call: retry_after says when to repeat it
    │  ├─ ProviderUnavailable       the provider does not answer the gateway
    │  ├─ RateLimited               this key sends too many requests, or a rule limits them
    │  ├─ BudgetSpent               a budget of the user's organisation is used up
    │  └─ GatewayUnavailable        the gateway does not answer: no route, time-out, any 5xx
    ├─ OutcomeUnknown             nobody knows whether the request had its effect
    ├─ ApprovalRequired           a person has to allow this call, at url
    ├─ ToolUnknown · ToolBlocked  there is no such tool, or the organisation does not allow it
    ├─ ToolFailed                 the provider refused what the tool asked for, or it failed
    ├─ Unauthorized · Forbidden   the service key is unknown, or lacks a role
    ├─ InvalidRequest             the arguments were refused, by the gateway or before sending
    │  └─ InvalidArguments          those of a tool: fields says which, and why
    └─ UnexpectedAnswer           not an answer of this API, such as a proxy's HTML page

No error holds a token, an API key, a raw body or the failed HTTP request.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar, TypedDict, Unpack


class Facts(TypedDict, total=False):
    """Optional facts of every error."""

    code: str
    status: int | None
    request_id: str | None
    connector: str | None
    rule: str | None
    outcome_unknown: bool


class GatewayError(Exception):
    """The root of all errors of the SDK.

    Attributes:
        code: the API's stable word for what happened, such as ``connector_required``.
        status: the HTTP status, or None when there was no answer.
        detail: one sentence for people.
        request_id: the id of this request in the gateway's logs, or None.
        connector: the connector concerned, or None.
        rule: the name of the organisation's rule that refused the call, or None.
        outcome_unknown: whether the provider may have carried the request out all the same.
    """

    default_code: ClassVar[str] = "gateway_error"

    def __init__(self, detail: str, **facts: Unpack[Facts]) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = facts.get("code", self.default_code)
        self.status = facts.get("status")
        self.request_id = facts.get("request_id")
        self.connector = facts.get("connector")
        self.rule = facts.get("rule")
        self.outcome_unknown = facts.get("outcome_unknown", False)

    def __str__(self) -> str:
        request = f", request {self.request_id}" if self.request_id else ""
        return f"{self.detail} ({self.code}{request})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Task queues and multiprocessing pickle exceptions. The inherited method calls the
        # constructor with ``args`` alone, which fails for errors with required facts.
        return _restore, (type(self), self.args, dict(self.__dict__))


def _restore(
    kind: type[GatewayError], args: tuple[Any, ...], state: dict[str, Any]
) -> GatewayError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class ConnectorRequired(GatewayError):
    """The user has not linked this connector yet. Show ``connect_url`` to the user."""

    default_code = "connector_required"

    def __init__(self, detail: str, *, connect_url: str, **facts: Unpack[Facts]) -> None:
        super().__init__(detail, **facts)
        self.connect_url = connect_url

    def __str__(self) -> str:
        name = self.connector or "This connector"
        return f"{name} is not connected for this user yet. To connect it, open {self.connect_url}"


class ReauthorizationRequired(ConnectorRequired):
    """The provider no longer accepts this connection: the user must link it again."""

    default_code = "reauthorization_required"

    def __str__(self) -> str:
        name = self.connector or "this connector"
        return (
            f"The connection to {name} no longer works. To connect it again, "
            f"open {self.connect_url}"
        )


class ScopesRequired(ConnectorRequired):
    """The user has not granted all the scopes of the call. ``connect_url`` asks for them."""

    default_code = "scopes_required"

    def __str__(self) -> str:
        name = self.connector or "This connector"
        return f"{name} lacks a permission that is needed. To grant it, open {self.connect_url}"


class ConnectorUnknown(GatewayError):
    """The gateway has no connector of this name, or its OAuth app is not configured."""

    default_code = "connector_unknown"


class ConnectorOff(GatewayError):
    """The user's organisation has switched this connector off."""

    default_code = "connector_off"


class PersonalForbidden(GatewayError):
    """The user's organisation allows its own connection only, and none fits the call."""

    default_code = "personal_forbidden"


class AccountNotFound(GatewayError):
    """The user linked this connector, but not the requested account."""

    default_code = "account_not_found"


class AccountAmbiguous(GatewayError):
    """Several accounts have the label. ``detail`` lists the connection ids to choose from."""

    default_code = "account_ambiguous"


class ConnectionNotFound(GatewayError):
    """No connection has this id, or this key may not see it."""

    default_code = "connection_not_found"


class IntegrationNotFound(GatewayError):
    """The organisation has no integration of this slug."""

    default_code = "integration_not_found"


class ConnectionIncomplete(GatewayError):
    """The address of the provider's API needs a fact that is missing: ``detail`` says which.

    Connecting the account again, at ``connect_url``, looks for it anew.
    """

    default_code = "connection_incomplete"

    def __init__(self, detail: str, *, connect_url: str, **facts: Unpack[Facts]) -> None:
        super().__init__(detail, **facts)
        self.connect_url = connect_url


class RetryLater(GatewayError):
    """The same call may succeed later. ``retry_after`` is in seconds, or None if unknown."""

    def __init__(
        self, detail: str, *, retry_after: float | None = None, **facts: Unpack[Facts]
    ) -> None:
        super().__init__(detail, **facts)
        self.retry_after = retry_after


class ProviderUnavailable(RetryLater):
    """The provider gives the gateway no usable answer. The connection itself is still good."""

    default_code = "provider_unavailable"


class RateLimited(RetryLater):
    """The gateway received too many calls with this key, or a ``rule`` allows fewer of them."""

    default_code = "rate_limited"


class BudgetSpent(RetryLater):
    """A budget of the user's organisation is used up: ``rule`` names it."""

    default_code = "budget_spent"


class GatewayUnavailable(RetryLater):
    """The gateway cannot be reached, does not answer in time, or answers with a 5xx."""

    default_code = "gateway_unavailable"


class OutcomeUnknown(GatewayError):
    """The first request of this idempotency key ended without an answer, and is not sent again."""

    default_code = "idempotency_outcome_unknown"


class ApprovalRequired(GatewayError):
    """A person has to allow this call first. Show ``url`` to the user, then call again.

    The same call, with the same arguments, goes through after the decision, once, until
    ``expires_at``. ``approval_id`` names it.
    """

    default_code = "approval_required"

    def __init__(
        self,
        detail: str,
        *,
        approval_id: str,
        url: str,
        expires_at: datetime | None = None,
        **facts: Unpack[Facts],
    ) -> None:
        super().__init__(detail, **facts)
        self.approval_id = approval_id
        self.url = url
        self.expires_at = expires_at

    def __str__(self) -> str:
        return f"A person has to allow this call. To decide, open {self.url} and then call again"


class ToolUnknown(GatewayError):
    """The gateway has no tool of this name, or the user's organisation has switched it off."""

    default_code = "tool_unknown"


class ToolBlocked(GatewayError):
    """A policy of the user's organisation does not allow this tool."""

    default_code = "tool_blocked"


class ToolFailed(GatewayError):
    """The tool did not do what it was asked, for the ``reason`` (a code) and ``detail`` (words).

    ``provider_status`` is the HTTP status of the provider's answer, or None.
    """

    default_code = "tool_failed"

    def __init__(
        self,
        detail: str,
        *,
        reason: str | None = None,
        provider_status: int | None = None,
        **facts: Unpack[Facts],
    ) -> None:
        super().__init__(detail, **facts)
        self.reason = reason
        self.provider_status = provider_status


class Unauthorized(GatewayError):
    """The gateway does not accept the API key."""

    default_code = "unauthorized"


class Forbidden(GatewayError):
    """The API key is valid, but the call needs another role, connector or user assertion."""

    default_code = "forbidden"


class InvalidRequest(GatewayError):
    """The arguments are invalid. ``status`` is None if they were never sent."""

    default_code = "invalid_request"


class InvalidArguments(InvalidRequest):
    """The arguments do not fit the tool. ``fields`` maps an argument to what is wrong."""

    default_code = "invalid_arguments"

    def __init__(
        self, detail: str, *, fields: Mapping[str, str] | None = None, **facts: Unpack[Facts]
    ) -> None:
        super().__init__(detail, **facts)
        self.fields = dict(fields or {})

    def __str__(self) -> str:
        if not self.fields:
            return super().__str__()
        return "; ".join(f"{name}: {problem}" for name, problem in self.fields.items())


class UnexpectedAnswer(GatewayError):
    """The answer does not have this API's shape. Most often the base URL leads somewhere else."""

    default_code = "unexpected_answer"


ERRORS: Mapping[str, type[GatewayError]] = MappingProxyType(
    {
        "connector_unknown": ConnectorUnknown,
        "connector_required": ConnectorRequired,
        "reauthorization_required": ReauthorizationRequired,
        "scopes_required": ScopesRequired,
        "connector_off": ConnectorOff,
        "personal_forbidden": PersonalForbidden,
        "account_not_found": AccountNotFound,
        "account_ambiguous": AccountAmbiguous,
        "connection_not_found": ConnectionNotFound,
        "connection_incomplete": ConnectionIncomplete,
        "integration_not_found": IntegrationNotFound,
        "provider_unavailable": ProviderUnavailable,
        "app_refused": ProviderUnavailable,
        "provider_rate_limited": ProviderUnavailable,
        "provider_busy": ProviderUnavailable,
        "provider_unreachable": ProviderUnavailable,
        "provider_timeout": ProviderUnavailable,
        "provider_broken": ProviderUnavailable,
        "credential_echoed": GatewayError,  # it was carried out: no reason to try again
        "answer_unreadable": GatewayError,
        "idempotency_in_progress": ProviderUnavailable,
        "idempotency_outcome_unknown": OutcomeUnknown,
        "idempotency_answer_not_kept": GatewayError,
        "idempotency_key_reused": InvalidRequest,
        "rate_limited": RateLimited,
        "rule_rate_limited": RateLimited,
        "budget_spent": BudgetSpent,
        "price_unknown": GatewayError,  # waiting does not help
        "store_unavailable": GatewayUnavailable,
        "internal_error": GatewayUnavailable,
        "unauthorized": Unauthorized,
        "forbidden": Forbidden,
        "assertion_required": Forbidden,
        "assertion_invalid": Forbidden,
        "invalid_request": InvalidRequest,
        "invalid_arguments": InvalidArguments,
        "approval_required": ApprovalRequired,
        "approval_denied": GatewayError,  # by a person: no fault of the key
        "approval_not_showable": GatewayError,
        "tool_unknown": ToolUnknown,
        "tool_blocked": ToolBlocked,
        "tool_failed": ToolFailed,
        "tool_answer_unexpected": GatewayError,  # it was carried out: no reason to try again
        "path_refused": InvalidRequest,
        "upgrade_refused": InvalidRequest,
        "too_large": InvalidRequest,
    }
)
"""The API's ``code`` → the error class."""
