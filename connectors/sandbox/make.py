"""Make, by developers.make.com (authentication, API structure, users, errors)."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, key_provider


def _me(call: ApiCall) -> dict[str, Any]:
    # Whoever is not described is a user without a name.
    return dict(call.account.facts) or {"authUser": {"id": 1003}}


PROVIDER = key_provider(
    "make",
    title="Make",
    keys={
        "ana": {"zone": "eu1", "key": "1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809"},
        "ben": {"zone": "us1", "key": "2b3c4d5e-6f70-4192-a3b4-c5d6e7f8091a"},
        "ben-eu2": {"zone": "eu2", "key": "3c3c4d5e-6f70-4192-a3b4-c5d6e7f8091a"},
        "ben-us2": {"zone": "us2", "key": "4d3c4d5e-6f70-4192-a3b4-c5d6e7f8091a"},
    },
    headers={"authorization": "Token {key}"},
    refusal=Refusal(
        401, {"detail": "Access denied.", "message": "Access denied.", "code": "SC401"}
    ),
    api={"/users/me": _me},
    api_base="{eu1=eu1.make.com|eu2=eu2.make.com|us1=us1.make.com|us2=us2.make.com}/api/v2",
    api_hosts={
        "{eu1=eu1.make.com|eu2=eu2.make.com|us1=us1.make.com|us2=us2.make.com}",
        "hook.eu1.make.com",
        "hook.eu2.make.com",
        "hook.us1.make.com",
        "hook.us2.make.com",
    },
    facts={
        "ana": {"authUser": {"id": 1001, "name": "Ana Diaz", "email": "ana@acme.example"}},
        "ben": {"authUser": {"id": 1002, "name": "Ben Okoro", "email": "ben@acme.example"}},
    },
)
