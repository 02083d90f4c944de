"""GitLab OAuth connector, for GitLab.com.

Quirks:
1. A refresh ends the access token and the refresh token that were there before.
2. Every documented refresh names the redirect URI of the authorization request. RFC 6749 6 has no
   such parameter, and Doorkeeper, on which GitLab is built, does not read it there.
3. The documented answers do not list the granted scopes; GitLab grants all or nothing.

Unconfirmed: that GitLab takes a refresh without the redirect URI (quirk 2).

Console: an application of a user, a group or the instance, "Confidential", with the scopes ticked
that are requested.

Scopes: ``read_user`` opens the account, and ``read_api`` everything that the person can read;
without it a connection is a profile and nothing else.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("gitlab", env),
        display_name="GitLab",
        description="Projects, issues and merge requests on GitLab.com: read them.",
        category="devtools",
        docs_url="https://docs.gitlab.com/api/oauth2/",
        console_url="https://gitlab.com/-/user_settings/applications",
        checked_on=date(2026, 11, 29),
        authorization_url="https://gitlab.com/oauth/authorize",
        token_url="https://gitlab.com/oauth/token",
        revocation_url="https://gitlab.com/oauth/revoke",
        scopes=("read_user", "read_api"),  # quirk 3
        scope_sets={
            "changes": ScopeSet(
                title="Changes",
                sentence="Change everything that you can change by the API",
                scopes=("api",),
            ),
            "code": ScopeSet(
                title="Code",
                sentence="Read the repositories of your projects",
                scopes=("read_repository",),
            ),
        },
        supports_refresh=True,  # quirk 1
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://gitlab.com/api/v4/user", id="id", label=("username", "name")
        ),
        api_base_url="https://gitlab.com/api/v4",
    )
