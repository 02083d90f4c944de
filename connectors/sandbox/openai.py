"""OpenAI's own side, by platform.openai.com/docs/api-reference (authentication, models)."""

from connectors.sandbox import Refusal, key_provider

MODEL = {"id": "gpt-4o", "object": "model", "created": 1686935002, "owned_by": "openai"}
WRONG = {
    "message": "Incorrect API key provided.",
    "type": "invalid_request_error",
    "param": None,
    "code": "invalid_api_key",
}
PROVIDER = key_provider(
    "openai",
    title="OpenAI",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"key": "sk-proj-sandbox-Ana_8f31c6d24b7e905a"},
        "ben": {"key": "sk-svcacct-sandbox-Ben_20d94e6f1a8b57c3"},
    },
    refusal=Refusal(401, {"error": WRONG}),
    api_base="api.openai.com/v1",
    api={"/models": lambda call: {"object": "list", "data": [MODEL]}},
)
