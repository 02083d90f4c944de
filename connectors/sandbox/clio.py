"""Clio Manage, seen from its own side.

Sources: docs.developers.clio.com/api-docs/authorization, docs.developers.clio.com/faq,
…/api-reference (who_am_i).
"""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, RevokeRules, rfc6749


def _who(call: ApiCall) -> dict[str, Any]:
    return {"data": dict(call.account.facts)}


PROVIDER = rfc6749(
    "clio",
    title="Clio",
    authorize="app.clio.com/oauth/authorize",
    token="app.clio.com/oauth/token",
    revoke=RevokeRules(address="app.clio.com/oauth/deauthorize", token="api_header"),
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="none",
    expires_in=2_592_000,
    answer={"token_type": "bearer"},
    scopes="",
    accounts={
        (str(number), name): {"id": number, "etag": f'"{number}"', "name": name}
        for number, name in ((344100001, "Ana Diaz"), (344100002, "Ben Okoro"))
    },
    api_base="app.clio.com/api/v4",
    api={"/users/who_am_i": _who},
    api_refusal=Refusal(
        401, {"error": {"type": "UnauthorizedError", "message": "User is not authorized"}}
    ),
)
