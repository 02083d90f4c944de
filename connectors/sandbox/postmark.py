"""Postmark, by postmarkapp.com/developer (API overview, error codes, server API)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "postmark",
    title="Postmark",
    keys={
        "ana": {"key": "1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809"},
        "ben": {"key": "2b3c4d5e-6f70-4192-a3b4-c5d6e7f8091a"},
    },
    headers={"x-postmark-server-token": "{key}"},
    refusal=Refusal(
        401,
        {
            "ErrorCode": 10,
            "Message": "No Account or Server API tokens were supplied in the HTTP headers.",
        },
    ),
    api={"/server": facts("ID", "Name")},
    api_base="api.postmarkapp.com",
    facts={"ana": {"ID": 1001, "Name": "Acme shop"}, "ben": {"ID": 1002, "Name": "Globex"}},
)
