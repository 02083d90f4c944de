"""Mandrill (Mailchimp Transactional) connector: a pasted API key.

Quirks:
1. The key is the member ``key`` of each JSON body, so every call is a POST.
2. A wrong key is 401 since March 2023; before, it was 500.
3. A key may be limited to certain calls, so none is made that names the account.

Console: API keys in the settings.

Scopes: none are requested; a key is limited where it is made.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="mandrill",
        display_name="Mandrill",
        description="Transactional e-mail: send messages and see whether they arrived.",
        category="communication",
        docs_url="https://mailchimp.com/developer/transactional/api/",
        console_url="https://mandrillapp.com/settings",
        checked_on=date(2026, 11, 29),
        api_base_url="https://mandrillapp.com/api/1.0",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of Transactional, not of Mailchimp's marketing.",
                    example="md-0123456789abcdefghijkl",
                    pattern=r"(?!.*-us[0-9]+$)[A-Za-z0-9_-]{20,64}",
                    secret=True,
                    where="https://mandrillapp.com/settings",
                )
            },
            api_body={"key": "${key}"},  # quirk 1
            verify=Verify(
                method="POST",
                url="https://mandrillapp.com/api/1.0/users/ping2",
                refused_statuses=(401,),  # quirk 2
            ),
        ),
    )
