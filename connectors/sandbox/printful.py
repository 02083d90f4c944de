"""Printful, by developers.printful.com/docs (authorization, OAuth scopes, errors)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "printful",
    title="Printful",
    keys={
        "ana": {"key": "Sandbox1Ana0123456789ABCDEFGHIJabcdefghij", "store_id": "10000001"},
        "ben": {"key": "Sandbox2Ben9876543210ABCDEFGHIJabcdefghij", "store_id": ""},
    },
    headers={"authorization": "Bearer {key}", "x-pf-store-id": "{store_id}"},
    refusal=Refusal(
        401,
        {
            "code": 401,
            "result": "The access token provided is invalid.",
            "error": {"reason": "Unauthorized", "message": "The access token provided is invalid."},
        },
    ),
    api={"/oauth/scopes": lambda call: {"code": 200, "result": {"scopes": [{"scope": "orders"}]}}},
    api_base="api.printful.com",
)
