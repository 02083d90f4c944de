"""Xero OAuth connector.

Connections: https://developer.xero.com/documentation/guides/oauth2/tenants

Quirks:
1. A refresh token comes only with ``offline_access``, lives for 60 days and is replaced by each
   refresh. The old one answers for 30 more minutes, for a client that lost the answer.
2. Each consent is about one organisation, but a token opens every organisation that this person
   ever connected. ``/connections`` lists them all; the one of this consent has the
   ``authEventId`` that is the claim ``authentication_event_id`` of the access token.
3. The identity is organisation and person (the claim ``xero_userid``): each has a grant.
4. Each call names the organisation in ``xero-tenant-id``.
5. Revoking takes the refresh token alone, and disconnects every organisation of that person.

Console: an app of the type "Web app". Apps made since March 2026 have finer scopes: ask for
``accounting.invoices`` in place of ``accounting.transactions``.

Scopes: ``openid`` names the person, ``offline_access`` is quirk 1, and
``accounting.contacts.read`` and ``accounting.settings.read`` open customers and accounts.
"""

from datetime import date

from connectors import (
    AccountInfo,
    AccountUnfit,
    AccountUnreadable,
    ConnectionContext,
    ConnectorConfig,
    Env,
    ScopeSet,
    app,
    as_text,
    claims_of,
    dig,
)


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("xero", env),
        display_name="Xero",
        description="Contacts, invoices and accounts of a Xero organisation.",
        category="finance",
        docs_url="https://developer.xero.com/documentation/guides/oauth2/auth-flow",
        console_url="https://developer.xero.com/app/manage",
        checked_on=date(2026, 11, 29),
        authorization_url="https://login.xero.com/identity/connect/authorize",
        token_url="https://identity.xero.com/connect/token",
        revocation_url="https://identity.xero.com/connect/revocation",  # quirk 5
        scopes=("openid", "offline_access", "accounting.contacts.read", "accounting.settings.read"),
        scope_sets={
            "contacts": ScopeSet(
                title="Change contacts",
                sentence="Create and change contacts",
                scopes=("accounting.contacts",),
            ),
            "invoices": ScopeSet(
                title="Invoices",
                sentence="See invoices and bills",
                scopes=("accounting.invoices.read",),
            ),
        },
        authorization_method="header",
        supports_refresh=True,
        refresh_grace_seconds=1800,  # quirk 1
        supports_multiple_accounts=True,
        fetch_account_info=fetch_account_info,  # quirk 2
        api_base_url="https://api.xero.com",
        api_headers={
            "Authorization": "Bearer ${access_token}",
            "xero-tenant-id": "${metadata.tenant_id}",  # quirk 4
        },
    )


async def fetch_account_info(ctx: ConnectionContext) -> AccountInfo:
    """Read the organisation of this consent (quirks 2 and 3).

    Raises ``AccountUnreadable``, and ``AccountUnfit`` if the person chose no organisation.
    """
    claims = claims_of(ctx.tokens.access_token.reveal())
    event = as_text(dig(claims, "authentication_event_id"))
    person = as_text(dig(claims, "xero_userid"))
    answer = await ctx.fetch("https://api.xero.com/connections")
    if answer.status != 200:
        raise AccountUnreadable(f"the list of organisations answered {answer.status}")
    listed = answer.json()
    if person is None or event is None or not isinstance(listed, list):
        raise AccountUnreadable("the answers name no person, no consent or no organisations")
    chosen = next((one for one in listed if as_text(dig(one, "authEventId")) == event), None)
    tenant = as_text(dig(chosen, "tenantId"))
    if tenant is None:
        raise AccountUnfit("no organisation was chosen")
    return AccountInfo(
        external_account_id=f"{tenant}:{person}",
        account_label=as_text(dig(chosen, "tenantName")) or tenant,
        metadata={"tenant_id": tenant},
    )
