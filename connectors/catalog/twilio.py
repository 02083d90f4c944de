"""Twilio connector: a pasted account SID and auth token.

Quirks:
1. SID and auth token are user and password of HTTP Basic.
2. The SID is part of the path of nearly every resource, so it is in the API's address, too.
3. A token of another account, of a closed account or a test token is refused with 401 (20003).
4. Verify has a host of its own, without the SID in its paths.

Console: the account's dashboard shows both values.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="twilio",
        display_name="Twilio",
        description="Text messages and phone calls: send, receive and look them up.",
        category="communication",
        docs_url="https://www.twilio.com/docs/usage/requests-to-twilio",
        console_url="https://console.twilio.com",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.twilio.com/2010-04-01/Accounts/${account_sid}",  # quirk 2
        api_hosts=("verify.twilio.com",),  # quirk 4
        key=KeyMethod(
            inputs={
                "account_sid": ConnectionInput(
                    title="Account SID",
                    description="The id of your account. It begins with AC.",
                    example="AC0123456789abcdef0123456789abcdef",
                    pattern=r"AC[0-9a-f]{32}",
                    keep_case=True,
                    where="https://console.twilio.com",
                ),
                "auth_token": ConnectionInput(
                    title="Auth token",
                    description="The token beside the SID, not a test token.",
                    example="0123456789abcdeffedcba9876543210",
                    pattern=r"[0-9a-f]{32}",
                    secret=True,
                    where="https://console.twilio.com",
                ),
            },
            api_basic=("${account_sid}", "${auth_token}"),  # quirk 1
            verify=Verify(
                url="https://api.twilio.com/2010-04-01/Accounts/${account_sid}.json",
                refused_statuses=(401,),  # quirk 3
            ),
            account=account_lookup(id="sid", label="friendly_name"),
        ),
    )
