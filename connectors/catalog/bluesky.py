"""Bluesky connector: a pasted app password, exchanged for a session.

Quirks:
1. ``createSession`` takes handle and app password as JSON, and answers with ``accessJwt``.
2. No answer tells how long a session lives: two hours by the source of Bluesky's server, which is
   unconfirmed for bsky.social. At most 300 sessions a day are allowed.
3. Accounts on a server of their own are not served: the host is bsky.social.

Console: app passwords, in the settings for privacy and security.

Scopes: none exist. An app password cannot change the account, and reads messages only if allowed.
"""

from datetime import date

from connectors import (
    ConnectionInput,
    Env,
    KeyConnectorConfig,
    KeyMethod,
    TokenRequest,
    account_lookup,
)

API = "https://bsky.social/xrpc"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="bluesky",
        display_name="Bluesky",
        description="A social network: read timelines and write posts of an account.",
        category="communication",
        docs_url="https://docs.bsky.app/docs/api/com-atproto-server-create-session",
        console_url="https://bsky.app/settings/app-passwords",
        checked_on=date(2026, 11, 29),
        api_base_url=API,
        key=KeyMethod(
            inputs={
                "handle": ConnectionInput(
                    title="Handle",
                    description="Your handle, without the @.",
                    example="acme.bsky.social",
                    pattern=r"[a-z0-9-]+(\.[a-z0-9-]+)+",
                ),
                "password": ConnectionInput(
                    title="App password",
                    description="An app password, not the password of your account.",
                    example="abcd-efgh-ijkl-mnop",
                    pattern=r"[a-z0-9]{4}(-[a-z0-9]{4}){3}",
                    secret=True,
                    where="https://bsky.app/settings/app-passwords",
                ),
            },
            api_headers={"Authorization": "Bearer ${access_token}"},
            token=TokenRequest(
                url=f"{API}/com.atproto.server.createSession",
                body={"identifier": "${handle}", "password": "${password}"},
                format="json",
                token_path="accessJwt",
                lifetime_seconds=7200,  # quirk 2
                refused_statuses=(401,),
                refused_codes=frozenset(),
            ),
            account=account_lookup(
                url=f"{API}/com.atproto.server.getSession", id="did", label="handle"
            ),
        ),
    )
