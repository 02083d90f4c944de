"""Chargebee, by apidocs.chargebee.com (authentication, error handling, business entities)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "chargebee",
    title="Chargebee",
    keys={
        "ana": {"site": "acme-test", "key": "test_Sandbox1AnaAbCdEf0123456789"},
        "ben": {"site": "globex", "key": "live_Sandbox2BenAbCdEf9876543210"},
    },
    basic=("{key}", ""),
    refusal=Refusal(
        401,
        {
            "message": "Sorry, authentication failed. Invalid api key",
            "api_error_code": "api_authentication_failed",
            "http_status_code": 401,
        },
    ),
    api={"/business_entities": lambda call: {"list": []}},
    api_base="{tenant}.chargebee.com/api/v2",
)
