"""Capsule OAuth connector.

Quirks:
1. The page is at ``/oauth/authorise``, with an s.
2. The account is told by OpenID Connect's user endpoint, with the customer (``tenant``) that the
   person belongs to.
3. A refresh may yield another refresh token, or keep the one that was used.

Console: an application under My Preferences, API Authentication.

Unconfirmed: the revocation address: Capsule's metadata and its documentation name different ones,
and that of the metadata is taken. Nor that ``tenant`` is a text.

Scopes: ``openid``, ``profile`` and ``email`` let the account be read, ``read`` opens people,
tasks and opportunities for reading.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("capsule", env),
        display_name="Capsule",
        description="People, organisations, opportunities and tasks of Capsule, a CRM.",
        category="crm",
        docs_url="https://developer.capsulecrm.com/v2/overview/authentication",
        console_url="https://developer.capsulecrm.com/v2/overview/authentication",
        checked_on=date(2026, 11, 29),
        authorization_url="https://api.capsulecrm.com/oauth/authorise",
        token_url="https://api.capsulecrm.com/oauth/token",
        revocation_url="https://api.capsulecrm.com/oauth/revoke",
        scopes=("openid", "profile", "email", "read"),
        scope_sets={
            "changes": ScopeSet(
                title="Changes",
                sentence="Create and change people, tasks and opportunities",
                scopes=("write",),
            )
        },
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.capsulecrm.com/oauth/userinfo",
            id=("${tenant}:${sub}", "sub"),
            label=("email", "name"),
        ),
        api_base_url="https://api.capsulecrm.com/api/v2",
    )
