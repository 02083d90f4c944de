"""Supabase connector: the address and an API key of one project.

Quirks:
1. Each project has a host of its own; its keys open nothing else, so the host is the account.
2. A secret key, or the older service_role key, passes the rules on rows; a publishable or anon key
   keeps to them.
3. The key goes into ``apikey``, and the same value as a bearer token: the older keys need both, and
   the newer ones are taken there if both are the same.
4. The settings of the project's sign-in are shown to every right key.

Console: project settings, API keys.

Scopes: none exist. The kind of the key says what it may do.

Unconfirmed: the length of the newer keys; the pattern is wide.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="supabase",
        display_name="Supabase",
        description="A Postgres database with sign-in and storage: rows, users and files.",
        category="data",
        docs_url="https://supabase.com/docs/guides/api/api-keys",
        console_url="https://supabase.com/dashboard/project/_/settings/api-keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://${host}",
        key=KeyMethod(
            inputs={
                "host": ConnectionInput(
                    title="Project URL",
                    description="The address of your project.",
                    example="bvzzcafzoysezumrdvif.supabase.co",
                    hosts=("*.supabase.co",),
                    where="https://supabase.com/dashboard/project/_/settings/api",
                ),
                "key": ConnectionInput(
                    title="API key",
                    description="A secret key, or another one, of this project.",
                    example="sb_secret_0123456789abcdefghijkl_01234567",
                    pattern=r"sb_(secret|publishable)_[\w-]{16,100}|eyJ[\w-]+(\.[\w-]+){2}",
                    secret=True,
                    where="https://supabase.com/dashboard/project/_/settings/api-keys",
                ),
            },
            api_headers={"apikey": "${key}", "Authorization": "Bearer ${key}"},  # quirk 3
            verify=Verify(url="https://${host}/auth/v1/settings", refused_statuses=(401,)),
            account=account_lookup(  # quirk 1
                id="${connection_config.host}", label="Project ${connection_config.host}"
            ),
        ),
    )
