"""GitHub OAuth connector, for an OAuth app.

Quirks:
1. Neither the authorization page nor the token endpoint documents ``response_type`` and
   ``grant_type``.
2. Without ``prompt=select_account`` a person who agreed before is sent back at once, as the account
   that is signed in.
3. A refusal of the token endpoint is HTTP 200, with codes of GitHub's own.
4. The token of an OAuth app has no end, and there are no refresh tokens.
5. Revoking is a DELETE with Basic and JSON, at an address that holds the app's id. It ends this one
   token; the app stays in the person's settings.
6. The answer separates the granted scopes by commas; the engine reads both.
7. GitHub keeps ten tokens for a person, an app and a set of scopes: an eleventh ends the oldest.

Console: an OAuth app under "Developer settings". A GitHub App has other tokens and no scopes.

Scopes: ``read:user`` shows the profile, and everything public with it; there is no scope that reads
private repositories and cannot change them, so ``repo`` is for tools that ask for it.
"""

from datetime import date

from connectors import (
    ConnectionInput,
    ConnectorConfig,
    Env,
    ErrorInSuccess,
    KeyMethod,
    Revocation,
    ScopeSet,
    Verify,
    account_lookup,
    app,
)

USER = "https://api.github.com/user"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("github", env),
        display_name="GitHub",
        description="Repositories, issues and pull requests on GitHub: read them, and change them.",
        category="devtools",
        docs_url="https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps",
        console_url="https://github.com/settings/developers",
        checked_on=date(2026, 11, 29),
        authorization_url="https://github.com/login/oauth/authorize",
        token_url="https://github.com/login/oauth/access_token",
        revocation_url="https://api.github.com/applications/${client_id}/token",
        revocation=Revocation(  # quirk 5
            method="DELETE",
            auth="client_header",
            body_format="json",
            token="access_token",
            token_param="access_token",
        ),
        scopes=("read:user",),
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=(scope,))
            for name, scope, title, sentence in (
                ("repositories", "repo", "Repositories", "Read and change your repositories"),
                ("organizations", "read:org", "Organizations", "See your organizations and teams"),
                ("gists", "gist", "Gists", "Write gists"),
            )
        },
        omit_authorize_params=frozenset({"response_type"}),  # quirk 1
        omit_token_params=frozenset({"grant_type"}),  # quirk 1
        extra_authorize_params={"prompt": "select_account"},  # quirk 2
        error_in_success=ErrorInSuccess(),  # quirk 3
        error_codes={  # quirk 3
            "bad_verification_code": "invalid_grant",
            "incorrect_client_credentials": "invalid_client",
        },
        supports_refresh=False,  # quirk 4
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url=USER, id="id", label="login", metadata={"name": "name"}
        ),
        key=KeyMethod(
            inputs={
                "token": ConnectionInput(
                    title="Personal access token",
                    description="A token of your account, fine-grained or classic.",
                    example="ghp_0123456789abcdefghijABCDEFGHIJ012345",
                    pattern=r"(ghp_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{36,244})",
                    secret=True,
                    where="https://github.com/settings/tokens",
                )
            },
            api_headers={"Authorization": "Bearer ${token}"},
            verify=Verify(url=USER, refused_statuses=(401,)),
            account=account_lookup(id="id", label="login"),
        ),
        api_base_url="https://api.github.com",
    )
