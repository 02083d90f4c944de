"""Intrinio, by docs.intrinio.com (authentication, response codes) and the SDK that it publishes
(intrinio/python-sdk: SecurityApi, get_security_by_id)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "intrinio",
    title="Intrinio",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"key": "OjJlN2QyYzAzYTk1MDdhZTI2NWVjZjViNTM1Njg4NWE1"},
        "ben": {"key": "OjNmNzliYjdiNDM1YjA1MzIxNjUxZGFlZmQzNzRjZGM2"},
    },
    refusal=Refusal(401, {"error": "Unauthorized", "message": "…"}),
    api={
        "/securities/AAPL": lambda call: {
            "id": "sec_agjrgj",
            "ticker": "AAPL",
            "name": "Apple Inc",
            "currency": "USD",
        }
    },
    api_base="api-v2.intrinio.com",
)
