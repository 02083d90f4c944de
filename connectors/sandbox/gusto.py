"""Gusto, by docs.gusto.com/app-integrations: OAuth2, refresh tokens, token info."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, rfc6749


def _token_info(call: ApiCall) -> dict[str, Any]:
    known = call.account.facts
    return {
        "scope": "companies:read employees:read",
        "resource": {"type": "Company", "uuid": known["company"]},
        "resource_owner": {"type": "CompanyAdmin", "uuid": known["admin"]},
    }


PROVIDER = rfc6749(
    "gusto",
    title="Gusto",
    authorize="api.gusto.com/oauth/authorize",
    token="api.gusto.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=7200,
    answer={"scope": "companies:read employees:read"},
    scopes="",
    accounts={
        (f"{company}-{admin}", f"{name} ({company})"): {"company": company, "admin": admin}
        for company, admin, name in (
            ("sandbox-acme", "sandbox-ana", "Ana Diaz"),
            ("sandbox-acme", "sandbox-ben", "Ben Okoro"),
        )
    },
    api_base="api.gusto.com/v1",
    api={"/token_info": _token_info},
    api_refusal=Refusal(401, {"errors": [{"error_key": "base", "category": "invalid_token"}]}),
)
