"""FreeAgent, by dev.freeagent.com/docs: OAuth, users (``/users/me``)."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, rfc6749


def _me(call: ApiCall) -> dict[str, Any]:
    known = call.account.facts
    url = f"https://api.freeagent.com/v2/users/{known['id']}"
    return {"user": {"url": url, "first_name": known["name"], "email": known["email"]}}


PROVIDER = rfc6749(
    "freeagent",
    title="FreeAgent",
    authorize="api.freeagent.com/v2/approve_app",
    token="api.freeagent.com/v2/token_endpoint",
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=604_800,
    answer_without={"scope"},
    scopes="",
    accounts={
        (str(user), name): {"id": user, "name": name.split()[0], "email": email}
        for user, name, email in (
            (70001, "Ana Diaz", "ana@acme.example"),
            (70002, "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="api.freeagent.com/v2",
    api={"/users/me": _me},
    api_refusal=Refusal(401, {"errors": {"error": {"message": "Access token not recognised"}}}),
)
