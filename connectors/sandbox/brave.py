"""Brave Search's own side, by api-dashboard.search.brave.com (api-reference/web/search).

The answer to a wrong key is what programs on GitHub have recorded.
"""

from connectors.sandbox import Refusal, key_provider

WRONG = {
    "id": "5d832250-9396-4f6e-b84a-2a1fe524cd7d",
    "code": "SUBSCRIPTION_TOKEN_INVALID",
    "detail": "The provided subscription token is invalid.",
    "meta": {"component": "authentication"},
    "status": 422,
}


PROVIDER = key_provider(
    "brave",
    title="Brave Search",
    headers={"x-subscription-token": "{key}"},
    keys={
        "ana": {"key": "BSASandboxAna5a1db0c494e7f8b2d6"},
        "ben": {"key": "BSASandboxBenc73e9d108452fa6b1c"},
    },
    refusal=Refusal(422, {"type": "ErrorResponse", "error": WRONG}),
    api_base="api.search.brave.com/res/v1",
    api={"POST /web/search": lambda call: {"type": "search", "web": {"results": []}}},
)
