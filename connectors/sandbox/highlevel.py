"""HighLevel, seen from its own side: an app for locations.

Sources: marketplace.gohighlevel.com/docs (OAuth 2.0, get access token, get location),
GoHighLevel/highlevel-api-docs.
"""

from typing import Any

from connectors.provider import ApiAnswer
from connectors.sandbox import ApiCall, IssuedTokens, Refusal, needs, rfc6749

_DENIED = Refusal(403, {"statusCode": 403, "message": "The token has no access"})
_LOCATIONS = (
    ("SandboxLocationAna01", "Diaz Dental", "Ana Diaz", "ana.diaz@example.com"),
    ("SandboxLocationBen02", "Okoro Gym", "Ben Okoro", "ben.okoro@example.com"),
)


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    number = issued.account.facts["id"]
    return {"userType": "Location", "companyId": "SandboxCompany01", "locationId": number}


def _location(number: str) -> ApiAnswer:
    """One location, which only its own tokens may see."""

    def answer(call: ApiCall) -> dict[str, Any] | Refusal:
        if call.account.facts["id"] != number or "locations.readonly" not in call.scopes:
            return _DENIED
        return {"location": dict(call.account.facts)}

    return answer


def _check(params: Any) -> str | None:
    known = {"Company", "Location"}
    return None if params.get("user_type", "Location") in known else "invalid_request"


PROVIDER = rfc6749(
    "highlevel",
    title="HighLevel",
    authorize="marketplace.gohighlevel.com/oauth/chooselocation",
    token="services.leadconnectorhq.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=86_399,
    exchange_params=("grant_type", "code", "redirect_uri", "user_type"),
    refresh_params=("grant_type", "refresh_token", "user_type"),
    check=_check,
    answer=_answer,
    required={"response_type": "code", "scope": None},
    scopes="locations.readonly contacts.readonly contacts.write calendars.readonly "
    "calendars/events.readonly conversations.readonly",
    accounts={
        (number, f"{title} ({person})"): {"id": number, "name": title, "email": email}
        for number, title, person, email in _LOCATIONS
    },
    api_base="services.leadconnectorhq.com",
    api={
        "/contacts/": needs("contacts.readonly", _DENIED, lambda call: {"contacts": []}),
        **{f"/locations/{number}": _location(number) for number, *_ in _LOCATIONS},
    },
    api_headers={"version": frozenset({"2021-07-28"})},
    api_refusal=Refusal(401, {"statusCode": 401, "message": "Invalid JWT"}),
)
