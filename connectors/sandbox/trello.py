"""Trello, by developer.atlassian.com/cloud/trello (authorization, members).

The answer to a wrong key or token is plain text there; here it is in an object.
"""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "trello",
    title="Trello",
    keys={
        "ana": {
            "api_key": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            "token": "ATTA1a" + "0123456789abcdef" * 4 + "89ABCDEF",
        },
        "ben": {
            "api_key": "0b1b2c3d4e5f60718293a4b5c6d7e8f9",
            "token": "2b" + "fedcba9876543210" * 3 + "0f1e2d3c4b5a69",
        },
    },
    query={"key": "{api_key}", "token": "{token}"},
    refusal=Refusal(401, {"message": "invalid token"}),
    api={"/members/me": facts("id", "fullName")},
    api_base="api.trello.com/1",
    facts={
        "ana": {"id": "5f0000000000000000000a01", "fullName": "Ana Diaz"},
        "ben": {"id": "5f0000000000000000000b02", "fullName": "Ben Okoro"},
    },
)
