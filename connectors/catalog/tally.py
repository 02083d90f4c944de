"""Tally connector: a pasted API key.

Quirks:
1. A person without a full name is told by the e-mail address.

Scopes: none exist.

Unconfirmed: the body of a refusal; the status is that of every API with bearer keys. The statuses
of refusals and the members of the account's answer were described without the provider's own
documentation at hand."""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://tally.so/settings/api-keys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="tally",
        display_name="Tally",
        description="Forms and what people answered to them.",
        category="surveys",
        docs_url="https://developers.tally.so/api-reference/introduction",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.tally.so",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your account. It begins with tly-.",
                    example="tly-0123456789abcdefghijABCDEFGHIJ01",
                    pattern=r"tly-[A-Za-z0-9]{32}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://api.tally.so/users/me", refused_statuses=(401,)),
            account=account_lookup(id="id", label=("fullName", "email")),  # quirk 1
        ),
    )
