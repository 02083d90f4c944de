"""Doppler connector: a pasted token.

Quirks:
1. A token tells in its beginning what it is: of a person (pt), a service account (sa) or one config
   (st). Each may ask who it is, and is the account.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist. A token can do what its person, or its role, can do.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://dashboard.doppler.com/workplace"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="doppler",
        display_name="Doppler",
        description="Secrets of projects: configs, their names and who changed them.",
        category="devtools",
        docs_url="https://docs.doppler.com/reference/auth-token-formats",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.doppler.com/v3",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="Token",
                    description="A personal, service account or service token. It begins with dp.",
                    example="dp.pt.0123456789abcdefghijABCDEFGHIJ0123456789abc",
                    pattern=r"dp\.(pt|sa|st(\.[a-z0-9_-]{2,35})?)\.[A-Za-z0-9]{40,44}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://api.doppler.com/v3/me", refused_statuses=(401,)),
            account=account_lookup(
                id="${workplace.slug}:${slug}", label="${workplace.name}: ${name}"
            ),  # quirk 1
        ),
    )
