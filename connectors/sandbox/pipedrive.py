"""Pipedrive, by pipedrive.readme.io/docs/marketplace-oauth-authorization and …/app-uninstallation;
developers.pipedrive.com/docs/api/v1: OAuth, Users. The documentation does not know PKCE."""

from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, rfc6749

_DENIED = Refusal(401, {"success": False, "error": "unauthorized access", "errorCode": 401})


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    domain = issued.account.facts["domain"]
    return {"scope": "base,deals:read", "api_domain": f"https://{domain}.pipedrive.com"}


def _me(call: ApiCall) -> dict[str, Any] | Refusal:
    """The person at the company's own host; another company does not know the token."""
    known = call.account.facts
    at_home = call.address.startswith(f"{known['domain']}.")
    return {"success": True, "data": {**known}} if at_home else _DENIED


PROVIDER = rfc6749(
    "pipedrive",
    title="Pipedrive",
    authorize="oauth.pipedrive.com/oauth/authorize",
    token="oauth.pipedrive.com/oauth/token",
    revoke="oauth.pipedrive.com/oauth/revoke",
    client_auth="basic",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=3599,
    answer=_answer,
    scopes="",
    accounts={
        (f"{company}-{user}", f"{name} ({domain})"): {
            "id": user,
            "name": name,
            "email": f"{name.split()[0].lower()}@{domain}.example",
            "company_id": company,
            "company_name": domain.title(),
            "domain": domain,
        }
        for company, user, name, domain in (
            (7000001, 11, "Ana Diaz", "acme"),
            (7000002, 11, "Ben Okoro", "globex"),
        )
    },
    api_base="{tenant}.pipedrive.com/api",
    api={"/v1/users/me": _me},
    api_hosts={"*.pipedrive.com"},
    api_refusal=_DENIED,
)
