"""Vimeo OAuth connector.

Quirks:
1. The token endpoint wants Basic authentication.
2. The account stands in the token answer; its id is the path of its address.
3. There are no refresh tokens, and no answer tells an end: a token is used until the API refuses
   it.
4. Revoking is a DELETE with the token as Bearer, and nothing else.
5. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Unconfirmed: client authentication, token life, refusals and the members of the account's answer,
which were described without the provider's own documentation at hand.

Scopes: ``public`` is part of every token, and ``private`` shows a person's own videos.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("vimeo", env),
        display_name="Vimeo",
        description="Videos on Vimeo: find, describe and publish them.",
        category="media",
        docs_url="https://developer.vimeo.com/api/authentication",
        console_url="https://developer.vimeo.com/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://api.vimeo.com/oauth/authorize",
        token_url="https://api.vimeo.com/oauth/access_token",
        revocation_url="https://api.vimeo.com/tokens",
        revocation=Revocation(method="DELETE", auth="access_token", token=None),  # quirk 4
        scopes=("public", "private"),
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=scopes)
            for name, scopes, title, sentence in (
                ("changes", ("edit",), "Changes", "Change your videos and profile"),
                ("uploads", ("edit", "upload"), "Uploads", "Upload videos"),
                ("statistics", ("stats",), "Statistics", "See how often videos are watched"),
            )
        },
        authorization_method="header",  # quirk 1
        supports_refresh=False,  # quirk 3
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            id="user.uri", label=("user.name", "user.link")
        ),  # quirk 2
        api_base_url="https://api.vimeo.com",
    )
