"""Linear connector: OAuth, or a pasted personal API key.

Quirks:
1. Scopes are requested with commas, and listed with spaces in the answer. With spaces in the
   request they are one unknown scope.
2. Without ``prompt=consent``, connecting a second workspace silently returns the first one.
3. An access token lives for 24 hours, and each refresh brings a new refresh token (since April
   2026). The same refresh may be repeated for 30 minutes.
4. The account is read by GraphQL, where a failure is HTTP 200 with ``errors``.
5. Revoking takes the token alone, without client authentication.
6. Apps made before December 2023 get ``scope`` as a JSON array. The engine reads both.
7. A personal API key is the whole Authorization header, without Bearer.

Scopes: ``read`` shows issues, projects and the account; ``issues:create`` is the most frequent
reason to connect, and much less than ``write``, which a tool that changes things names.
"""

from datetime import date

from connectors import (
    ConnectionInput,
    ConnectorConfig,
    Env,
    KeyMethod,
    Revocation,
    ScopeSet,
    Verify,
    account_lookup,
    app,
)

GRAPHQL = "https://api.linear.app/graphql"
WHO = {"query": "{ viewer { id name email } organization { id name urlKey } }"}
ID = "${data.organization.id}:${data.viewer.id}"
LABEL = ("data.organization.name", "data.viewer.name")


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("linear", env),
        display_name="Linear",
        description="Issues and projects of a Linear workspace: read them and create new ones.",
        category="productivity",
        docs_url="https://linear.app/developers/oauth-2-0-authentication",
        console_url="https://linear.app/settings/api/applications/new",
        checked_on=date(2026, 11, 29),
        authorization_url="https://linear.app/oauth/authorize",
        token_url="https://api.linear.app/oauth/token",
        revocation_url="https://api.linear.app/oauth/revoke",
        revocation=Revocation(auth="none"),  # quirk 5
        scopes=("read", "issues:create"),
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=(scope,))
            for name, scope, title, sentence in (
                ("comments", "comments:create", "Comments", "Write comments on issues as you"),
                ("changes", "write", "Changes", "Change issues, projects and comments"),
            )
        },
        scope_separator=",",  # quirk 1
        extra_authorize_params={"prompt": "consent"},  # quirk 2
        supports_refresh=True,  # quirk 3
        refresh_grace_seconds=1800,  # quirk 3
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(  # quirk 4
            url=GRAPHQL,
            method="POST",
            json=WHO,
            id=ID,
            label=LABEL,
            metadata={
                "organization_url_key": "data.organization.urlKey",
                "email": "data.viewer.email",
            },
        ),
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="Personal API key",
                    description="A key of yours. It begins with lin_api_.",
                    example="lin_api_0123456789abcdefghijABCDEFGHIJ0123456789",
                    pattern=r"lin_api_[A-Za-z0-9]{40}",
                    secret=True,
                    where="https://linear.app/settings/account/security",
                )
            },
            api_headers={"Authorization": "${key}"},  # quirk 7
            verify=Verify(
                url=GRAPHQL,
                method="POST",
                json=WHO,
                refused_statuses=(401,),
                code_path="errors[0].extensions.code",  # quirk 4
                refused_codes=frozenset({"AUTHENTICATION_ERROR"}),
            ),
            account=account_lookup(id=ID, label=LABEL[0]),
        ),
        api_base_url="https://api.linear.app",
    )
