"""The members of a problem document beside the usual ones: the connector, the link, the fields."""

from __future__ import annotations

from typing import Any

from gateway.clock import rfc3339
from gateway.errors import (
    ApprovalRequired,
    CallFailed,
    IdempotencyOutcomeUnknown,
    IntegrationRefused,
    InvalidArguments,
    RuleRefused,
    ToolRefused,
)
from gateway.web.available import connect_url

_WITH_CONNECT_URL = {
    "connector_required",
    "reauthorization_required",
    "scopes_required",
    "connection_incomplete",
}


def approval_facts(error: ApprovalRequired) -> dict[str, str]:
    """Return the approval that a call waits for, and the page where a person decides."""
    return {
        "approval_id": error.approval_id,
        "url": error.url,
        "expires_at": rfc3339(error.expires_at),
    }


def facts_of(error: BaseException, code: str, public_url: str) -> dict[str, Any]:
    """Return the members of an error's problem document beside the usual ones."""
    facts: dict[str, Any] = {}
    connector = getattr(error, "connector", None)
    if connector is not None:
        facts["connector"] = connector
    if code in _WITH_CONNECT_URL:
        broken = getattr(error, "connection", None)
        facts["connect_url"] = connect_url(
            public_url,
            str(connector),
            broken,
            getattr(error, "scopes", ()),
            getattr(error, "tool", None),
        )
    if tool := getattr(error, "tool", None):
        facts["tool"] = tool
    if isinstance(error, InvalidArguments):
        facts["errors"] = [{"field": name, "message": text} for name, text in error.problems]
    if isinstance(error, ToolRefused):
        facts |= {"reason": error.reason, "provider_status": error.status}
    if isinstance(error, IntegrationRefused):
        facts["reason"] = error.code
    if isinstance(error, RuleRefused):
        facts |= {"rule": error.rule, "rule_name": error.rule_name}
    if (owner := getattr(error, "owner", None)) not in {None, "user"}:
        facts["owner"] = owner  # somebody else than the user has to act
    if isinstance(error, CallFailed | IdempotencyOutcomeUnknown):
        facts["outcome_unknown"] = error.outcome_unknown
    if problems := getattr(error, "errors", None):
        facts["errors"] = problems
    return facts
