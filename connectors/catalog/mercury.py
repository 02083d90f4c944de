"""Mercury connector: a pasted API token of a business.

Quirks:
1. A token includes the words ``secret-token:``, and says whether it is of the sandbox.
2. Live and sandbox accounts are two hosts.
3. A token may be limited to reading, or to single scopes: 403 is an answer to a right one.

Console: Settings, API tokens. A token that writes needs a list of allowed IP addresses.

Scopes: none are requested. The person chooses what a token may do: read only is enough to read.

Unconfirmed: the members of ``GET /organization``, of which other clients read ``organization.id``
and ``organization.legalBusinessName``.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="mercury",
        display_name="Mercury",
        description="Banking for startups: accounts, transactions and recipients of payments.",
        category="finance",
        docs_url="https://docs.mercury.com/docs/getting-started",
        console_url="https://app.mercury.com/settings/tokens",
        checked_on=date(2026, 11, 29),
        api_base_url="https://${environment.api}/api/v1",
        key=KeyMethod(
            inputs={
                "environment": ConnectionInput(  # quirk 2
                    title="Account",
                    description="Where the account lives.",
                    choices={
                        "live": {"title": "Mercury", "api": "api.mercury.com"},
                        "sandbox": {"title": "Mercury sandbox", "api": "api-sandbox.mercury.com"},
                    },
                ),
                "key": ConnectionInput(
                    title="API token",
                    description="A token of your business, with secret-token: at its beginning.",
                    example="secret-token:mercury_production_wma_0123456789abcdefghij_yrucrem",
                    pattern=r"secret-token:mercury_(production|sandbox)_\w{10,120}",  # quirk 1
                    secret=True,
                    where="https://app.mercury.com/settings/tokens",
                ),
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(
                url="https://${environment.api}/api/v1/organization",
                refused_statuses=(401,),  # quirk 3
            ),
            account=account_lookup(id="organization.id", label="organization.legalBusinessName"),
        ),
    )
