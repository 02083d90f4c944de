"""Capsule, by its metadata (api.capsulecrm.com/.well-known/openid-configuration), as
api-evangelist/capsule keeps it, and developer.capsulecrm.com/v2/overview/authentication.
"""

from connectors.sandbox import Refusal, facts, needs, rfc6749

_FORBIDDEN = Refusal(403, {"message": "insufficient scope"})

PROVIDER = rfc6749(
    "capsule",
    title="Capsule",
    authorize="api.capsulecrm.com/oauth/authorise",
    token="api.capsulecrm.com/oauth/token",
    revoke="api.capsulecrm.com/oauth/revoke",
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=604_799,
    api_refusal=Refusal(401, {"message": "unauthorized"}),
    scopes="openid profile email read write",
    accounts={
        (key, name): {"sub": key, "tenant": "acme", "name": name, "email": email}
        for key, name, email in (
            ("6001", "Ana Diaz", "ana@acme.example"),
            ("6002", "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="api.capsulecrm.com/api/v2",
    api={
        "/users/current": lambda call: {"user": {"id": call.account.facts["sub"]}},
        "api.capsulecrm.com/oauth/userinfo": needs(
            "openid", _FORBIDDEN, facts("sub", "tenant", name="profile", email="email")
        ),
    },
)
