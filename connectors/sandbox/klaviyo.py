"""Klaviyo, by developers.klaviyo.com (authenticate API requests, get accounts, errors)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "klaviyo",
    title="Klaviyo",
    keys={
        "ana": {"key": "pk_1a2b3c4d5e6f708192a3b4c5d6e7f80912"},
        "ben": {"key": "pk_AbC123_2b3c4d5e6f708192a3b4c5d6e7f8091a34"},
    },
    headers={"authorization": "Klaviyo-API-Key {key}"},
    required_headers={"revision": frozenset({"2025-10-15"})},
    refusal=Refusal(
        401,
        {
            "errors": [
                {
                    "status": 401,
                    "code": "authentication_failed",
                    "title": "Incorrect authentication credentials.",
                }
            ]
        },
    ),
    api={"/accounts": facts("data")},
    api_base="a.klaviyo.com/api",
    facts={
        "ana": {
            "data": [
                {
                    "type": "account",
                    "id": "AbC123",
                    "attributes": {"contact_information": {"organization_name": "Acme"}},
                }
            ]
        },
        "ben": {
            "data": [
                {
                    "type": "account",
                    "id": "DeF456",
                    "attributes": {"contact_information": {"organization_name": "Globex"}},
                }
            ]
        },
    },
)
