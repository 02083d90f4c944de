"""WorkOS, by workos.com/docs/reference (API authentication, errors, list organizations)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "workos",
    title="WorkOS",
    keys={
        "ana": {"key": "sk_test_Sandbox1Ana0123456789ABCDEFGHIJabcdefgh"},
        "ben": {"key": "sk_live_Sandbox2Ben9876543210ABCDEFGHIJabcdefgh"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(401, {"message": "Unauthorized"}),
    api={
        "/organizations": lambda call: {
            "object": "list",
            "data": [],
            "list_metadata": {"before": None, "after": None},
        }
    },
    api_base="api.workos.com",
)
