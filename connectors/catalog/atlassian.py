"""Atlassian (Jira, Confluence) OAuth connector.

Quirks:
1. ``audience=api.atlassian.com`` is required, and ``prompt=consent`` shows the page with the choice
   of a site.
2. The token endpoint is documented with JSON bodies.
3. Only ``offline_access`` brings a refresh token. Each works once, and still answers for ten
   minutes after that, so a refresh whose answer was lost may be repeated.
4. A refused refresh is HTTP 403 with ``invalid_grant``, or with ``unauthorized_client`` and
   "refresh_token is invalid": RFC 6749 would blame the second on the gateway's own credentials.
5. A token reaches every site that the person allowed, and the API's address names one by its cloud
   id. The person says which site is meant, and the hook finds its cloud id. The first site of the
   list may be the wrong one.
6. A site may be listed twice, once per product.
7. There is no revocation endpoint; people remove the app in their account's connected apps.

Console: an OAuth 2.0 (3LO) app. Add the Jira API and the User identity API with the default scopes
under Permissions. Until Sharing is on under Distribution, only its owner can connect.

Scopes: ``read:me`` says who connected; ``read:jira-work`` is the smallest that opens a site;
``offline_access`` is quirk 3.
"""

from datetime import date

from connectors import ConnectionInput, ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("atlassian", env),
        display_name="Atlassian",
        description="Issues and projects of Jira on an Atlassian site: search and read them.",
        category="productivity",
        docs_url="https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/",
        console_url="https://developer.atlassian.com/console/myapps/",
        checked_on=date(2026, 11, 21),
        authorization_url="https://auth.atlassian.com/authorize",
        token_url="https://auth.atlassian.com/oauth/token",
        scopes=("read:me", "read:jira-work", "offline_access"),  # quirk 3
        scope_sets={
            "jira": ScopeSet(
                title="Jira issues",
                sentence="Create and change issues, and comment on them",
                scopes=("write:jira-work",),
            )
        },
        extra_authorize_params={"audience": "api.atlassian.com", "prompt": "consent"},  # quirk 1
        body_format="json",  # quirk 2
        error_codes={"unauthorized_client": "invalid_grant"},  # quirk 4
        supports_refresh=True,
        refresh_grace_seconds=600,  # quirk 3
        supports_multiple_accounts=True,
        connection_config={  # quirk 5
            "site": ConnectionInput(
                title="Site",
                description="The name of your site, as in its atlassian.net address.",
                example="acme",
                pattern=r"[a-z0-9][a-z0-9-]{0,62}",
                suffix=".atlassian.net",
            )
        },
        fetch_account_info=account_lookup(
            url="https://api.atlassian.com/me",
            id="${account_id}:${connection_config.site}",
            label=("${connection_config.site} (${email})", "${connection_config.site} (${name})"),
        ),
        post_connection_script="atlassian",  # quirk 5
        api_base_url="https://api.atlassian.com/ex/jira/${metadata.cloud_id}",
    )
