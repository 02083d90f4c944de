"""fal connector: a pasted API key.

Quirks:
1. The scheme of ``Authorization`` is ``Key``. The key is an id and a secret with a colon between.
2. Models are listed without a key, too. An estimate of costs needs one, and costs nothing.
3. 403 is the answer to a right key of an account without balance ("User is locked").
4. Models run at ``queue.fal.run`` (jobs) and ``fal.run`` (waiting); prices are at ``api.fal.ai``.

Console: API keys of the account or team; the scope API is enough to run models.

Scopes: none are requested; a key is limited where it is made.

Unconfirmed: that the estimate answers a wrong key with 401, as models do.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="fal",
        display_name="fal",
        description="Image, video and audio models that run as jobs.",
        category="ai",
        docs_url="https://fal.ai/docs/documentation/setting-up/authentication",
        console_url="https://fal.ai/dashboard/keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://queue.fal.run",
        api_hosts=("fal.run", "api.fal.ai"),  # quirk 4
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="The whole key: id, colon and secret.",
                    example="01234567-89ab-cdef-0123-456789abcdef:0123456789abcdef0123456789abcdef",
                    pattern=r"[A-Za-z0-9-]{8,64}:[A-Za-z0-9]{16,128}",
                    secret=True,
                    where="https://fal.ai/dashboard/keys",
                )
            },
            api_headers={"Authorization": "Key ${key}"},  # quirk 1
            verify=Verify(  # quirks 2 and 3
                method="POST",
                url="https://api.fal.ai/v1/models/pricing/estimate",
                json={
                    "estimate_type": "unit_price",
                    "endpoints": {"fal-ai/flux/dev": {"unit_quantity": 1}},
                },
                refused_statuses=(401,),
            ),
        ),
    )
