"""Lob, by docs.lob.com (authentication, list addresses, errors)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "lob",
    title="Lob",
    keys={
        "ana": {"key": "test_1a2b3c4d5e6f708192a3b4c5d6e7f809123"},
        "ben": {"key": "live_2b3c4d5e6f708192a3b4c5d6e7f8091a321"},
    },
    basic=("{key}", ""),
    refusal=Refusal(
        401,
        {
            "error": {
                "message": "Your API key is not valid.",
                "status_code": 401,
                "code": "invalid_api_key",
            }
        },
    ),
    api={"/addresses": lambda call: {"object": "list", "count": 0, "data": []}},
    api_base="api.lob.com/v1",
)
