"""Reddit, seen from its own side.

Sources: github.com/reddit-archive/reddit/wiki/OAuth2, reddit.com/dev/api (identity),
reddit.com/api/v1/scopes. Refusals: praw-dev/prawcore.
"""

from connectors.sandbox import Refusal, RefusedRequest, facts, needs, rfc6749


def _error(refused: RefusedRequest) -> Refusal:
    if refused.reason == "client":
        return Refusal(401, {"message": "Unauthorized", "error": 401})
    if refused.reason in {"refresh_token_unknown", "grant_revoked"}:
        return Refusal(400, {"message": "Bad Request", "error": 400})
    return Refusal(200, {"error": refused.error})


PROVIDER = rfc6749(
    "reddit",
    title="Reddit",
    authorize="www.reddit.com/api/v1/authorize",
    token="www.reddit.com/api/v1/access_token",
    revoke="www.reddit.com/api/v1/revoke_token",
    client_auth="basic",
    body_format="form",
    pkce="ignored",
    rotation="none",
    expires_in=86_400,
    offline=lambda params, consented: params.get("duration") == "permanent",
    answer={"token_type": "bearer"},
    error_answer=_error,
    params={"duration"},
    required={"response_type": "code", "scope": None},
    scopes="identity read submit edit mysubreddits privatemessages history vote save subscribe",
    accounts={
        (number, f"{name} (u/{handle})"): {"id": number, "name": handle}
        for number, handle, name in (
            ("1sandboxa", "ana_sandbox", "Ana Diaz"),
            ("1sandboxb", "ben_sandbox", "Ben Okoro"),
        )
    },
    api_base="oauth.reddit.com",
    api={
        "/api/v1/me": needs(
            "identity", Refusal(403, {"message": "Forbidden", "error": 403}), facts("id", "name")
        )
    },
    api_refusal=Refusal(401, {"message": "Unauthorized", "error": 401}),
)
