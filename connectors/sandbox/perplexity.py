"""Perplexity, by docs.perplexity.ai (authentication, files, errors) and its own client."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "perplexity",
    title="Perplexity",
    headers={"authorization": "Bearer {key}"},
    keys={
        "acme": {"key": "pplx-SandboxAcme0123456789abcdefghij0123456789abcdefg"},
        "globex": {"key": "pplx-SandboxGlobex9876543210abcdefghij0123456789abcde"},
    },
    refusal=Refusal(
        401,
        {"error": {"message": "Invalid API key provided.", "type": "invalid_api_key", "code": 401}},
    ),
    api_base="api.perplexity.ai",
    api={"/v1/files": lambda call: {"object": "list", "data": []}},
)
