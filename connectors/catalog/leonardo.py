"""Leonardo.Ai connector: a pasted API key.

Quirks:
1. The account stands in the first element of ``user_details``.
2. A generation answers with an id; ``GET /generations/{id}`` has its images.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Console: API access, Create new key. A key works with a plan of the API.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="leonardo",
        display_name="Leonardo.Ai",
        description="Image and video models of Leonardo: generate, edit and enlarge pictures.",
        category="ai",
        docs_url="https://docs.leonardo.ai/reference/getuserself",
        console_url="https://app.leonardo.ai/api-access",
        checked_on=date(2026, 11, 29),
        api_base_url="https://cloud.leonardo.ai/api/rest/v1",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your account, a UUID.",
                    example="01234567-89ab-cdef-0123-456789abcdef",
                    pattern=r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
                    secret=True,
                    where="https://app.leonardo.ai/api-access",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://cloud.leonardo.ai/api/rest/v1/me", refused_statuses=(401,)),
            account=account_lookup(
                id="user_details[0].user.id", label="user_details[0].user.username"
            ),
        ),
    )
