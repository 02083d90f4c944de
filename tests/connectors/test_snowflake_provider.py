"""Snowflake's contract, by docs.snowflake.com/en/user-guide/oauth-custom."""

from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.testing import (
    AccountSample,
    ConnectorContract,
    ErrorSample,
    Person,
    ToolContract,
    documented,
)

HOST = "acme-main.snowflakecomputing.com"
TOKENS = {"access_token": "at_FAKE", "token_type": "Bearer", "expires_in": 600}
WRONG = {"data": None, "message": "…", "code": None, "success": False}


class TestSnowflake(ConnectorContract):
    connector = "snowflake"
    scopes = ("refresh_token",)
    people = (
        Person(account="ANA_DIAZ", typed={"account": HOST}),
        Person(account="ANA_DIAZ", typed={"account": "https://Globex.snowflakecomputing.com/"}),
    )
    accepted_inputs = {"account": {HOST: HOST}}
    refused_inputs = {
        "account": ("", "acme", "snowflakecomputing.com", f"{HOST}.evil.example", f"{HOST}:443")
    }
    exchange = documented({**TOKENS, "refresh_token": "rt_FAKE", "username": "user1"})
    refresh = documented(TOKENS | {"access_token": "at_NEW"})
    accounts = {
        (f"{HOST}:user1", f"user1 ({HOST})"): AccountSample(
            token_answer=TOKENS | {"username": "user1"}
        )
    }
    refusals = (
        ErrorSample(400, {**WRONG, "error": "invalid_grant"}, TokenRejected),
        ErrorSample(400, {**WRONG, "error": "invalid_client"}, ProviderMisconfigured),
    )


class TestSnowflakeTools(ToolContract):
    connector = "snowflake"
