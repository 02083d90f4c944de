"""Home Assistant connector: a pasted long-lived access token.

Quirks:
1. Each home has a host of its own, and is the account. A home is reached through Home Assistant
   Cloud; one with a host of another kind is not reached by this connector.
2. The address that says whether the API runs ends with a slash.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

KEYS = "https://www.home-assistant.io/docs/authentication/"


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="home-assistant",
        display_name="Home Assistant",
        description="A home: states of lights, heating and sensors, and what they can be told.",
        category="other",
        docs_url="https://developers.home-assistant.io/docs/api/rest/",
        console_url=KEYS,
        checked_on=date(2026, 11, 29),
        api_base_url="https://${home}.ui.nabu.casa/api",
        key=KeyMethod(
            inputs={
                "home": ConnectionInput(
                    title="Home",
                    description="The beginning of your remote address at Home Assistant Cloud.",
                    example="abcdefghijklmnopqrstuvwxyz012345",
                    pattern=r"[a-z0-9]{20,63}",
                    suffix=".ui.nabu.casa",
                    where="Settings, Home Assistant Cloud, Remote control.",
                ),
                "key": ConnectionInput(
                    title="Long-lived access token",
                    description="A token of your profile.",
                    example="eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiIxIn0.0123456789abcdefghijABCDEFGHIJ",
                    pattern=r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+",
                    secret=True,
                    where="Your profile, Security.",
                ),
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(
                url="https://${home}.ui.nabu.casa/api/", refused_statuses=(401,)
            ),  # quirk 2
            account=account_lookup(
                id="${connection_config.home}", label="Home ${connection_config.home}"
            ),  # quirk 1
        ),
    )
