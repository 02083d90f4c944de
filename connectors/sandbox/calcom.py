"""Cal.com, by cal.com/docs/api-reference/v2: oauth, me. Its documents are in calcom/cal.com."""

from typing import Any

from connectors.sandbox import ApiCall, KeyRules, Place, Refusal, rfc6749


def _me(call: ApiCall) -> dict[str, Any]:
    return {"status": "success", "data": call.account.facts}


PROVIDER = rfc6749(
    "calcom",
    title="Cal.com",
    authorize="app.cal.com/auth/oauth2/authorize",
    token="api.cal.com/v2/auth/oauth2/token",
    revoke=None,
    client_auth="post",
    body_format="json",
    pkce="verified",
    rotation="strict",
    expires_in=1800,
    required={"scope": None},
    params={"response_type"},
    scopes="PROFILE_READ PROFILE_WRITE EVENT_TYPE_READ EVENT_TYPE_WRITE BOOKING_READ BOOKING_WRITE "
    "SCHEDULE_READ SCHEDULE_WRITE APPS_READ",
    accounts={
        (str(number), name): {"id": number, "username": name.split()[0].lower(), "email": email}
        for number, name, email in (
            (301, "Ana Diaz", "ana@acme.example"),
            (302, "Ben Okoro", "ben@globex.example"),
        )
    },
    api_base="api.cal.com/v2",
    api={"/me": _me},  # wants PROFILE_READ of an OAuth token, and nothing of a key
    api_refusal=Refusal(401, {"status": "error", "error": {"code": "UnauthorizedException"}}),
    keys=KeyRules(
        held={
            "301": {"key": "cal_live_Sandbox1ana0123456789abcdef"},
            "302": {"key": "cal_live_Sandbox2ben9876543210abcdef"},
        },
        place=Place(headers={"authorization": "Bearer {key}"}),
    ),
)
