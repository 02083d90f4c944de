"""Alpaca connector: a pasted key id and secret key of a trading account.

Quirks:
1. Live and paper trading are two hosts, each with keys of its own.
2. A wrong key gets 403 with ``forbidden.``, or 401. A right one may always read its account.

Console: the home page of the trading account makes a key; the secret is shown once.

Scopes: none exist for keys.

Unconfirmed: the letters and the lengths of both keys; their patterns are wide.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="alpaca",
        display_name="Alpaca",
        description="Stock and crypto trading: orders, positions and the balance of an account.",
        category="finance",
        docs_url="https://docs.alpaca.markets/docs/authentication",
        console_url="https://app.alpaca.markets",
        checked_on=date(2026, 11, 29),
        api_base_url="https://${environment.api}/v2",
        key=KeyMethod(
            inputs={
                "environment": ConnectionInput(  # quirk 1
                    title="Account",
                    description="Whether orders move real money.",
                    choices={
                        "paper": {"title": "Paper trading", "api": "paper-api.alpaca.markets"},
                        "live": {"title": "Live trading", "api": "api.alpaca.markets"},
                    },
                ),
                "key_id": ConnectionInput(
                    title="Key id",
                    description="The id of your key.",
                    example="PKFAKE0123456789ABCD",
                    pattern=r"[A-Z0-9]{16,32}",
                    keep_case=True,
                    where="https://app.alpaca.markets",
                ),
                "secret_key": ConnectionInput(
                    title="Secret key",
                    description="The secret that was shown with this id.",
                    example="FAKE" + "0123456789abcdefGHIJ" * 2,
                    pattern=r"[A-Za-z0-9/+]{32,64}",
                    secret=True,
                    where="https://app.alpaca.markets",
                ),
            },
            api_headers={"APCA-API-KEY-ID": "${key_id}", "APCA-API-SECRET-KEY": "${secret_key}"},
            verify=Verify(url="https://${environment.api}/v2/account"),  # quirk 2
            account=account_lookup(id="id", label="account_number"),
        ),
    )
