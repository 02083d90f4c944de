"""HeyGen connector: a pasted API key.

Quirks:
1. The key goes into ``X-Api-Key``.
2. The call that checks it tells the credits that are left, and no account.
3. Two versions stand side by side, ``/v1`` and ``/v2``, so the base URL has none.

Unconfirmed: the exact answer to a wrong key. Callers report 401. The statuses of refusals and the
members of the account's answer were described without the provider's own documentation at hand.

Console: settings, API.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="heygen",
        display_name="HeyGen",
        description="Videos with speaking avatars, and translations of videos.",
        category="ai",
        docs_url="https://docs.heygen.com/docs/quick-start",
        console_url="https://app.heygen.com/settings?nav=API",
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.heygen.com",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your space.",
                    example="MDEyMzQ1Njc4OWFiY2RlZmdoaWo0123456789==",
                    pattern=r"(?!sk-)[A-Za-z0-9+/_-]{24,200}={0,2}",
                    secret=True,
                    where="https://app.heygen.com/settings?nav=API",
                )
            },
            api_headers={"X-Api-Key": "${key}"},
            verify=Verify(
                url="https://api.heygen.com/v2/user/remaining_quota", refused_statuses=(401,)
            ),
        ),
    )
