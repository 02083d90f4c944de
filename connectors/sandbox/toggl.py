"""Toggl Track, by engineering.toggl.com/docs (authentication, me). Errors are plain text there."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "toggl",
    title="Toggl Track",
    keys={
        "ana": {"key": "1a2b3c4d5e6f708192a3b4c5d6e7f809"},
        "ben": {"key": "2b3c4d5e6f708192a3b4c5d6e7f8091a"},
    },
    basic=("{key}", "api_token"),
    refusal=Refusal(403, {"error": "Incorrect username and/or password"}),
    api={"/me": facts("id", "fullname", "email")},
    api_base="api.track.toggl.com/api/v9",
    facts={
        "ana": {"id": 9000001, "fullname": "Ana Diaz", "email": "ana@acme.example"},
        "ben": {"id": 9000002, "fullname": "", "email": "ben@acme.example"},
    },
)
