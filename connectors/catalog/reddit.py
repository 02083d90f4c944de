"""Reddit OAuth connector.

Quirks:
1. The token endpoint wants Basic authentication.
2. Only ``duration=permanent`` brings a refresh token. It is used again and again.
3. Every call has to name its client in ``User-Agent``: the gateway sends its own. Requests without
   one, or with one of a common library, are answered with 429.
4. Refusals carry the status as the code: 401 for wrong credentials, 400 for a dead refresh token.
   A dead code is HTTP 200 with ``invalid_grant``.
5. The API is at another host than the web site.
6. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Unconfirmed: the life of an access token, of which documentation says an hour and clients say a day,
and the body of the refusal of a dead refresh token.

Console: a "web app" under "apps" of an account. Reddit has to approve use of its API.

Scopes: ``identity`` opens the account, and ``read`` posts and comments.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ErrorInSuccess, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("reddit", env),
        display_name="Reddit",
        description="Posts and comments on Reddit: read them, and write as yourself.",
        category="communication",
        docs_url="https://github.com/reddit-archive/reddit/wiki/OAuth2",
        console_url="https://www.reddit.com/prefs/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://www.reddit.com/api/v1/authorize",
        token_url="https://www.reddit.com/api/v1/access_token",
        revocation_url="https://www.reddit.com/api/v1/revoke_token",
        scopes=("identity", "read"),
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=scopes)
            for name, scopes, title, sentence in (
                ("post", ("submit", "edit"), "Posts", "Write posts and comments, and edit yours"),
                ("subreddits", ("mysubreddits",), "Communities", "See the communities you joined"),
                ("messages", ("privatemessages",), "Messages", "Read and write messages"),
            )
        },
        extra_authorize_params={"duration": "permanent"},  # quirk 2
        authorization_method="header",  # quirk 1
        error_in_success=ErrorInSuccess(),  # quirk 4
        error_codes={"401": "invalid_client"},  # quirk 4
        refresh_rejected_codes=frozenset({"400"}),  # quirk 4
        supports_refresh=True,
        refresh_rotation="none",  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://oauth.reddit.com/api/v1/me", id="id", label="name"
        ),
        api_base_url="https://oauth.reddit.com",  # quirk 5
    )
