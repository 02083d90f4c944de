"""A dead grant is not an outage: a refusal is read as the provider writes it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from connectors.config_types import ErrorInSuccess
from gateway.errors import ProviderError, ReauthorizationRequired, TokenRejected
from gateway.store.connection import Status
from gateway.store.mongo import Database
from gateway.testing.workbench import open_workbench
from tests.engine.token_answers import read
from tests.support.subjects import subject_of


def refused(body: Any, status: int = 400, content_type: str = "", **changes: Any) -> ProviderError:
    """Return the error of a refresh."""
    with pytest.raises(ProviderError) as caught:
        read(body, status, {"content-type": content_type}, granted=("read",), **changes)
    return caught.value


@pytest.mark.parametrize(
    ("code", "number"),
    [
        pytest.param("interaction_required", 50076, id="FormidableLabs/react-native-app-auth#309"),
        pytest.param("interaction_required", 50079, id="juunas11/aspnetcore2aadauth#6"),
        pytest.param(
            "interaction_required", 50139, id="AzureAD/azure-activedirectory-library-for-js#604"
        ),
        pytest.param(
            "consent_required", 65001, id="AzureAD/microsoft-authentication-library-for-js#1297"
        ),
        pytest.param("login_required", 50058, id="InteractionRequiredAuthErrorCodes of MSAL"),
    ],
)
async def test_microsoft_refresh_that_needs_the_person_ends_in_needs_reauth(
    code: str, number: int, workplace: Database
) -> None:
    """An administrator who asks for a second factor ends grants without ``invalid_grant``."""
    body = {
        "error": code,
        "error_description": f"AADSTS{number}: ...",
        "error_codes": [number],
        "suberror": "basic_action",
    }
    async with open_workbench(subject_of("microsoft"), workplace) as bench:
        connection = await bench.connect()
        bench.transport.replace("token", httpx.Response(400, json=body))
        with pytest.raises(ReauthorizationRequired) as caught:
            await bench.token(connection, force=True)
        assert caught.value.reason == code
        (after,) = await bench.connections()
        assert (after.status, after.status_reason) == (Status.NEEDS_REAUTH, code)


def test_status_503_in_a_success_is_a_dead_refresh_token() -> None:
    """Withings (jaroslawhartman/withings-sync#41, home-assistant/core#102886)."""
    error = refused(
        {"status": 503, "body": {}, "error": "Invalid Params: invalid refresh_token"},
        200,
        error_in_success=ErrorInSuccess(flag="status", ok=0, code="status"),
        error_codes={"503": "invalid_grant"},
    )
    assert type(error) is TokenRejected


@pytest.mark.parametrize("shape", [None, ErrorInSuccess(code="error.code")], ids=str)
def test_numeric_code_within_the_error_is_a_dead_token(shape: ErrorInSuccess | None) -> None:
    """Facebook's code 190: https://developers.facebook.com/docs/graph-api/guides/error-handling."""
    body = {"error": {"message": "...", "type": "OAuthException", "code": 190}}
    error = refused(body, error_in_success=shape, error_codes={"190": "invalid_grant"})
    assert type(error) is TokenRejected


def test_wechat_number_is_a_dead_refresh_token() -> None:
    """``{"errcode": 42002}`` (node-webot/wechat-enterprise-api#23 has one of its neighbours)."""
    error = refused(
        {"errcode": 42002, "errmsg": "refresh_token expired"},
        200,
        error_in_success=ErrorInSuccess(code="errcode"),
        error_codes={"42002": "invalid_grant"},
    )
    assert type(error) is TokenRejected


def test_code_within_the_error_is_read() -> None:
    """OpenAI's accounts (lidge-jun/opencodex#4737)."""
    body = {
        "error": {
            "message": "Your session has ended. Please log in again.",
            "type": "invalid_request_error",
            "param": None,
            "code": "refresh_token_invalidated",
        }
    }
    codes = {"refresh_token_invalidated": "invalid_grant"}
    assert type(refused(body, 401, error_codes=codes)) is TokenRejected


def test_nested_code_in_capitals_is_read() -> None:
    """acg-box/decodex#1355."""
    assert type(refused({"error": {"code": "INVALID_GRANT"}})) is TokenRejected


def test_code_in_the_status_member_is_read() -> None:
    """HubSpot's ``BAD_REFRESH_TOKEN`` (HGData/mk-node-hubspot#64, airbytehq/airbyte#79592)."""
    body = {"status": "BAD_REFRESH_TOKEN", "message": "missing or invalid refresh token"}
    assert type(refused(body, error_codes={"BAD_REFRESH_TOKEN": "invalid_grant"})) is TokenRejected


@pytest.mark.parametrize(
    "content_type",
    [
        pytest.param("text/plain; charset=utf-8", id="kanidm/kanidm#4470"),
        pytest.param("text/html", id="oauthlib/oauthlib#231"),
        pytest.param("text/javascript", id="dart-lang/tools#306"),
    ],
)
def test_content_type_of_a_refusal_does_not_matter(content_type: str) -> None:
    assert type(refused({"error": "invalid_grant"}, 400, content_type)) is TokenRejected
