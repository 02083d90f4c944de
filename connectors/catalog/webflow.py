"""Webflow OAuth connector.

Quirks:
1. There are no refresh tokens, and no answer tells an end: a token is used until the API refuses
   it.
2. Revoking is JSON with the app's credentials and the token as ``access_token``, at another host
   than the token endpoint.
3. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Unconfirmed: the answer of the revocation endpoint.

Console: an app of a workspace, with "Data client" and the scopes that are requested.

Scopes: ``authorized_user:read`` opens the account, and ``sites:read`` lists the sites, without
which no tool can do anything.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("webflow", env),
        display_name="Webflow",
        description="Sites built with Webflow: read their pages, collections and forms.",
        category="design",
        docs_url="https://developers.webflow.com/data/reference/oauth-app",
        console_url="https://webflow.com/dashboard",
        checked_on=date(2026, 11, 29),
        authorization_url="https://webflow.com/oauth/authorize",
        token_url="https://api.webflow.com/oauth/access_token",
        revocation_url="https://webflow.com/oauth/revoke_authorization",
        revocation=Revocation(  # quirk 2
            body_format="json", token="access_token", token_param="access_token"
        ),
        scopes=("authorized_user:read", "sites:read"),
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=scopes)
            for name, scopes, title, sentence in (
                ("content", ("cms:read", "cms:write"), "Content", "Read and write collections"),
                ("pages", ("pages:read", "pages:write"), "Pages", "Read and change pages"),
                ("forms", ("forms:read",), "Forms", "Read what people sent by forms"),
            )
        },
        supports_refresh=False,  # quirk 1
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.webflow.com/v2/token/authorized_by",
            id="id",
            label=("email", "firstName"),
        ),
        api_base_url="https://api.webflow.com/v2",
    )
