"""CircleCI, by circleci.com/docs/api/v2 (authentication, current user)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "circleci",
    title="CircleCI",
    keys={
        "ana": {"key": "CCIPAT_Ana1AbCdEf0123456789ab_1a2b3c4d5e6f708192a3b4c5d6e7f80912345678"},
        "ben": {"key": "2b3c4d5e6f708192a3b4c5d6e7f8091a87654321"},
    },
    headers={"circle-token": "{key}"},
    refusal=Refusal(401, {"message": "You must log in first."}),
    api={"/me": facts("id", "login", "name")},
    api_base="circleci.com/api/v2",
    facts={
        "ana": {
            "id": "1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809",
            "login": "anadiaz",
            "name": "Ana Diaz",
        },
        "ben": {"id": "2b3c4d5e-6f70-4192-a3b4-c5d6e7f8091a", "login": "benokoro", "name": None},
    },
)
