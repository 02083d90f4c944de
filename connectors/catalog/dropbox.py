"""Dropbox OAuth connector.

Quirks:
1. Only ``token_access_type=offline`` brings a refresh token. A refresh answers without one, and the
   stored one stays.
2. Without ``force_reapprove=true`` a person who agreed before is sent back at once, as the account
   that is signed in.
3. The account is read by a POST without a body.
4. Revoking takes the access token as Bearer, and nothing else. It ends the refresh token, too.

Console: tick the scopes at the app, on the tab "Permissions".

Scopes: ``account_info.read`` opens the account, and ``files.metadata.read`` shows names and
folders; reading what is in a file is a set of its own.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("dropbox", env),
        display_name="Dropbox",
        description="Files and folders in Dropbox: find, read and share them.",
        category="productivity",
        docs_url="https://developers.dropbox.com/oauth-guide",
        console_url="https://www.dropbox.com/developers/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://www.dropbox.com/oauth2/authorize",
        token_url="https://api.dropboxapi.com/oauth2/token",
        revocation_url="https://api.dropboxapi.com/2/auth/token/revoke",
        revocation=Revocation(auth="access_token", token=None),  # quirk 4
        scopes=("account_info.read", "files.metadata.read"),
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=scopes)
            for name, scopes, title, sentence in (
                ("files", ("files.content.read",), "Files", "Read what is in your files"),
                (
                    "changes",
                    ("files.content.read", "files.content.write"),
                    "Change files",
                    "Upload, change and delete files",
                ),
                ("sharing", ("sharing.read", "sharing.write"), "Sharing", "Share files by links"),
            )
        },
        extra_authorize_params={
            "token_access_type": "offline",  # quirk 1
            "force_reapprove": "true",  # quirk 2
        },
        supports_refresh=True,
        refresh_rotation="none",  # quirk 1
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(  # quirk 3
            url="https://api.dropboxapi.com/2/users/get_current_account",
            method="POST",
            id="account_id",
            label=("email", "name.display_name"),
        ),
        api_base_url="https://api.dropboxapi.com/2",
        api_hosts=("content.dropboxapi.com",),
    )
