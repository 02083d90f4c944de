"""Deepgram, by developers.deepgram.com (authentication, list projects, errors)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "deepgram",
    title="Deepgram",
    keys={
        "ana": {"key": "1a2b3c4d5e6f708192a3b4c5d6e7f80912345678"},
        "ben": {"key": "2b3c4d5e6f708192a3b4c5d6e7f8091a87654321"},
    },
    headers={"authorization": "Token {key}"},
    refusal=Refusal(
        401, {"err_code": "INVALID_AUTH", "err_msg": "Invalid credentials.", "request_id": "0"}
    ),
    api={"/projects": facts("projects")},
    api_base="api.deepgram.com/v1",
    facts={
        "ana": {
            "projects": [
                {"project_id": "1a000000-0000-4000-8000-000000000001", "name": "Ana's project"}
            ]
        },
        "ben": {
            "projects": [{"project_id": "2b000000-0000-4000-8000-000000000002", "name": "Globex"}]
        },
    },
)
