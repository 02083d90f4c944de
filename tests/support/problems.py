"""The shape of an error of the API (RFC 9457)."""

from __future__ import annotations

from typing import Any

import httpx


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem in ``answer``, after checking that it is complete and is this one."""
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    ), answer.text
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "code", "request_id"} <= body.keys()
    assert body.keys() <= {
        "type",
        "title",
        "status",
        "detail",
        "code",
        "request_id",
        "connector",
        "connect_url",
        "errors",
        "outcome_unknown",
        "owner",
        "provider_status",
        "reason",
        "rule",
        "rule_name",
        "tool",
    }
    assert (body["code"], body["status"]) == (code, status), body
    assert body["type"] == f"urn:connector-gateway:{code}"
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["title"]
    assert body["detail"]
    assert answer.headers["cache-control"] == "no-store"
    assert ("retry-after" in answer.headers) == (status in {429, 503} or code == "budget_spent")
    assert ("www-authenticate" in answer.headers) == (status == 401)
    return body
