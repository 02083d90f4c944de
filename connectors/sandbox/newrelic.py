"""New Relic's NerdGraph, by docs.newrelic.com (introduction to NerdGraph, regional endpoints); the
refusal of a key by newrelic/newrelic-client-go#603 and newrelic/newrelic-cli#1720."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, key_provider

_HOSTS = "{us=api.newrelic.com|eu=api.eu.newrelic.com|jp=api.jp.newrelic.com}"


def _me(call: ApiCall) -> dict[str, Any]:
    # Whoever is not described is a user without a name.
    return {"data": {"actor": {"user": dict(call.account.facts) or {"id": 1000003}}}}


PROVIDER = key_provider(
    "newrelic",
    title="New Relic",
    headers={"api-key": "{key}"},
    keys={
        "ana": {"region": "us", "key": "NRAK-SANDBOX1ANA0123456789ABCDEF"},
        "ben": {"region": "eu", "key": "NRAK-SANDBOX2BEN0123456789ABCDEF"},
        "acme": {"region": "jp", "key": "NRAK-SANDBOX3ACME123456789ABCDEF"},
    },
    refusal=Refusal(
        401,
        {
            "errors": [
                {
                    "extensions": {"error_code": "BAD_API_KEY"},
                    "message": "Bad API Key or no API Key provided",
                }
            ]
        },
    ),
    api={"POST /graphql": _me},
    api_base=_HOSTS,
    facts={
        "ana": {"id": 1000001, "email": "ana@acme.example", "name": "Ana Diaz"},
        "ben": {"id": 1000002, "email": None, "name": "Ben Okoro"},
    },
)
