"""Planning Center, seen from its own side.

Sources: developer.planning.center/docs (authentication, people), planningcenter/developers.
"""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, needs, rfc6749


def _api_error(status: int, title: str) -> Refusal:
    return Refusal(status, {"errors": [{"status": str(status), "title": title}]})


def _me(call: ApiCall) -> dict[str, Any]:
    known = call.account.facts
    return {"data": {"type": "Person", "id": known["id"], "attributes": known["attributes"]}}


PROVIDER = rfc6749(
    "planning-center",
    title="Planning Center",
    authorize="api.planningcenteronline.com/oauth/authorize",
    token="api.planningcenteronline.com/oauth/token",
    revoke="api.planningcenteronline.com/oauth/revoke",
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",  # the answer names a token; the rest is not documented
    expires_in=7200,
    answer={"token_type": "bearer", "created_at": 1_500_000_000},
    required={"response_type": "code", "scope": None},
    scopes="people services groups calendar giving check_ins registrations",
    accounts={
        (number, name): {"id": number, "attributes": {"name": name, "first_name": name.split()[0]}}
        for number, name in (("120001", "Ana Diaz"), ("120002", "Ben Okoro"))
    },
    api_base="api.planningcenteronline.com",
    api={"/people/v2/me": needs("people", _api_error(403, "Forbidden"), _me)},
    api_refusal=_api_error(401, "Unauthorized"),
)
