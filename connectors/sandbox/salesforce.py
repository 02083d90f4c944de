"""Salesforce, by help.salesforce.com: OAuth 2.0 web server flow, refresh token flow, revoke
tokens, authorization errors, userinfo endpoint.

The API's refusals are a list of objects there; here each is the object.
"""

from typing import Any

from connectors.provider import ApiAnswer
from connectors.sandbox import IssuedTokens, Refusal, RevokeRules, facts, needs, rfc6749

_LOGIN = (
    "{*.my.salesforce.com|*.sandbox.my.salesforce.com|login.salesforce.com|test.salesforce.com}"
    "/services/oauth2"
)
_DEAD = Refusal(401, {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"})
_PEOPLE = (
    ("acme.my.salesforce.com", "00DSandboxAcme01", "005SandboxAna001", "Ana Diaz", "ana"),
    (
        "globex--dev.sandbox.my.salesforce.com",
        "00DSandboxGlob01",
        "005SandboxBen001",
        "Ben Okoro",
        "ben",
    ),
)


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    known = issued.account.facts
    return {
        "instance_url": f"https://{known['host']}",
        "id": f"https://{issued.tenant}/id/{known['organization_id']}/{known['user_id']}",
        "issued_at": "1796000000000",
        "signature": "sandbox-not-a-signature",
    }


def _userinfo(host: str) -> ApiAnswer:
    """The answer of one organisation's host, which takes nobody else's tokens."""
    known = facts("user_id", "organization_id", "preferred_username", "name")
    granted = needs("openid", Refusal(403, {"errorCode": "INSUFFICIENT_SCOPE"}), known)
    return lambda call: granted(call) if call.account.facts["host"] == host else _DEAD


PROVIDER = rfc6749(
    "salesforce",
    title="Salesforce",
    authorize=f"{_LOGIN}/authorize",
    token=f"{_LOGIN}/token",
    revoke=RevokeRules(address=f"{_LOGIN}/revoke"),
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="none",
    expires_in=None,
    offline="refresh_token",
    answer=_answer,
    params={"prompt", "login_hint", "display"},
    account_choice={"prompt": "consent"},
    scopes="api refresh_token openid id profile email web full",
    accounts={
        (f"{organization}:{user}", f"{name} ({host})"): {
            "host": host,
            "organization_id": organization,
            "user_id": user,
            "preferred_username": f"{email}@example.com",
            "name": name,
        }
        for host, organization, user, name, email in _PEOPLE
    },
    api_base="",
    api={f"{host}/services/oauth2/userinfo": _userinfo(host) for host, *_ in _PEOPLE},
    api_hosts={"*.my.salesforce.com"},
    api_refusal=_DEAD,
)
