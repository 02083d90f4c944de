"""TMDB connector: a pasted read access token.

Quirks:
1. No call names the account of the token.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

KEYS = "https://www.themoviedb.org/settings/api"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="tmdb",
        display_name="TMDB",
        description="Films and series: casts, ratings, pictures and where to watch them.",
        category="media",
        docs_url="https://developer.themoviedb.org/docs/authentication-application",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.themoviedb.org/3",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="API Read Access Token",
                    description="The longer one of the two on that page.",
                    example="eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiIxIn0.0123456789abcdefghijABCDEFGHIJ",
                    pattern=r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+",
                    secret=True,
                    where=KEYS,
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(
                url="https://api.themoviedb.org/3/authentication", refused_statuses=(401,)
            ),  # quirk 1
        ),
    )
