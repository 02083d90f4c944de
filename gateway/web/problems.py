"""The one table from errors to what a caller sees: status, stable code, title (RFC 9457).

Texts are ours. What a provider or a database said is not repeated to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from connectors.errors import MissingVariable, UnknownConnector
from gateway import errors

RETRY_AFTER = 5  # seconds, where nobody knows better


@dataclass(frozen=True, slots=True)
class Problem:
    """What the outside sees of an error. ``tells`` says whether the error's own message is shown."""

    status: int
    code: str
    title: str
    tells: bool = False


PROBLEMS: dict[type[BaseException], Problem] = {
    UnknownConnector: Problem(404, "connector_unknown", "There is no such connector here"),
    MissingVariable: Problem(404, "connector_unknown", "There is no such connector here"),
    errors.ConnectorRequired: Problem(409, "connector_required", "The user has to connect this connector first"),
    errors.ReauthorizationRequired: Problem(409, "reauthorization_required", "The user has to connect this connector again"),
    errors.AccountNotFound: Problem(404, "account_not_found", "No such account is connected", tells=True),
    errors.ConnectionNotFound: Problem(404, "connection_not_found", "There is no such connection"),
    errors.NotFound: Problem(404, "not_found", "There is nothing here"),
    errors.InvalidRequest: Problem(422, "invalid_request", "The request is not valid", tells=True),
    errors.Unauthorized: Problem(401, "unauthorized", "A valid credential is needed", tells=True),
    errors.NotSignedIn: Problem(401, "unauthorized", "Please sign in first"),
    errors.Forbidden: Problem(403, "forbidden", "This is not allowed", tells=True),
    errors.WrongBrowser: Problem(403, "flow_not_yours", "This connect attempt was started by somebody else or in another browser"),
    errors.WrongConnector: Problem(400, "flow_other_connector", "This connect attempt was started for another connector"),
    errors.CallbackInvalid: Problem(400, "callback_invalid", "The provider's answer cannot be used", tells=True),
    errors.CallbackNotVerified: Problem(400, "callback_not_verified", "The provider's answer is not signed as it should be"),
    errors.StateUnknown: Problem(400, "flow_unknown", "This connect attempt is not known"),
    errors.FlowExpired: Problem(400, "flow_expired", "This connect attempt took longer than ten minutes"),
    errors.FlowFinished: Problem(400, "flow_finished", "This connect attempt is finished already"),
    errors.ProviderDeclined: Problem(400, "provider_declined", "The provider ended the connect attempt"),
    errors.AccountMismatch: Problem(409, "other_account_linked", "Another account is linked already"),
    errors.ProviderMisconfigured: Problem(502, "provider_misconfigured", "The provider refuses this gateway's own credentials"),
    errors.ProviderUnavailable: Problem(503, "provider_unavailable", "The provider does not answer"),
    errors.ProviderError: Problem(502, "provider_error", "The provider did not do what was asked"),
    errors.StoreUnavailable: Problem(503, "store_unavailable", "The gateway's database does not answer"),
    errors.VaultError: Problem(503, "connection_unreadable", "This connection's tokens cannot be opened"),
}  # fmt: skip

INTERNAL = Problem(500, "internal_error", "Something went wrong on our side")
CODES_OF_STATUS = {
    400: "invalid_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}
TITLES_OF_STATUS = {
    400: "The request cannot be read",
    404: "There is nothing here",
    405: "This address does not take that method",
    413: "The request is too large",
}


def problem_of(error: BaseException) -> Problem:
    """The entry of the nearest class of ``error``; an unknown error is an internal one."""
    if isinstance(error, HTTPException):
        status = error.status_code
        code = CODES_OF_STATUS.get(status, "invalid_request")
        return Problem(status, code, TITLES_OF_STATUS.get(status, "The request was refused"))
    for kind in type(error).__mro__:
        if kind in PROBLEMS:
            return PROBLEMS[kind]
    return INTERNAL


def detail_of(error: BaseException, problem: Problem) -> str:
    """The sentence that goes with it."""
    return str(error) if problem.tells else f"{problem.title}."


def problem_response(
    error: BaseException, *, request_id: str, extra: dict[str, Any] | None = None
) -> JSONResponse:
    """The ``application/problem+json`` answer for ``error``."""
    problem = problem_of(error)
    body: dict[str, Any] = {
        "type": f"urn:connector-gateway:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": detail_of(error, problem),
        "code": problem.code,
        "request_id": request_id,
    } | (extra or {})
    headers = {"Cache-Control": "no-store"}
    if problem.status == 503:
        headers["Retry-After"] = str(getattr(error, "retry_after", None) or RETRY_AFTER)
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, HTTPException) and error.headers:
        headers |= dict(error.headers)
    return JSONResponse(body, problem.status, headers, media_type="application/problem+json")
