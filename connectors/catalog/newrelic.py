"""New Relic connector: a pasted user key.

Quirks:
1. Accounts live in a data center, each with a host of its own; its keys are unknown elsewhere.
2. NerdGraph, the GraphQL API, wants a user key. Keys for sending data, and the older keys of the
   REST API, are refused by it with 401.
3. A mistake in a query is told inside of a success.

Console: the page of API keys, kind User.

Scopes: none exist. A user key may do what its user may.

Unconfirmed: the letters of a key after NRAK-.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="newrelic",
        display_name="New Relic",
        description="Monitoring: query metrics, logs and events with NRQL, and see alert policies.",
        category="devtools",
        docs_url="https://docs.newrelic.com/docs/apis/nerdgraph/get-started/introduction-new-relic-nerdgraph/",
        console_url="https://one.newrelic.com/api-keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://${region.api}",
        key=KeyMethod(
            inputs={
                "region": ConnectionInput(  # quirk 1
                    title="Data center",
                    description="Where your account lives.",
                    choices={
                        "us": {"title": "United States", "api": "api.newrelic.com"},
                        "eu": {"title": "Europe", "api": "api.eu.newrelic.com"},
                        "jp": {"title": "Japan", "api": "api.jp.newrelic.com"},
                    },
                ),
                "key": ConnectionInput(  # quirk 2
                    title="User key",
                    description="A key of the kind User.",
                    example="NRAK-0123456789ABCDEFGHIJKLMNOPQ",
                    pattern=r"NRAK-[A-Z0-9]{20,40}",
                    secret=True,
                    where="https://one.newrelic.com/api-keys",
                ),
            },
            api_headers={"API-Key": "${key}"},
            verify=Verify(
                method="POST",
                url="https://${region.api}/graphql",
                json={"query": "{ actor { user { id email name } } }"},
                refused_statuses=(401,),
            ),
            account=account_lookup(
                id="data.actor.user.id", label=("data.actor.user.email", "data.actor.user.name")
            ),
        ),
    )
