"""Resend connector: a pasted API key.

Quirks:
1. A key that may only send gets 401 (``restricted_api_key``), although it is right: it is stored as
   not checked.
2. A wrong key has the code ``validation_error`` (400); the documentation said ``invalid_api_key``
   (403) before. The request has no parameter that could be wrong, so both are about the key.

Console: API keys with full access or with sending access.

Scopes: none are requested; a key is limited where it is made.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="resend",
        display_name="Resend",
        description="E-mail for developers: send messages from your own domains.",
        category="communication",
        docs_url="https://resend.com/docs/api-reference/errors",
        console_url="https://resend.com/api-keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.resend.com",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key that begins with re_.",
                    example="re_01234567_0123456789abcdefABCDEF",
                    pattern=r"re_[A-Za-z0-9_]{16,100}",
                    secret=True,
                    where="https://resend.com/api-keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(  # quirks 1 and 2
                url="https://api.resend.com/domains",
                refused_statuses=(),
                refused_codes=frozenset({"validation_error", "invalid_api_key"}),
                code_path="name",
            ),
        ),
    )
