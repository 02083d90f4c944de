"""The one table of problems (RFC 9457): for each error its status, stable code and title.

The texts are the gateway's. No text of a provider or database is repeated.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from connectors.catalog import CONNECTOR_CATALOG
from connectors.errors import AccountUnfit, ConfigError, UnknownConnector
from gateway import errors

RETRY_AFTER = 5
"""Seconds, for errors that do not say when to try again."""


@dataclass(frozen=True, slots=True)
class Problem:
    """The public form of an error. ``advice`` replaces an error's message that is not public."""

    status: int
    code: str
    title: str
    advice: str | None = None


_LIKE_A_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_SIMILAR = 0.75
"""How alike two names are of which one may be meant (``difflib``)."""

_AGAIN = "Go to your connectors and start again."
_LATER = "Try again in a moment."
_SIGN_IN = "Sign in again."
_OPERATOR = "Please tell the people who run this gateway."
_UNKNOWN_CONNECTOR = Problem(
    404,
    "connector_unknown",
    "There is no such connector here",
    "GET /v1/connectors/available lists those that are configured.",
)

PROBLEMS: dict[type[BaseException], Problem] = {
    UnknownConnector: _UNKNOWN_CONNECTOR,
    ConfigError: _UNKNOWN_CONNECTOR,  # unconfigured or broken: hidden (rule 7)
    errors.ConnectorRequired: Problem(
        409,
        "connector_required",
        "The user has not connected this yet",
        "Send the user to connect_url.",
    ),
    errors.ReauthorizationRequired: Problem(
        409,
        "reauthorization_required",
        "The user has to connect this again",
        "Send the user to connect_url.",
    ),
    errors.ScopesRequired: Problem(
        409, "scopes_required", "The user has not granted all that this needs"
    ),
    errors.ConnectorOff: Problem(
        403,
        "connector_off",
        "Your organisation has switched this connector off",
        "An administrator of your organisation can switch it on again. What is connected is kept.",
    ),
    errors.PersonalForbidden: Problem(
        403,
        "personal_forbidden",
        "Your organisation allows no personal connection of this",
        "Only the organisation's own connection may be used; an administrator can make one.",
    ),
    errors.AccountNotFound: Problem(404, "account_not_found", "No such account is connected"),
    errors.AccountAmbiguous: Problem(409, "account_ambiguous", "Several accounts fit"),
    errors.ConnectionNotFound: Problem(
        404,
        "connection_not_found",
        "There is no such connection",
        "It may have been disconnected. List the user's connections.",
    ),
    errors.ConnectionIncomplete: Problem(
        409, "connection_incomplete", "This connection lacks a part of its API's address"
    ),
    errors.NotFound: Problem(
        404, "not_found", "There is nothing at this address", "Check the address."
    ),
    errors.WrongHost: Problem(400, "wrong_host", "This page has another address"),
    errors.InvalidRequest: Problem(422, "invalid_request", "The request is not valid"),
    errors.KeyMalformed: Problem(422, "key_malformed", "This key cannot be right"),
    errors.KeyRefused: Problem(
        422,
        "key_refused",
        "The provider does not accept this key",
        "Nothing was stored. Check that the key is complete, still exists, and is for this "
        "environment, region and account.",
    ),
    errors.KeyNotChecked: Problem(
        503,
        "key_not_checked",
        "The provider cannot check this key now",
        "The stored key is kept. " + _LATER,
    ),
    errors.AccountMismatch: Problem(
        409,
        "account_mismatch",
        "This belongs to another account",
        "Nothing was changed. Replace a key by one of the same account, or disconnect first.",
    ),
    AccountUnfit: Problem(
        422,
        "account_unfit",
        "This account lacks what the connector needs",
        "Nothing was stored. It has nothing under the name that was filled in, or the key does "
        "not reach it. Check both, and connect again.",
    ),
    errors.Unauthorized: Problem(401, "unauthorized", "A valid credential is needed"),
    errors.AccessTokenInvalid: Problem(401, "access_token_invalid", "The credential is not valid"),
    errors.CredentialMalformed: Problem(
        400, "credential_malformed", "The credential cannot be read"
    ),
    errors.ScopeInsufficient: Problem(
        403,
        "scope_insufficient",
        "The access token does not allow this",
        "Ask the user for the scopes in WWW-Authenticate, and repeat the request.",
    ),
    errors.IssuerUnavailable: Problem(
        503,
        "issuer_unavailable",
        "Access tokens cannot be checked now",
        "The keys of the authorization server cannot be read. " + _LATER,
    ),
    errors.NotSignedIn: Problem(
        401,
        "unauthorized",
        "Please sign in first",
        "Open the dashboard in this browser and sign in.",
    ),
    errors.Forbidden: Problem(403, "forbidden", "This is not allowed"),
    errors.RateLimited: Problem(429, "rate_limited", "Too many requests"),
    errors.RuleRateLimited: Problem(
        429, "rule_rate_limited", "A rule of your organisation limits these calls"
    ),
    errors.BudgetSpent: Problem(402, "budget_spent", "A budget of your organisation is used up"),
    errors.PriceUnknown: Problem(
        402, "price_unknown", "A budget of your organisation allows no call of unknown price"
    ),
    errors.RulesChanged: Problem(
        409,
        "rules_changed",
        "The rules have changed meanwhile",
        "Nothing was changed. Read the rules again, and repeat your change on them.",
    ),
    errors.AssertionRequired: Problem(
        403,
        "assertion_required",
        "This key needs a user assertion",
        "Send the header X-User-Assertion: a JWT that your host signed for this user.",
    ),
    errors.AssertionInvalid: Problem(
        403, "assertion_invalid", "The user assertion does not allow this"
    ),
    errors.LinkOfAnother: Problem(
        403,
        "link_not_yours",
        "This link was made for somebody else",
        "Nothing was connected. An agent made it for the person whom it works for: sign in as that "
        "person, or start from your own connectors.",
    ),
    errors.LinkExpired: Problem(
        400,
        "link_expired",
        "This link is too old",
        "Ask the agent again for a link, or start from your connectors.",
    ),
    errors.WrongBrowser: Problem(
        403,
        "flow_not_yours",
        "Nothing was connected",
        "This connect attempt was started by somebody else, or in another browser. To link an "
        "account of your own, sign in and start from your connectors.",
    ),
    errors.WrongConnector: Problem(
        400,
        "flow_other_connector",
        "Nothing was connected",
        "This connect attempt was started for another connector. " + _AGAIN,
    ),
    errors.CallbackInvalid: Problem(
        400, "callback_invalid", "The provider's answer cannot be used"
    ),
    errors.CallbackWithoutState: Problem(
        400,
        "callback_without_state",
        "To link an account, start here",
        "You came here from the provider's own page. Nothing was connected yet: start from your "
        "connectors, so that the gateway knows who the account is for.",
    ),
    errors.CallbackNotVerified: Problem(
        400,
        "callback_not_verified",
        "Nothing was connected",
        "The answer does not come from the provider as it should. " + _AGAIN,
    ),
    errors.StateUnknown: Problem(
        400,
        "flow_unknown",
        "Nothing was connected",
        "This link does not belong to a connect attempt of yours. " + _AGAIN,
    ),
    errors.LoginUnknown: Problem(
        400,
        "login_unknown",
        "You are not signed in",
        "This sign-in was not begun in this browser, is older than ten minutes, or was used "
        "before. " + _SIGN_IN,
    ),
    errors.LoginDeclined: Problem(
        400,
        "login_declined",
        "You are not signed in",
        "The identity provider ended the sign-in. " + _SIGN_IN,
    ),
    errors.LoginUnavailable: Problem(
        503,
        "login_unavailable",
        "Signing in does not work now",
        "The identity provider does not answer as it should. " + _LATER,
    ),
    errors.LoginUnreadable: Problem(
        502,
        "login_failed",
        "You are not signed in",
        "The identity provider's answer cannot be used. Sign in again; if that does not help, "
        "tell the people who run this gateway.",
    ),
    errors.LoginChallengeUnknown: Problem(
        404,
        "login_challenge_unknown",
        "There is no such sign-in to accept",
        "It is unknown, was accepted before, or is older than ten minutes. Send the person to "
        "the gateway to begin again.",
    ),
    errors.UnknownTool: Problem(404, "tool_unknown", "There is no such tool", "Look at the list."),
    errors.InvalidArguments: Problem(422, "invalid_arguments", "The arguments do not fit the tool"),
    errors.ToolBlocked: Problem(
        403,
        "tool_blocked",
        "A policy blocks this tool",
        "Nothing was sent. An administrator of the organisation has set the policy.",
    ),
    errors.ApprovalRequired: Problem(
        202,
        "approval_required",
        "A person has to approve this call first",
        "Send the user to url. Repeat the same call after the decision.",
    ),
    errors.ApprovalNotShowable: Problem(
        422, "approval_not_showable", "This call cannot be approved"
    ),
    errors.ApprovalUnknown: Problem(404, "approval_unknown", "There is no such approval"),
    errors.ApprovalDenied: Problem(403, "approval_denied", "A person has refused this call"),
    errors.ApprovalUsed: Problem(
        409,
        "approval_used",
        "This approval was used",
        "The call was sent, or nobody knows whether it was. Look before you ask again.",
    ),
    errors.ApprovalExpired: Problem(
        409, "approval_expired", "This approval has expired", "Repeat the call without it."
    ),
    errors.ApprovalVoid: Problem(
        409,
        "approval_void",
        "This approval is for another call",
        "The call, the account, the tool or the policy has changed. Repeat the call without it.",
    ),
    errors.ApprovalDecided: Problem(409, "approval_decided", "This was decided already"),
    errors.ToolChanged: Problem(409, "tool_changed", "The tool is another one since a moment ago"),
    errors.ToolRefused: Problem(502, "tool_failed", "The tool could not do it"),
    errors.ToolAnswerUnexpected: Problem(
        502,
        "tool_answer_unexpected",
        "The provider's answer does not have the form that the tool reads",
        "The provider has carried the request out: look before you repeat it.",
    ),
    errors.PathRefused: Problem(400, "path_refused", "This address is not one of the API"),
    errors.UpgradeRefused: Problem(
        501,
        "upgrade_refused",
        "The gateway passes on plain HTTP alone",
        "WebSocket and other upgrades are not passed on. Server-sent events and long answers are.",
    ),
    errors.RequestTooLarge: Problem(413, "too_large", "The request is too large"),
    errors.CoolingDown: Problem(
        429, "provider_rate_limited", "The provider wants fewer requests of this account"
    ),
    errors.ProviderBusy: Problem(
        503, "provider_busy", "The gateway sends nothing more to this provider now"
    ),
    errors.ProviderUnreachable: Problem(
        502,
        "provider_unreachable",
        "The provider cannot be reached",
        "Nothing was sent: the request may be repeated.",
    ),
    errors.ProviderTimedOut: Problem(
        504,
        "provider_timeout",
        "The provider did not answer in time",
        "It may have carried the request out: look before you repeat it.",
    ),
    errors.CallFailed: Problem(
        502,
        "provider_broken",
        "The provider's answer cannot be used",
        "It ended too early, is too large or is not HTTP. The provider may have carried the "
        "request out: look before you repeat it.",
    ),
    errors.CredentialEchoed: Problem(
        502,
        "credential_echoed",
        "The provider's answer contains the credential",
        "It is compressed, so the credential cannot be taken out, and it was not passed on. The "
        "provider has carried the request out.",
    ),
    errors.AnswerUnreadable: Problem(
        502,
        "answer_unreadable",
        "The provider's answer cannot be searched for the credential",
        "Its Content-Encoding is unknown or broken, and this connector's answers are passed on "
        "only if they can be read. The provider has carried the request out.",
    ),
    errors.IdempotencyKeyReused: Problem(
        422,
        "idempotency_key_reused",
        "This Idempotency-Key belongs to another request",
        "Nothing was sent. A key stands for one request: method, path, query, account and body.",
    ),
    errors.IdempotencyInProgress: Problem(
        409,
        "idempotency_in_progress",
        "The first request with this Idempotency-Key still runs",
        "Nothing was sent again. Ask again in a moment for its answer.",
    ),
    errors.IdempotencyOutcomeUnknown: Problem(
        409,
        "idempotency_outcome_unknown",
        "It is not known what the provider did",
        "The first request with this Idempotency-Key ended without an answer. Nothing was sent "
        "again: look at the provider, and use a new key if it did nothing.",
    ),
    errors.IdempotencyAnswerNotKept: Problem(
        409,
        "idempotency_answer_not_kept",
        "The first request with this Idempotency-Key was answered",
    ),
    errors.IntegrationNotFound: Problem(
        404,
        "integration_not_found",
        "There is no such integration",
        "GET /v1/integrations lists them. It may have been removed or changed a moment ago.",
    ),
    errors.IntegrationExists: Problem(
        409,
        "integration_exists",
        "There is an integration of this name already",
        "Nothing was added. Refresh or change that one, or choose another slug.",
    ),
    errors.IntegrationNotRemovable: Problem(
        409,
        "integration_not_removable",
        "This integration comes with the gateway",
        "It cannot be changed, refreshed or removed. What the deployment's own list names can be "
        "changed, but not removed. An administrator can switch a connector off.",
    ),
    errors.IntegrationUnreachable: Problem(
        422,
        "integration_unreachable",
        "The URL cannot be read",
        "The gateway may not call it, or it does not answer as it should. Nothing was changed.",
    ),
    errors.IntegrationRefused: Problem(
        422, "integration_refused", "This API cannot be used as it is"
    ),
    # One code for every failure of a provider: the log has the reason.
    errors.ProviderError: Problem(
        503,
        "provider_unavailable",
        "The provider cannot renew the token now",
        "The connection is kept. Try again after Retry-After seconds.",
    ),
    errors.AppRefused: Problem(
        503,
        "app_refused",
        "The provider does not accept the tenant's own app",
        "Its client id or client secret is wrong. The connection is kept. Set the right secret: "
        "PUT /v1/connectors/{name}/apps.",
    ),
    errors.StoreUnavailable: Problem(
        503, "store_unavailable", "The gateway's database does not answer", _LATER
    ),
    errors.NotReady: Problem(503, "not_ready", "This process takes no requests now"),
    errors.TooManyStreams: Problem(
        429, "too_many_streams", "Too many streams of events are open for you"
    ),
    errors.StreamsFull: Problem(
        503,
        "streams_full",
        "This process has too many streams of events open",
        "Read GET /v1/connections now and then instead, or try again later.",
    ),
    errors.WrongEnvironment: Problem(
        409,
        "wrong_environment",
        "This connection belongs to another environment",
        "Its grant is of the OAuth app of another GATEWAY_ENVIRONMENT, which alone can renew it. "
        "The connection is kept. To use it here, the user has to connect again.",
    ),
    errors.AppRemoved: Problem(
        409,
        "app_removed",
        "The app that made this connection was removed",
        "It was the tenant's own app, which alone can renew the grant. The connection is kept. "
        "Set the same client id again (PUT /v1/connectors/{name}/apps), or let the user reconnect.",
    ),
    errors.RowUnreadable: Problem(
        503,
        "connection_unreadable",
        "This connection's tokens cannot be opened",
        "The connection is kept. " + _OPERATOR,
    ),
}

INTERNAL = Problem(
    500,
    "internal_error",
    "Something went wrong on our side",
    "The request id leads to it in the log.",
)

OF_STATUS = {
    400: Problem(400, "invalid_request", "The request cannot be read", "Check its form."),
    404: PROBLEMS[errors.NotFound],
    405: Problem(
        405,
        "method_not_allowed",
        "This address does not take that method",
        "The Allow header names those it takes.",
    ),
    408: Problem(408, "too_slow", "The request took too long to arrive", "Send it again, whole."),
    499: Problem(499, "hung_up", "The client closed its connection", "Send the request again."),
    413: Problem(413, "too_large", "The request is too large", "A body has at most 64 KiB."),
}


def problem_of(error: BaseException) -> Problem:
    """Return the problem of the nearest class of ``error``, or ``INTERNAL``."""
    if isinstance(error, HTTPException):
        return OF_STATUS.get(error.status_code, OF_STATUS[400])
    for kind in type(error).__mro__:
        if kind in PROBLEMS:
            return PROBLEMS[kind]
    return INTERNAL


def detail_of(error: BaseException, problem: Problem) -> str:
    """Return the sentences that explain the error."""
    said = str(error) if problem.advice is None else problem.advice
    if isinstance(error, UnknownConnector) and (meant := _similar_connector(error.name)):
        return f'Did you mean "{meant}"? {said}'
    return said


def _similar_connector(name: str) -> str | None:
    """Return the connector of the catalog whose name is nearly ``name``.

    The given name itself is never repeated: it may be a key in the wrong place.
    """
    if not _LIKE_A_NAME.fullmatch(name):
        return None
    near = difflib.get_close_matches(name.lower(), CONNECTOR_CATALOG, n=1, cutoff=_SIMILAR)
    return near[0] if near and near[0] != name else None


def members_of(error: BaseException) -> dict[str, Any]:
    """Return the members of a problem document that every error has."""
    problem = problem_of(error)
    return {
        "type": f"urn:connector-gateway:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": detail_of(error, problem),
        "code": problem.code,
    }


def problem_response(
    error: BaseException, *, request_id: str, extra: dict[str, Any] | None = None
) -> JSONResponse:
    """Return the ``application/problem+json`` answer for ``error``."""
    problem = problem_of(error)
    body = {**members_of(error), "request_id": request_id, **(extra or {})}
    headers = {"Cache-Control": "no-store"}
    if problem.status in {429, 503}:
        headers["Retry-After"] = str(getattr(error, "retry_after", None) or RETRY_AFTER)
    elif isinstance(error, errors.BudgetSpent):
        headers["Retry-After"] = str(error.retry_after)
    if challenge := getattr(error, "challenge", "") or ("Bearer" if problem.status == 401 else ""):
        headers["WWW-Authenticate"] = challenge
    if isinstance(error, HTTPException) and error.headers:
        headers |= dict(error.headers)
    return JSONResponse(body, problem.status, headers, media_type="application/problem+json")
