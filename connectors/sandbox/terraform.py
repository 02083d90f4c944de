"""HCP Terraform, by developer.hashicorp.com (API overview, account)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "terraform",
    title="HCP Terraform",
    keys={
        "ana": {
            "key": "Ana1AbCdEf0123.atlasv1.Sandbox10123456789abcdefghijklmnopqrstuvwxyzABCDEFGH"
        },
        "ben": {
            "key": "Ben2AbCdEf0123.atlasv1.Sandbox20123456789abcdefghijklmnopqrstuvwxyzABCDEFGH"
        },
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(401, {"errors": [{"status": "401", "title": "unauthorized"}]}),
    api={"/account/details": facts("data")},
    api_base="app.terraform.io/api/v2",
    facts={
        "ana": {
            "data": {
                "id": "user-AnA1a2b3c4d5e6f7",
                "type": "users",
                "attributes": {"username": "anadiaz"},
            }
        },
        "ben": {
            "data": {
                "id": "user-BeN1a2b3c4d5e6f7",
                "type": "users",
                "attributes": {"username": "benokoro"},
            }
        },
    },
)
