"""Planning Center OAuth connector.

Quirks:
1. Each product has one scope, which reads and writes; the answer separates them by spaces.
2. The account's call answers in JSON:API: the name stands in ``attributes``.
3. PKCE is not documented for apps with a secret; servers ignore parameters that they do not know
   (RFC 6749 3.1).

Unconfirmed: whether a used refresh token goes on working; it is taken to be dead, which repeats no
refresh. Client authentication, token life, refusals and the members of the account's answer were
described without the provider's own documentation at hand.

Console: a developer application of Planning Center.

Scopes: ``people`` opens the account and the people of the organization; the other products are
sets.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("planning-center", env),
        display_name="Planning Center",
        description="People, groups and services of a church in Planning Center.",
        category="productivity",
        docs_url="https://developer.planning.center/docs/#/overview/authentication",
        console_url="https://api.planningcenteronline.com/oauth/applications",
        checked_on=date(2026, 11, 29),
        authorization_url="https://api.planningcenteronline.com/oauth/authorize",
        token_url="https://api.planningcenteronline.com/oauth/token",
        revocation_url="https://api.planningcenteronline.com/oauth/revoke",
        scopes=("people",),
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=(scope,))
            for name, scope, title, sentence in (
                ("planning", "services", "Services", "See and plan services"),
                ("small-groups", "groups", "Groups", "See and change groups"),
                ("events", "calendar", "Calendar", "See and change events"),
            )
        },
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(  # quirk 2
            url="https://api.planningcenteronline.com/people/v2/me",
            id="data.id",
            label=("data.attributes.name", "data.attributes.first_name"),
        ),
        api_base_url="https://api.planningcenteronline.com",
    )
