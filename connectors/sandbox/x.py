"""X, seen from its own side: a confidential client (a web app).

Sources: docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code, …/user-access-token;
docs.x.com/x-api/users/user-lookup-me. Refusals: plhery/node-twitter-api-v2#496, tweepy/tweepy#2035.
Reuse of a refresh token: trypostit/trypost#126.
"""

from connectors.sandbox import ApiCall, Refusal, RefusedRequest, rfc6749

_INVALID = {
    "code": "Value passed for the authorization code was invalid.",
    "refresh": "Value passed for the token was invalid.",
    "grant": "Value passed for the token was invalid.",
}


def _error(refused: RefusedRequest) -> Refusal:
    if refused.reason == "client":
        text = "Missing valid authorization header"
        return Refusal(401, {"error": "unauthorized_client", "error_description": text})
    if refused.error != "invalid_grant":
        return refused.standard
    text = _INVALID.get(refused.reason.partition("_")[0], refused.description)
    return Refusal(400, {"error": "invalid_request", "error_description": text})


def _problem(status: int, title: str) -> Refusal:
    said = {"title": title, "type": "about:blank", "status": status, "detail": title}
    return Refusal(status, said)


def _me(call: ApiCall) -> dict[str, object] | Refusal:
    if not {"tweet.read", "users.read"} <= {*call.scopes}:
        return _problem(403, "Forbidden")
    return {"data": dict(call.account.facts)}


PROVIDER = rfc6749(
    "x",
    title="X",
    authorize="x.com/i/oauth2/authorize",
    token="api.x.com/2/oauth2/token",
    revoke="api.x.com/2/oauth2/revoke",
    client_auth="basic",
    body_format="form",
    pkce="required",
    rotation="strict",
    expires_in=7200,
    offline="offline.access",
    answer={"token_type": "bearer"},
    error_answer=_error,
    required={"response_type": "code", "scope": None},
    code_seconds=30,
    scopes="tweet.read tweet.write users.read users.email follows.read like.read offline.access",
    accounts={
        (number, f"{name} (@{handle})"): {"id": number, "name": name, "username": handle}
        for number, name, handle in (
            ("1000000000000000001", "Ana Diaz", "ana_sandbox"),
            ("1000000000000000002", "Ben Okoro", "ben_sandbox"),
        )
    },
    api_base="api.x.com/2",
    api={"/users/me": _me},
    api_refusal=_problem(401, "Unauthorized"),
)
