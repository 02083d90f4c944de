"""Shippo, by docs.goshippo.com (authentication, carrier parcel templates)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "shippo",
    title="Shippo",
    keys={
        "ana": {"key": "shippo_test_1a2b3c4d5e6f708192a3b4c5d6e7f80912345678"},
        "ben": {"key": "shippo_live_2b3c4d5e6f708192a3b4c5d6e7f8091a87654321"},
    },
    headers={"authorization": "ShippoToken {key}"},
    refusal=Refusal(401, {"detail": "Token does not exist"}),
    api={"/parcel-templates": lambda call: {"results": []}},
    api_base="api.goshippo.com",
)
