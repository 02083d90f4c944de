"""Moneybird, by developer.moneybird.com (authentication, scopes, administrations)."""

from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, rfc6749


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    return {"created_at": int(issued.issued_at.timestamp())}


def _administrations(call: ApiCall) -> list[dict[str, Any]] | Refusal:
    if not call.scopes:
        return Refusal(403, {"error": "insufficient scope"})
    return [{**call.account.facts, "currency": "EUR", "country": "NL"}]


PROVIDER = rfc6749(
    "moneybird",
    title="Moneybird",
    authorize="moneybird.com/oauth/authorize",
    token="moneybird.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=None,
    answer=_answer,
    scopes="sales_invoices documents estimates bank time_entries settings",
    accounts={
        (key, f"{name} ({company})"): {"id": number, "name": company}
        for key, name, number, company in (
            ("ana", "Ana Diaz", "123456789012345671", "Acme BV"),
            ("ben", "Ben Okoro", "123456789012345672", "Globex BV"),
        )
    },
    api_base="moneybird.com/api/v2",
    api={"/administrations.json": _administrations},
)
