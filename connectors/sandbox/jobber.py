"""Jobber, seen from its own side: an app with refresh token rotation.

Sources: developer.getjobber.com/docs/building_your_app/app_authorization, …/refresh_token_rotation,
…/docs/using_jobbers_api/api_queries_and_mutations.
"""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, rfc6749


def _graphql(call: ApiCall) -> dict[str, Any]:
    """The account's id and name, and no more GraphQL than that."""
    if call.json != {"query": "{ account { id name } }"}:
        return {"errors": [{"message": "The simulation knows the account alone"}]}
    return {"data": {"account": dict(call.account.facts)}}


PROVIDER = rfc6749(
    "jobber",
    title="Jobber",
    authorize="api.getjobber.com/api/oauth/authorize",
    token="api.getjobber.com/api/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=None,  # no answer tells it
    answer_without={"token_type"},
    scopes="",
    accounts={
        (key, f"{title} ({name})"): {"id": f"Z2lkOi8vSm9iYmVyLSandbox{key}", "name": title}
        for key, title, name in (("1", "Acme", "Ana Diaz"), ("2", "Okoro Plumbing", "Ben Okoro"))
    },
    api_base="api.getjobber.com/api",
    api={"POST /graphql": _graphql},
    api_headers={"x-jobber-graphql-version": frozenset({"2025-01-20", "2025-04-16"})},
    api_refusal=Refusal(401, {"error": "invalid_request", "message": "Invalid access token"}),
)
