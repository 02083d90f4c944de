"""Pylon, by docs.usepylon.com (authentication, me)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "pylon",
    title="Pylon",
    keys={
        "ana": {"key": "pylon_api_1a2b3c4d5e6f708192a3b4c5d6e7f809"},
        "ben": {"key": "pylon_api_2b3c4d5e6f708192a3b4c5d6e7f8091a"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(401, {"errors": ["Unauthorized"], "request_id": "0"}),
    api={"/me": facts("data", "request_id")},
    api_base="api.usepylon.com",
    facts={
        "ana": {
            "data": {"id": "1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809", "name": "Acme"},
            "request_id": "1",
        },
        "ben": {
            "data": {"id": "2b3c4d5e-6f70-4192-a3b4-c5d6e7f8091a", "name": "Globex"},
            "request_id": "2",
        },
    },
)
