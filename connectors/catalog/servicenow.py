"""ServiceNow OAuth connector.

Quirks:
1. Every customer has an instance, ``{instance}.service-now.com``, and ids of its own.
2. The scopes are those of the OAuth entity (``useraccount`` by default); none are sent.
3. A refresh answers with the same refresh token, which lives for 100 days by default.
4. Each refusal is 401 with ``server_error`` and ``access_denied``, also one for a wrong secret. It
   is taken for a dead code or refresh token: that is what a person can mend.
5. There is no revocation endpoint for clients; people revoke tokens at their instance.

Unconfirmed: the address of the account, which the documentation does not list; ServiceNow's own
pages call it. A query of the table ``sys_user`` is documented, but an instance that forbids scripts
in queries answers it with somebody else.

Console: an OAuth endpoint for external clients in the Application Registry of the instance. It
belongs to one instance; people of others need their own.

Scopes: none are sent (quirk 2).
"""

from datetime import date

from connectors import ConnectionInput, ConnectorConfig, Env, account_lookup, app

HOST = "https://${connection_config.instance}.service-now.com"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("servicenow", env),
        display_name="ServiceNow",
        description="Incidents, requests, changes and other records of a ServiceNow instance.",
        category="support",
        docs_url="https://www.servicenow.com/docs/r/platform-security/authentication/authorization-workflow.html",
        console_url="https://developer.servicenow.com",
        checked_on=date(2026, 11, 29),
        authorization_url=f"{HOST}/oauth_auth.do",
        token_url=f"{HOST}/oauth_token.do",
        scopes_sent=False,  # quirk 2
        error_codes={"server_error": "invalid_grant"},  # quirk 4
        supports_refresh=True,
        refresh_rotation="none",  # quirk 3
        supports_multiple_accounts=True,
        connection_config={  # quirk 1
            "instance": ConnectionInput(
                title="Instance",
                description="The name of your instance, as in its service-now.com address.",
                example="acme",
                pattern=r"[a-z0-9][a-z0-9-]{0,62}",
                suffix=".service-now.com",
            )
        },
        fetch_account_info=account_lookup(
            url=f"{HOST}/api/now/ui/user/current_user",
            id="${connection_config.instance}:${result.user_sys_id}",
            label=(
                "${result.user_display_name} (${connection_config.instance})",
                "${result.user_name} (${connection_config.instance})",
            ),
        ),
        api_base_url=f"{HOST}/api/now",
    )
