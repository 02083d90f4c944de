"""AWeber, by api.aweber.com: OAuth 2.0 reference, accounts.

What a refresh does to its token is not known: RFC 6749 is taken.
"""

from connectors.sandbox import Refusal, facts, needs, rfc6749

_FORBIDDEN = Refusal(403, {"error": {"type": "ForbiddenError", "status": 403}})

PROVIDER = rfc6749(
    "aweber",
    title="AWeber",
    authorize="auth.aweber.com/oauth2/authorize",
    token="auth.aweber.com/oauth2/token",
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=7200,
    api_refusal=Refusal(401, {"error": {"type": "UnauthorizedError", "status": 401}}),
    scopes="account.read list.read list.write subscriber.read subscriber.write email.read "
    "email.write",
    accounts={
        (str(key), name): {"entries": [{"id": key, "company": name}], "total_size": 1}
        for key, name in ((901, "Ana Diaz"), (902, "Ben Okoro"))
    },
    api_base="api.aweber.com/1.0",
    api={"/accounts": needs("account.read", _FORBIDDEN, facts("entries", "total_size"))},
)
