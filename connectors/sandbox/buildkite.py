"""Buildkite, by buildkite.com/docs/apis/rest-api (authentication, access token)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "buildkite",
    title="Buildkite",
    keys={
        "ana": {"key": "bkua_1a2b3c4d5e6f708192a3b4c5d6e7f80912345678"},
        "ben": {"key": "bkua_2b3c4d5e6f708192a3b4c5d6e7f8091a87654321"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(
        401, {"message": "Authentication required. Please supply a valid API Access Token."}
    ),
    api={"/access-token": facts("uuid", "description", "scopes")},
    api_base="api.buildkite.com/v2",
    facts={
        "ana": {
            "uuid": "1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809",
            "description": "Ana's gateway",
            "scopes": ["read_builds"],
        },
        "ben": {
            "uuid": "2b3c4d5e-6f70-4192-a3b4-c5d6e7f8091a",
            "description": "Builds",
            "scopes": ["read_builds"],
        },
    },
)
