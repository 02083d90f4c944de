"""Atlassian (Jira, Confluence) OAuth connector.

Docs: https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
Register an app: https://developer.atlassian.com/console/myapps/

Quirks:
1. ``audience=api.atlassian.com`` must be there, and ``prompt=consent`` shows the page on which the person
   chooses a site.
2. The token endpoint is documented with JSON bodies.
3. A refresh token is issued only with the scope ``offline_access``. Each works once; for ten minutes after
   that it still answers, which makes it safe to repeat a refresh whose answer was lost.
4. A refused refresh is HTTP 403 with ``invalid_grant``, or with ``unauthorized_client`` and "refresh_token is
   invalid": taken as RFC 6749 has it, the second would be blamed on the gateway's own credentials.
5. A token reaches every site that the person allowed, and the API's address names one by its cloud id.
   The person says which site is meant; the hook finds its cloud id. Taking the first one instead
   would write into a site that nobody chose.
6. A site may be listed twice, once per product.
7. There is no revocation endpoint; people remove the app in their account's connected apps.

Scopes: ``read:me`` says who connected; ``read:jira-work`` is the smallest that opens a site;
``offline_access`` is quirk 3.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date

from connectors import ConnectionInput, ConnectorConfig, account_lookup, app


def create_config(env: Mapping[str, str] = os.environ) -> ConnectorConfig:
    return ConnectorConfig(
        **app("atlassian", env),
        display_name="Atlassian",
        category="productivity",
        docs_url="https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/",
        console_url="https://developer.atlassian.com/console/myapps/",
        checked_on=date(2026, 11, 21),
        authorization_url="https://auth.atlassian.com/authorize",
        token_url="https://auth.atlassian.com/oauth/token",
        scopes=("read:me", "read:jira-work", "offline_access"),  # quirk 3
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
