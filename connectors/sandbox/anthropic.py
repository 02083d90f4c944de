"""The Claude API, by platform.claude.com (API overview, versioning, errors, list models)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "anthropic",
    title="Anthropic",
    keys={
        "acme": {"key": "sk-ant-api03-Sandbox-acme-0123456789abcdef"},
        "globex": {"key": "sk-ant-api03-Sandbox-globex-0123456789abcdef"},
    },
    headers={"x-api-key": "{key}"},
    required_headers={"anthropic-version": frozenset({"2023-06-01", "2023-01-01"})},
    refusal=Refusal(
        401,
        {
            "type": "error",
            "error": {"type": "authentication_error", "message": "invalid x-api-key"},
        },
    ),
    api={"/models": lambda call: {"data": [], "has_more": False, "first_id": None}},
    api_base="api.anthropic.com/v1",
)
