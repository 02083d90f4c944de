"""Ashby connector: a pasted API key.

Quirks:
1. The key is the user of HTTP Basic; the password is empty.
2. Each call is a POST, also one that reads. A failure of a call is 200 with success false; a wrong
   key is 401.
3. A key without the permission for API keys gets 403 here, and is right all the same.

Scopes: none are requested. A key has the permissions that were chosen where it was made.

Unconfirmed: the form of a key, so each one is taken that could be one, and the body of a refusal.
The statuses of refusals and the members of the account's answer were described without the
provider's own documentation at hand."""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://app.ashbyhq.com/admin/api/keys"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="ashby",
        display_name="Ashby",
        description="Recruiting: jobs, candidates and interviews.",
        category="recruiting",
        docs_url="https://developers.ashbyhq.com/docs/authentication",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.ashbyhq.com",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your organization.",
                    example="0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                    pattern=r"[A-Za-z0-9_-]{40,128}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_basic=("${key}", ""),  # quirk 1
            verify=Verify(
                method="POST",
                url="https://api.ashbyhq.com/apiKey.info",
                json={},
                refused_statuses=(401,),
            ),  # quirks 2 and 3
        ),
    )
