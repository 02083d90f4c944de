"""X's contract. Sources: docs.x.com, OAuth 2.0 authorization code flow with PKCE; users/me."""

from dataclasses import replace

import pytest

from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.store.mongo import Database
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented
from gateway.testing.workbench import open_workbench
from tests.support.subjects import subject_of

ME = "api.x.com/2/users/me"
ANA = {"name": "Ana Diaz"}
TOKENS = {
    "token_type": "bearer",
    "expires_in": 7200,
    "scope": "tweet.read users.read offline.access",
}
INVALID = {
    "error": "invalid_request",
    "error_description": "Value passed for the token was invalid.",
}
UNAUTHORIZED = {
    "error": "unauthorized_client",
    "error_description": "Missing valid authorization header",
}


class TestX(ConnectorContract):
    connector = "x"
    scopes = ("tweet.read", "users.read", "offline.access")
    exchange = documented({**TOKENS, "access_token": "VGFAKE", "refresh_token": "bWFAKE"})
    refresh = documented({**TOKENS, "access_token": "VGNEW", "refresh_token": "bWNEW"})
    accounts = {
        ("2244994945", "ana"): AccountSample(
            {ME: {"data": {"id": "2244994945", "username": "ana", **ANA}}}, ANA
        ),
        ("2244994945", "Ana Diaz"): AccountSample({ME: {"data": {"id": "2244994945", **ANA}}}, ANA),
    }
    refusals = (
        ErrorSample(400, INVALID, TokenRejected, on_refresh=True),
        ErrorSample(401, UNAUTHORIZED, ProviderMisconfigured),
    )


async def test_x_refuses_a_client_secret_in_the_body(database: Database) -> None:
    """ "Missing valid authorization header" (tweepy/tweepy#2035, better-auth/better-auth#2095)."""
    subject = subject_of("x")
    async with open_workbench(subject, database) as bench:
        in_the_body = replace(subject.config, authorization_method="body")
        with pytest.raises(ProviderMisconfigured) as caught:
            await bench.exchange(*bench.code(), config=in_the_body)
        assert caught.value.provider_code == "unauthorized_client"
        await bench.exchange(*bench.code())


async def test_x_gives_no_refresh_token_without_offline_access(database: Database) -> None:
    subject = subject_of("x")
    config = replace(subject.config, scopes=("tweet.read", "users.read"))
    async with open_workbench(replace(subject, config=config), database) as bench:
        assert (await bench.connect()).tokens.refresh_token is None
