"""BambooHR connector: a pasted API key.

Quirks:
1. Each company has a host of its own.
2. The key is the user of HTTP Basic; the password may be anything.
3. The key can do what its person can do; no call that everybody may make names the person.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://documentation.bamboohr.com/docs/getting-started"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="bamboohr",
        display_name="BambooHR",
        description="Employees, time off and files of a company.",
        category="hr",
        docs_url="https://documentation.bamboohr.com/docs/getting-started",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://${company}.bamboohr.com/api/v1",
        key=KeyMethod(
            inputs={
                "company": ConnectionInput(
                    title="Company",
                    description="The name of your company, as in its bamboohr.com address.",
                    example="acme",
                    pattern=r"[a-z0-9][a-z0-9-]{0,62}",
                    suffix=".bamboohr.com",
                ),
                "key": ConnectionInput(
                    title="API key",
                    description="Your own key: click your name, then API Keys.",
                    example="0123456789abcdef0123456789abcdef76543210",
                    pattern=r"[0-9a-f]{40}",
                    secret=True,
                    where=KEYS,
                ),
            },
            api_basic=("${key}", "x"),  # quirk 2
            verify=Verify(
                url="https://${company}.bamboohr.com/api/v1/meta/fields", refused_statuses=(401,)
            ),
        ),
    )
