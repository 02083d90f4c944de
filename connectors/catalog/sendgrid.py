"""SendGrid connector: a pasted API key.

Quirks:
1. Subusers of the EU region have a host of their own; everybody else has the global one.
2. Every key may ask for its own permissions, whatever they are; the answer names no account.
3. 403 is the answer to a right key without a permission, or from an address that is not allowed.

Console: API keys, 100 at most, with full, restricted or billing access.

Scopes: none are requested; a key is limited where it is made.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="sendgrid",
        display_name="SendGrid",
        description="Transactional e-mail: send messages, also by template.",
        category="communication",
        docs_url="https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions",
        console_url="https://app.sendgrid.com/settings/api_keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://${region.api}/v3",  # quirk 1
        key=KeyMethod(
            inputs={
                "region": ConnectionInput(
                    title="Region",
                    description="Global, unless the key is of a subuser in the EU.",
                    choices={
                        "global": {"title": "Global", "api": "api.sendgrid.com"},
                        "eu": {"title": "EU", "api": "api.eu.sendgrid.com"},
                    },
                ),
                "key": ConnectionInput(
                    title="API key",
                    description="A key of 69 characters. It begins with SG.",
                    example=f"SG.{'0123456789abcdefghij' * 3}012345",
                    pattern=r"SG\.[A-Za-z0-9_.-]{66}",
                    secret=True,
                    where="https://app.sendgrid.com/settings/api_keys",
                ),
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(  # quirks 2 and 3
                url="https://${region.api}/v3/scopes", refused_statuses=(401,)
            ),
        ),
    )
