"""Honeycomb connector: a pasted configuration key.

Quirks:
1. The key goes into a header named X-Honeycomb-Team.
2. Each region has a host of its own, and knows its own keys alone.
3. A key belongs to one environment of a team. Teams of before 2022 may have none (Classic).

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none are requested; a key has the permissions that were chosen where it was made.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://ui.honeycomb.io/account"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="honeycomb",
        display_name="Honeycomb",
        description="Events, traces and queries about how software behaves.",
        category="devtools",
        docs_url="https://api-docs.honeycomb.io/api/authentication",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://${region.api}/1",
        key=KeyMethod(
            inputs={
                "region": ConnectionInput(
                    title="Region",
                    description="Where your team is.",
                    choices={
                        "us": {"title": "US", "api": "api.honeycomb.io"},
                        "eu": {"title": "EU", "api": "api.eu1.honeycomb.io"},
                    },
                ),
                "key": ConnectionInput(
                    title="API key",
                    description="A configuration key of an environment.",
                    example="0123456789abcdefghijAB",
                    pattern=r"[0-9A-Za-z]{22}|[0-9a-f]{32}",
                    secret=True,
                    where="Environment settings, API keys.",
                ),
            },
            api_headers={"X-Honeycomb-Team": "${key}"},  # quirk 1
            verify=Verify(url="https://${region.api}/1/auth", refused_statuses=(401,)),
            account=account_lookup(
                id=("${team.slug}:${environment.slug}", "team.slug"),
                label=("${team.name}, ${environment.name}", "team.name"),
            ),  # quirk 3
        ),
    )
