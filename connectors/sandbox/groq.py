"""Groq's own side, by console.groq.com/docs (api-reference, errors)."""

from connectors.sandbox import Refusal, key_provider

MODEL = {
    "id": "llama-3.3-70b-versatile",
    "object": "model",
    "owned_by": "Meta",
    "active": True,
    "context_window": 131072,
}
WRONG = {"message": "Invalid API Key", "type": "invalid_request_error", "code": "invalid_api_key"}
PROVIDER = key_provider(
    "groq",
    title="Groq",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"key": "gsk_SandboxAna5a1db0c494e7f8b2d6c03e9f71a58QwErTyUiOp"},
        "ben": {"key": "gsk_SandboxBenc73e9d108452fa6b1c0d4e8f2937bAsDfGhJkLz"},
    },
    refusal=Refusal(401, {"error": WRONG}),
    api_base="api.groq.com/openai/v1",
    api={"/models": lambda call: {"object": "list", "data": [MODEL]}},
)
