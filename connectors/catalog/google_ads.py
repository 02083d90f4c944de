"""Google Ads OAuth connector.

Access: https://developers.google.com/google-ads/api/docs/api-policy/developer-token

Quirks:
1. A refresh token comes only with ``access_type=offline``, and after the first consent only with
   ``prompt=consent``. A refresh answers without one: the stored one stays.
2. Revoking needs no client authentication, and ends the person's whole grant for this app: with the
   same client as the connector ``google``, its connections die, too.
3. The callback carries ``iss`` (RFC 9207), which Google's metadata does not promise.
4. An administrator of a Workspace can forbid apps.
5. Developer tokens ended on 9 September 2026: the API ignores the header, and the project of the
   OAuth client decides what is allowed. So none is sent.
6. Whoever reaches an account through a manager account names the manager in ``login-customer-id``.
7. The API's version is in each path and lives for about a year: the tool says it (``/v26/…``).

Console: enable the Google Ads API in the client's project, and apply for the access level there.
With the level Test, it opens test accounts alone.

Scopes: ``openid`` yields the stable ``sub``, ``userinfo.email`` the label, and ``adwords`` is the
only scope of the API.
"""

from datetime import date

from connectors import ConnectionInput, ConnectorConfig, Env, Revocation, account_lookup, app

AUTH = "https://www.googleapis.com/auth"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("google-ads", env),
        display_name="Google Ads",
        description="Campaigns, ads and reports of Google Ads accounts.",
        category="marketing",
        docs_url="https://developers.google.com/google-ads/api/rest/auth",
        console_url="https://console.cloud.google.com/google/ads-apis/overview",
        checked_on=date(2026, 11, 29),
        authorization_url="https://accounts.google.com/o/oauth2/v2/auth",
        token_url="https://oauth2.googleapis.com/token",
        revocation_url="https://oauth2.googleapis.com/revoke",
        revocation=Revocation(auth="none"),  # quirk 2
        issuer="https://accounts.google.com",  # quirk 3
        scopes=("openid", f"{AUTH}/userinfo.email", f"{AUTH}/adwords"),
        extra_authorize_params={"access_type": "offline", "prompt": "consent"},  # quirk 1
        supports_refresh=True,
        refresh_rotation="none",
        approval_codes=frozenset({"admin_policy_enforced", "access_not_configured"}),  # quirk 4
        supports_multiple_accounts=True,
        connection_config={
            "manager": ConnectionInput(
                title="Manager account",
                description="Its customer ID, ten digits without hyphens, if you work through one.",
                where="https://support.google.com/google-ads/answer/1704344",
                example="1234567890",
                pattern=r"[0-9]{10}",
                default="",
            )
        },
        fetch_account_info=account_lookup(jwt="id_token", id="sub", label="email"),
        api_base_url="https://googleads.googleapis.com",  # quirk 7
        api_headers={  # quirk 5
            "Authorization": "Bearer ${access_token}",
            "login-customer-id": "${connection_config.manager}",  # quirk 6
        },
    )
