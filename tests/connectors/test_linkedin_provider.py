"""LinkedIn's contract, by learn.microsoft.com/linkedin/shared/authentication."""

from dataclasses import replace

import pytest

from connectors.secret import Secret
from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.store.mongo import Database
from gateway.testing import ConnectorContract, ErrorSample, documented
from gateway.testing.workbench import open_workbench
from tests.support.subjects import subject_of

USERINFO = "api.linkedin.com/v2/userinfo"
PROFILE = {"given_name": "Ana", "family_name": "Diaz", "locale": "en-US"}
TOKENS = {"expires_in": 5183999, "refresh_token_expires_in": 31536059, "scope": "openid,profile"}


class TestLinkedIn(ConnectorContract):
    connector = "linkedin"
    scopes = ("openid", "profile")
    exchange = documented(
        {**TOKENS, "access_token": "AQXFAKE", "refresh_token": "AQWFAKE", "token_type": "Bearer"},
        scopes=("openid", "profile"),
    )
    refresh = documented(
        {**TOKENS, "access_token": "BBBBFAKE", "refresh_token": "AQWFAKE"},
        scopes=("openid", "profile"),
    )
    accounts = {
        ("782bbtaQ", "Ana Diaz"): {USERINFO: {"sub": "782bbtaQ", "name": "Ana Diaz", **PROFILE}},
        ("782bbtaQ", "782bbtaQ"): {USERINFO: {"sub": "782bbtaQ"}},
    }
    refusals = (
        ErrorSample(400, {"error": "invalid_request"}, TokenRejected, on_refresh=True),
        ErrorSample(401, {"error": "invalid_client"}, ProviderMisconfigured),
    )


async def test_linkedin_refuses_a_verifier_next_to_the_secret(database: Database) -> None:
    """It answers as for a wrong secret (UsefulSoftwareCo/executor#2087, teamhanko/hanko#2405)."""
    subject = subject_of("linkedin")
    with_pkce = replace(subject.config, use_pkce=True)
    async with open_workbench(subject, database) as bench:
        code, verifier = bench.code()
        with pytest.raises(ProviderMisconfigured) as caught:
            await bench.exchange(code, verifier, config=with_pkce)
        assert caught.value.provider_code == "invalid_client"


async def test_linkedin_app_without_refresh_tokens_works_until_the_token_ends(
    database: Database,
) -> None:
    """Only approved partners get refresh tokens."""
    subject = subject_of("linkedin")
    answer = subject.provider.token_answer

    def ordinary(issued: object) -> dict[str, object]:
        said = dict(answer(issued))  # type: ignore[arg-type]
        return {name: value for name, value in said.items() if "refresh_token" not in name}

    provider = replace(subject.provider, token_answer=ordinary)
    async with open_workbench(replace(subject, provider=provider), database) as bench:
        connection = await bench.connect()
        assert connection.tokens.refresh_token is None
        assert (await bench.token(connection)).access_token != Secret("")
