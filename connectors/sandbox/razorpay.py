"""Razorpay, by razorpay.com/docs/api (authentication, items, errors)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "razorpay",
    title="Razorpay",
    keys={
        "ana": {"key_id": "rzp_test_Ana1AbCdEf0123", "key_secret": "Sandbox1AnaAbCdEf012345"},
        "ben": {"key_id": "rzp_live_Ben2AbCdEf0123", "key_secret": "Sandbox2BenAbCdEf543210"},
    },
    basic=("{key_id}", "{key_secret}"),
    refusal=Refusal(
        401, {"error": {"code": "BAD_REQUEST_ERROR", "description": "Authentication failed"}}
    ),
    api={"/items": lambda call: {"entity": "collection", "count": 0, "items": []}},
    api_base="api.razorpay.com/v1",
)
