"""Mollie Connect, seen from its own side.

Sources: docs.mollie.com/reference/oauth-authorize, …/oauth-generate-tokens, …/oauth-revoke-tokens,
…/get-current-organization; mollie/mollie-api-node.
"""

from connectors.sandbox import Refusal, RevokeRules, facts, needs, rfc6749


def _api_error(status: int, title: str, detail: str) -> Refusal:
    return Refusal(status, {"status": status, "title": title, "detail": detail})


PROVIDER = rfc6749(
    "mollie",
    title="Mollie",
    authorize="my.mollie.com/oauth2/authorize",
    token="api.mollie.com/oauth2/tokens",
    revoke=RevokeRules(
        address="api.mollie.com/oauth2/tokens",
        method="DELETE",
        client_auth="basic",
        params=frozenset({"token_type_hint"}),
    ),
    client_auth="basic",
    body_format="form",
    pkce="ignored",
    rotation="strict",  # the answer names a token; the rest is not documented
    expires_in=3600,
    answer={"token_type": "bearer"},
    params={"approval_prompt", "landing_page", "locale"},
    account_choice={"approval_prompt": "force"},
    required={"response_type": "code", "scope": None},
    scopes="organizations.read payments.read payments.write refunds.read refunds.write "
    "settlements.read profiles.read customers.read",
    accounts={
        (number, f"{title} ({person})"): {"id": number, "name": title, "email": email}
        for number, title, person, email in (
            ("org_10000001", "Diaz Bikes", "Ana Diaz", "ana.diaz@example.com"),
            ("org_10000002", "Okoro Books", "Ben Okoro", "ben.okoro@example.com"),
        )
    },
    api_base="api.mollie.com/v2",
    api={
        "/organizations/me": needs(
            "organizations.read",
            _api_error(403, "Forbidden", "The token lacks organizations.read"),
            facts("id", "name", "email"),
        )
    },
    api_refusal=_api_error(401, "Unauthorized Request", "Missing authentication"),
)
