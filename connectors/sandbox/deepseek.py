"""DeepSeek's own side, by api-docs.deepseek.com (get-user-balance, error_codes).

The error's shape is that of answers which programs on GitHub have recorded.
"""

from connectors.sandbox import Refusal, key_provider

BALANCE = {
    "currency": "USD",
    "total_balance": "110.00",
    "granted_balance": "10.00",
    "topped_up_balance": "100.00",
}
WRONG = {
    "message": "Authentication Fails, Your api key: ****e78f is invalid",
    "type": "authentication_error",
    "param": None,
    "code": "invalid_request_error",
}
PROVIDER = key_provider(
    "deepseek",
    title="DeepSeek",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"key": "sk-5a1db0c4ana94e7f8b2d6c03e9f71a58"},
        "ben": {"key": "sk-c73e9d10ben8452fa6b1c0d4e8f2937b"},
    },
    refusal=Refusal(401, {"error": WRONG}),
    api_base="api.deepseek.com",
    api={"/user/balance": lambda call: {"is_available": True, "balance_infos": [BALANCE]}},
)
