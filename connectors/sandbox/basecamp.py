"""Basecamp, by basecamp/bc3-api: sections/authentication.md, people.md (``/my/profile.json``)."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, rfc6749

_DENIED = Refusal(401, {"error": "OAuth token expired (old age)"})


def _authorization(call: ApiCall) -> dict[str, Any]:
    known = call.account.facts
    classic = {"product": "bcx", "id": 1, "name": "Old", "href": "https://basecamp.com/1/api/v1"}
    account = {"product": "bc3", "id": known["account"], "name": known["company"]}
    identity = {"id": known["id"], "email_address": known["email"]}
    return {"identity": identity, "accounts": [classic, account]}


def _profile(call: ApiCall) -> dict[str, Any] | Refusal:
    """The person in the account of the address; another account does not know the token."""
    known = call.account.facts
    at_home = call.address.split("/")[1] == str(known["account"])
    return {"id": known["id"], "email_address": known["email"]} if at_home else _DENIED


PROVIDER = rfc6749(
    "basecamp",
    title="Basecamp",
    authorize="launchpad.37signals.com/authorization/new",
    token="launchpad.37signals.com/authorization/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=1_209_600,
    answer_without={"scope"},
    scopes="",
    accounts={
        (str(user), f"{name} ({company})"): {
            "id": user,
            "email": f"{name.split()[0].lower()}@acme.example",
            "account": account,
            "company": company,
        }
        for user, name, account, company in (
            (9000001, "Ana Diaz", 195539477, "Honcho"),
            (9000002, "Ben Okoro", 195539477, "Honcho"),
        )
    },
    api_base="3.basecampapi.com/{tenant}",
    api={
        "launchpad.37signals.com/authorization.json": _authorization,
        "/my/profile.json": _profile,
    },
    api_hosts={"launchpad.37signals.com", "3.basecampapi.com"},
    api_refusal=_DENIED,
)
