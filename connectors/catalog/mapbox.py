"""Mapbox connector: a pasted access token.

Quirks:
1. The token goes into the query.
2. Asked about a token, Mapbox answers 200 also for a wrong one, with a code that says why.
3. A token names its account, which may have several.

Unconfirmed: the statuses of refusals and the members of the account's answer, which were described
without the provider's own documentation at hand.

Scopes: none are requested; a token has those that were chosen where it was made.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://console.mapbox.com/account/access-tokens/"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="mapbox",
        display_name="Mapbox",
        description="Maps, directions and places: find addresses and the way to them.",
        category="data",
        docs_url="https://docs.mapbox.com/api/accounts/tokens/",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://api.mapbox.com",
        key=KeyMethod(
            inputs={
                "key": ConnectionInput(
                    title="Access token",
                    description="A secret or a public token of your account.",
                    example="sk.eyJ1IjoiYWNtZSJ9.0123456789abcdefghij",
                    pattern=r"(sk|pk)\.[A-Za-z0-9_-]{10,500}\.[A-Za-z0-9_-]{10,100}",
                    secret=True,
                    where=KEYS,
                )
            },
            api_query={"access_token": "${key}"},  # quirk 1
            verify=Verify(
                url="https://api.mapbox.com/tokens/v2",
                refused_statuses=(401,),
                code_path="code",
                refused_codes=frozenset(
                    {"TokenMalformed", "TokenInvalid", "TokenExpired", "TokenRevoked"}
                ),
            ),  # quirk 2
            account=account_lookup(id="token.user", label="Mapbox ${token.user}"),  # quirk 3
        ),
    )
