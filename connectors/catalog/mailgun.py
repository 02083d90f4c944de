"""Mailgun connector: a pasted API key.

Quirks:
1. The key is the password of HTTP Basic; the user is ``api``.
2. Each region has a host and keys of its own.
3. Versions differ by address, so the API's address has none.
4. A sending key of one domain may only send. The domains are listed for keys of the account, so a
   sending key is refused here.

Console: API keys in the settings; choose the region of your domains.

Scopes: none are requested; a key has a role where it is made.

Unconfirmed: whether a sending key gets 401 or 403 for the list of domains.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="mailgun",
        display_name="Mailgun",
        description="Transactional e-mail: send messages, and check whether addresses exist.",
        category="communication",
        docs_url="https://documentation.mailgun.com/docs/mailgun/api-reference",
        console_url="https://app.mailgun.com/settings/api_security",
        checked_on=date(2026, 11, 29),
        api_base_url="https://${region.api}",  # quirks 2 and 3
        key=KeyMethod(
            inputs={
                "region": ConnectionInput(
                    title="Region",
                    description="Where your domains are.",
                    choices={
                        "us": {"title": "US", "api": "api.mailgun.net"},
                        "eu": {"title": "EU", "api": "api.eu.mailgun.net"},
                    },
                ),
                "key": ConnectionInput(
                    title="API key",
                    description="A key of the account, not a sending key of one domain.",
                    example="0123456789abcdef0123456789abcdef-01234567-89abcdef",
                    pattern=r"(key-)?[A-Za-z0-9-]{20,100}",
                    secret=True,
                    where="https://app.mailgun.com/settings/api_security",
                ),
            },
            api_basic=("api", "${key}"),  # quirk 1
            verify=Verify(  # quirk 4
                url="https://${region.api}/v4/domains", refused_statuses=(401,)
            ),
        ),
    )
