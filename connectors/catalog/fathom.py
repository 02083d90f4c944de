"""Fathom connector: a pasted API key.

Quirks:
1. The key goes into a header named X-Api-Key.
2. No call names the person; the list of teams is the cheapest.

Scopes: none exist.

Unconfirmed: the form of a key, so each one is taken that could be one, and the body of a refusal.
The statuses of refusals and the members of the account's answer were described without the
provider's own documentation at hand."""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://fathom.video/customize"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="fathom",
        display_name="Fathom",
        description="Notes of meetings: recordings, summaries and what was promised.",
        category="productivity",
        docs_url="https://developers.fathom.ai/",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.fathom.ai/external/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="Your own key.",
                    example="0123456789abcdefghijABCDEFGHIJ.0123456789abcdefghij",
                    pattern=r"[A-Za-z0-9._-]{20,200}",
                    secret=True,
                    where="User settings, API Access.",
                )
            },
            api_headers={"X-Api-Key": "${key}"},  # quirk 1
            verify=Verify(
                url="https://api.fathom.ai/external/v1/teams", refused_statuses=(401,)
            ),  # quirk 2
        ),
    )
