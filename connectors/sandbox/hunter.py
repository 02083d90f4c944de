"""Hunter, by hunter.io/api-documentation/v2 (authentication, errors, account information)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "hunter",
    title="Hunter",
    keys={
        "ana": {"key": "1a2b3c4d5e6f708192a3b4c5d6e7f80912345678"},
        "ben": {"key": "2b3c4d5e6f708192a3b4c5d6e7f8091a87654321"},
    },
    query={"api_key": "{key}"},
    refusal=Refusal(
        401,
        {
            "errors": [
                {
                    "id": "authentication_failed",
                    "code": 401,
                    "details": "No user found for the API key supplied",
                }
            ]
        },
    ),
    api={"/account": lambda call: {"data": {"plan_name": "Free"}}},
    api_base="api.hunter.io/v2",
)
