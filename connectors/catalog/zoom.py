"""Zoom (Server-to-Server OAuth) connector: pasted client credentials.

Quirks:
1. The grant type is ``account_credentials``, with the account's id beside it.
2. A wrong id or secret is 400 ``invalid_client``, another type of app ``unsupported_grant_type``.
   A wrong account id is 400 ``invalid_request`` by reports; Zoom's pages do not say.
3. Each call that would name the account needs a scope which the app may not have.

Console: a Server-to-Server OAuth app, activated.

Scopes: none are requested; the app has those that were chosen where it was made.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, TokenRequest

APPS = "https://marketplace.zoom.us/user/build"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="zoom",
        display_name="Zoom",
        description="Meetings, recordings and users of a Zoom account.",
        category="communication",
        docs_url="https://developers.zoom.us/docs/internal-apps/s2s-oauth/",
        console_url=APPS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.zoom.us/v2",
        key=KeyMethod(
            inputs={
                "account_id": ConnectionInput(
                    title="Account ID",
                    description="The account's id on the page of your app.",
                    example="Zy9xW8vU7tS6rQ5pO4nM3l",
                    pattern=r"[A-Za-z0-9_-]{10,64}",
                    keep_case=True,
                    where=APPS,
                ),
                "client_id": ConnectionInput(
                    title="Client ID",
                    description="The id of your Server-to-Server OAuth app.",
                    example="a1B2c3D4e5F6g7H8i9J0kL",
                    pattern=r"[A-Za-z0-9_-]{10,64}",
                    keep_case=True,
                    where=APPS,
                ),
                "client_secret": ConnectionInput(
                    title="Client secret",
                    description="The secret of the same app.",
                    example="0123456789abcdefghijklmnopqrstuv",
                    pattern=r"[A-Za-z0-9_-]{16,128}",
                    secret=True,
                    where=APPS,
                ),
            },
            api_headers={"Authorization": "Bearer ${access_token}"},
            token=TokenRequest(
                url="https://zoom.us/oauth/token",
                basic=("${client_id}", "${client_secret}"),
                body={"grant_type": "account_credentials", "account_id": "${account_id}"},
                refused_statuses=(),
                refused_codes=frozenset(  # quirk 2
                    {"invalid_client", "invalid_request", "unsupported_grant_type"}
                ),
            ),
        ),
    )
