"""Sentry, by its metadata (sentry.io/.well-known/oauth-authorization-server),
docs.sentry.io/api/auth and its own source: getsentry/sentry, ``oauth_token.py``. The root of the
API: getsentry/sentry-cli.
"""

from connectors.sandbox import KeyRules, Place, Refusal, rfc6749

_PEOPLE = {
    "2001": {"id": "2001", "name": "Ana Diaz", "email": "ana@acme.example"},
    "2002": {"id": "2002", "name": "Ben Okoro", "email": ""},
}

PROVIDER = rfc6749(
    "sentry",
    title="Sentry",
    authorize="sentry.io/oauth/authorize/",
    token="sentry.io/oauth/token/",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    ends_access_token=True,
    expires_in=2_592_000,
    answer=lambda issued: {"token_type": "bearer", "user": issued.account.facts["user"]},
    scopes="org:read org:write project:read project:write project:releases event:read event:write "
    "event:admin team:read member:read",
    accounts={(key, each["name"]): {"user": each} for key, each in _PEOPLE.items()},
    api_base="sentry.io/api/0",
    api={"/": lambda call: {"version": "0", "user": call.account.facts["user"]}},
    api_refusal=Refusal(401, {"detail": "Invalid token"}),
    keys=KeyRules(
        held={
            "2001": {"token": f"sntryu_{'a1b2c3d4e5f60718' * 4}"},
            "2002": {"token": f"sntryu_{'18f7e6d5c4b3a291' * 4}"},
        },
        place=Place(headers={"authorization": "Bearer {token}"}),
    ),
)
