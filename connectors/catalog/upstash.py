"""Upstash connector: the REST address and a token of one Redis database.

Quirks:
1. Each database has a host and tokens of its own, so the host is the account.
2. There is a token that only reads. ``PING`` is allowed to both, and changes nothing.

Console: the page of a database shows its HTTPS endpoint, its token and its token for reading.

Scopes: none exist.

Unconfirmed: the letters and the length of a token; every text without blanks is accepted. That a
wrong token gets 401 in every region.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="upstash",
        display_name="Upstash",
        description="A Redis database over HTTP: read and set keys, and publish messages.",
        category="data",
        docs_url="https://upstash.com/docs/redis/features/restapi",
        console_url="https://console.upstash.com/redis",
        checked_on=date(2026, 11, 29),
        api_base_url="https://${host}",
        key=KeyMethod(
            inputs={
                "host": ConnectionInput(
                    title="Endpoint",
                    description="The HTTPS endpoint of your database.",
                    example="us1-merry-cat-32748.upstash.io",
                    hosts=("*.upstash.io",),
                    where="https://console.upstash.com/redis",
                ),
                "token": ConnectionInput(
                    title="Token",
                    description="The token of this database, or the one for reading.",
                    example="2553feg6a2d9842h2a0gcdb5f8efe9934",
                    pattern=r"[A-Za-z0-9+/=_-]{16,200}",
                    secret=True,
                    where="https://console.upstash.com/redis",
                ),
            },
            api_headers={"Authorization": "Bearer ${token}"},
            verify=Verify(url="https://${host}/ping", refused_statuses=(401,)),  # quirk 2
            account=account_lookup(  # quirk 1
                id="${connection_config.host}", label="Database ${connection_config.host}"
            ),
        ),
    )
