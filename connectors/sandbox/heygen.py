"""HeyGen, by docs.heygen.com (quick start, remaining quota, error codes)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "heygen",
    title="HeyGen",
    headers={"x-api-key": "{key}"},
    keys={
        "acme": {"key": "U2FuZGJveEFjbWUwMTIzNDU2Nzg5YWJjZGVm-LTE3"},
        "globex": {"key": "U2FuZGJveEdsb2JleDk4NzY1NDMyMTBhYmNk+/=="},
    },
    refusal=Refusal(401, {"code": 401, "data": None, "message": "Unauthorized"}),
    api_base="api.heygen.com",
    api={
        "/v2/user/remaining_quota": lambda call: {
            "error": None,
            "data": {"remaining_quota": 600, "details": {"api": 600}},
        }
    },
)
