"""Replicate, by replicate.com/docs/reference/http (authentication, account, errors) and its client.

Sources for the refusal: what ``GET /v1/account`` says to a wrong token, as the tests of Replicate's
own client quote it.
"""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "replicate",
    title="Replicate",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"key": "r8_SandboxAna0123456789abcdefghijABCDEFG"},
        "ben": {"key": "r8_SandboxBen9876543210abcdefghijABCDEFG"},
    },
    refusal=Refusal(
        401,
        {
            "title": "Unauthenticated",
            "detail": "You did not pass a valid authentication token",
            "status": 401,
        },
    ),
    api_base="api.replicate.com/v1",
    api={"/account": facts("type", "username", "name", "github_url")},
    facts={
        "ana": {"type": "user", "username": "ana", "name": "Ana Diaz", "github_url": ""},
        "ben": {"type": "user", "username": "ben", "name": "Ben Okoro", "github_url": ""},
    },
)
