"""Hugging Face connector: a pasted access token.

Quirks:
1. Models are run at a host of their own, with the same token.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Console: Settings, Access Tokens. A read token is enough for the Hub; running models needs the
permission for Inference Providers.

Scopes: none are requested. A fine-grained token has the permissions that were chosen where it was
made, and every token may ask who it is.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://huggingface.co/settings/tokens"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="huggingface",
        display_name="Hugging Face",
        description="Models, datasets and Spaces: look them up, and run models.",
        category="ai",
        docs_url="https://huggingface.co/docs/hub/security-tokens",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://huggingface.co/api",
        api_hosts=("router.huggingface.co",),  # quirk 1
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="Access token",
                    description="A token of your account. It begins with hf_.",
                    example="hf_0123456789abcdefghijABCDEFGHIJabcd",
                    pattern=r"hf_[A-Za-z0-9]{30,100}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url="https://huggingface.co/api/whoami-v2", refused_statuses=(401,)),
            account=account_lookup(id="id", label="name"),
        ),
    )
