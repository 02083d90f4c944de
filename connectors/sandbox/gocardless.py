"""GoCardless, by developer.gocardless.com: partners, API (making requests, creditors)."""

from connectors.sandbox import Refusal, facts, needs, rfc6749

_FORBIDDEN = Refusal(403, {"error": {"type": "invalid_api_usage", "code": 403}})

PROVIDER = rfc6749(
    "gocardless",
    title="GoCardless",
    authorize="connect.gocardless.com/oauth/authorize",
    token="connect.gocardless.com/oauth/access_token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    answer=lambda issued: {
        "token_type": "bearer",
        "organisation_id": issued.account.facts["organisation_id"],
    },
    api_headers={"gocardless-version": frozenset({"2015-07-06"})},
    params={"initial_view", "prefill[email]"},
    api_refusal=Refusal(401, {"error": {"type": "invalid_api_usage", "code": 401}}),
    scopes="read_only read_write",
    accounts={
        (key, name): {"organisation_id": key, "creditors": [{"id": f"CR{number}", "name": name}]}
        for number, key, name in ((1, "ORSANDBOX001", "Ana Diaz"), (2, "ORSANDBOX002", "Ben Okoro"))
    },
    api_base="api.gocardless.com",
    api={"/creditors": needs("read_only", _FORBIDDEN, facts("creditors"))},
)
