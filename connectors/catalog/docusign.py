"""DocuSign OAuth connector.

Quirks:
1. A person may belong to several accounts, each at a host of its own. The userinfo lists them; the
   connection is for the default one.
2. ``extended`` lets each refresh begin the 30 days of the refresh token anew. Without it the person
   would have to connect again after 30 days.
3. Without ``prompt=login`` the person who is signed in is taken.
4. The token answer does not list the granted scopes.
5. There is no revocation endpoint in the documentation; people revoke the app in their profile.

Unconfirmed: whether the refresh token that was used goes on working. It is taken not to; then no
refresh whose answer was lost is repeated.

Console: an integration key with a secret, promoted to production. The developer environment has
other hosts and is not described here.

Scopes: ``signature`` opens the eSignature REST API, and ``extended`` is quirk 2.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app

DEFAULT = "accounts[is_default=true]"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("docusign", env),
        display_name="DocuSign",
        description="Envelopes, templates and signatures of a DocuSign account.",
        category="legal",
        docs_url="https://developers.docusign.com/platform/auth/authcode/",
        console_url="https://admin.docusign.com/apps-and-keys",
        checked_on=date(2026, 11, 29),
        authorization_url="https://account.docusign.com/oauth/auth",
        token_url="https://account.docusign.com/oauth/token",
        scopes=("signature", "extended"),
        extra_authorize_params={"prompt": "login"},  # quirk 3
        authorization_method="header",
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://account.docusign.com/oauth/userinfo",
            id="sub",
            label=("email", "name"),
            metadata={  # quirk 1
                "account_id": f"{DEFAULT}.account_id",
                "base_uri": f"{DEFAULT}.base_uri",
            },
        ),
        api_base_url="https://${metadata.base_uri}/restapi/v2.1/accounts/${metadata.account_id}",
        api_hosts=("account.docusign.com", "*.docusign.net"),
    )
