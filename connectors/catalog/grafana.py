"""Grafana Cloud connector: the pasted token of a service account.

Quirks:
1. Each stack has a host of its own. Tokens of grafana.com itself (glc_) are for other calls.
2. A service account belongs to one organization of the stack, and the stack is the account.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://grafana.com/docs/grafana/latest/administration/service-accounts/"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="grafana",
        display_name="Grafana Cloud",
        description="Dashboards, alerts and data sources of a Grafana Cloud stack.",
        category="devtools",
        docs_url="https://grafana.com/docs/grafana/latest/developers/http_api/authentication/",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://${stack}.grafana.net/api",
        key=KeyMethod(
            inputs={
                "stack": ConnectionInput(
                    title="Stack",
                    description="The name of your stack, as in its grafana.net address.",
                    example="acme",
                    pattern=r"[a-z0-9][a-z0-9-]{0,62}",
                    suffix=".grafana.net",
                ),
                "key": ConnectionInput(
                    title="Service account token",
                    description="A token of a service account. It begins with glsa_.",
                    example="glsa_0123456789abcdefghijABCDEFGHIJ01_0123abcd",
                    pattern=r"glsa_[A-Za-z0-9]{20,50}_[0-9a-f]{8}",
                    secret=True,
                    where=KEYS,
                ),
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(
                url="https://${stack}.grafana.net/api/access-control/user/permissions",
                refused_statuses=(401,),
            ),
            account=account_lookup(
                id="${connection_config.stack}", label="${connection_config.stack}.grafana.net"
            ),  # quirk 2
        ),
    )
