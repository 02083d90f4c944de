"""A success that carries a token is a success, whatever stands next to the token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.config_types import ErrorInSuccess
from gateway.store.connection import Status
from gateway.store.mongo import Database
from gateway.testing.workbench import open_workbench
from tests.engine.token_answers import GOOD, NOW, read, unread
from tests.support.subjects import subject_of

ROTATED = {
    "access_token": "sandbox-new-access",
    "token_type": "Bearer",
    "expires_in": 3600,
    "refresh_token": "sandbox-new-refresh",
}


@pytest.mark.parametrize("said", [None, ""], ids=repr)
@pytest.mark.parametrize("shape", [None, ErrorInSuccess()], ids=["undeclared", "declared"])
def test_empty_error_members_are_no_error(said: str | None, shape: ErrorInSuccess | None) -> None:
    """Keycloak behind a gateway sends ``null`` (CZ-NIC/pyoidc#879), others an empty text
    (dotnet/aspnetcore#53457).
    """
    body = GOOD | {"error": said, "error_description": said, "error_uri": said}
    assert read(body, error_in_success=shape).refresh_token is not None


def test_error_code_of_zero_is_no_error() -> None:
    """WeChat Work added ``"errcode": 0`` to its successes (dodgepudding/wechat-php-sdk#330)."""
    body = {"errcode": 0, "errmsg": "ok", "access_token": "a", "expires_in": 7200}
    assert read(body, error_in_success=ErrorInSuccess(code="errcode")).expires_at is not None


def test_error_description_alone_is_no_error() -> None:
    """Servers fill it with an empty text (p2/OAuth2#247)."""
    assert read(GOOD | {"error_description": ""}).refresh_token is not None


@pytest.mark.parametrize(
    "member",
    [
        {"expires_in": -1},
        {"expires_in": ""},
        {"token_type": "JWT"},
        {"scope": {}},
        {"expires_in": "31556939 s"},
        {"error": None},
    ],
    ids=repr,
)
async def test_odd_member_does_not_cost_the_rotated_refresh_token(
    member: dict[str, Any], workplace: Database
) -> None:
    """The old refresh token may be dead: what is not stored now cannot be had again.

    ``expires_in`` of 0 or less: spring-projects/spring-security#4810; not a number:
    lidge-jun/opencodex#1418, snap-one/drivers-common-public#5; ``expires_in`` and others as texts:
    delta-io/delta-sharing#628.
    """
    async with open_workbench(subject_of("airtable"), workplace) as bench:
        before = await bench.connect()
        bench.transport.replace("token", httpx.Response(200, json=ROTATED | member))
        issued = await bench.token(before, force=True)
        assert issued.access_token.reveal() == "sandbox-new-access"
        (after,) = await bench.connections()
        assert after.generation == before.generation + 1
        assert after.status is Status.ACTIVE
        assert after.granted_scopes == before.granted_scopes


def test_lifetime_as_a_float_is_a_lifetime() -> None:
    """Reddit sent ``3600.0`` (reddit-archive/reddit#761)."""
    assert read(GOOD | {"expires_in": 3600.0}).expires_at == NOW + timedelta(hours=1)


def test_answer_without_a_token_type_is_a_success() -> None:
    """spring-projects/spring-security#5369."""
    assert read({"access_token": "a"}).token_type == "Bearer"
    assert unread({"access_token": "a"}) == ()


def test_content_type_of_a_success_does_not_matter() -> None:
    """Dropbox sent ``text/javascript`` (dart-lang/tools#306)."""
    headers = {"content-type": "text/javascript"}
    assert read({"access_token": "a", "uid": "1"}, headers=headers).access_token.reveal() == "a"


def test_lifetime_of_zero_without_a_refresh_token_is_unknown() -> None:
    """Mailchimp's tokens never end (requests/requests-oauthlib#169)."""
    body = {"access_token": "mc-at", "expires_in": 0, "scope": None}
    assert read(body, supports_refresh=False).expires_at is None


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(0, id="VK: spring-attic/spring-security-oauth#738, ruby-oauth/oauth2#284"),
        pytest.param(-1, id="GoToSocial: superseriousbusiness/gotosocial#731"),
        pytest.param("0", id="as a text"),
    ],
)
def test_lifetime_of_nothing_means_that_the_provider_sets_none(value: Any) -> None:
    assert read({"access_token": "a", "expires_in": value}).expires_at is None


def test_lifetime_of_zero_with_a_refresh_token_is_taken_literally() -> None:
    """A token can be within its last second (spring-attic/spring-security-oauth#1895)."""
    assert read(GOOD | {"expires_in": 0}).expires_at == NOW
