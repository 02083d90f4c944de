"""WHOOP, seen from its own side.

Sources: developer.whoop.com/docs/developing/oauth, developer.whoop.com/api (profile, revoke
access).
"""

from connectors.sandbox import Refusal, RevokeRules, facts, needs, rfc6749

PROVIDER = rfc6749(
    "whoop",
    title="WHOOP",
    authorize="api.prod.whoop.com/oauth/oauth2/auth",
    token="api.prod.whoop.com/oauth/oauth2/token",
    revoke=RevokeRules(
        address="api.prod.whoop.com/developer/v2/user/access",
        method="DELETE",
        token="api_header",
        reach="account",
    ),
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=3600,
    offline="offline",
    answer={"token_type": "bearer"},
    scopes="read:profile read:recovery read:sleep read:workout read:cycles read:body_measurement "
    "offline",
    required={"response_type": "code", "scope": None},
    accounts={
        (str(number), f"{first} {last} ({email})"): {
            "user_id": number,
            "email": email,
            "first_name": first,
            "last_name": last,
        }
        for number, first, last, email in (
            (10129001, "Ana", "Diaz", "ana.diaz@example.com"),
            (10129002, "Ben", "Okoro", "ben.okoro@example.com"),
        )
    },
    api_base="api.prod.whoop.com/developer/v2",
    api={
        "/user/profile/basic": needs(
            "read:profile",
            Refusal(401, {"message": "Authorization was not valid"}),
            facts("user_id", "email", "first_name", "last_name"),
        )
    },
    api_refusal=Refusal(401, {"message": "Authorization was not valid"}),
)
