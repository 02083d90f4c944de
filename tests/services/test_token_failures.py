"""Token reads while the provider fails: served tokens, errors, and kept connections."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.sandbox.link import SandboxLink, link_sandbox
from gateway.services import back_off
from gateway.settings.environment import Settings
from tests.conftest import GATEWAY_URL
from tests.support import gateway as gateway_support
from tests.support.gateway import Harness, running_gateway
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import (
    StoppedClock,
    asked,
    connect,
    connection,
    expiry_of,
    fingerprint,
    force,
    problem_of,
    revoke_at_google,
    token_of,
    works,
)
from tests.support.waiting import until

STALE = timedelta(minutes=59, seconds=30)
"""Age of a Google token that is due for a refresh and still valid."""

FAULTS = ("status_500", "rate_limited", "html", "redirect", "not_json", "huge")

faults = pytest.mark.parametrize("fault", FAULTS)


@pytest.fixture
def long_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lengthen the first pause, so that it does not end during a test on a slow machine."""
    monkeypatch.setattr(back_off, "FIRST_SECONDS", 7.0)


@pytest.mark.requirement("C1", "C2", "D6", "D7")
@faults
@pytest.mark.usefixtures("long_pause")
async def test_a_valid_token_is_handed_out_while_the_provider_fails(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock, fault: str
) -> None:
    """Rule 3, C1, C2, D6, D7: during the cool-down no request is sent."""
    await connect(gateway, "google")
    first = await gateway.token("google", "alice")
    clock.offset += STALE
    sandbox.fail("google", fault, count=100)
    mark = sandbox.mark()

    answers = [await gateway.token("google", "alice") for _ in range(3)]

    assert {token_of(answer) for answer in answers} == {token_of(first)}
    assert {expiry_of(answer) for answer in answers} == {expiry_of(first)}
    assert works(first, "/oauth2/v3/userinfo")
    assert asked(sandbox, "google", mark) == [f"fault: {fault}"]
    assert (await connection(gateway))["status"] == "active"


@pytest.mark.requirement("D6", "J3")
@faults
@pytest.mark.usefixtures("long_pause")
async def test_an_expired_token_is_not_handed_out_and_the_connection_is_kept(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock, fault: str
) -> None:
    """Rule 4, D6, J3: the provider's words are not repeated."""
    await connect(gateway, "google")
    clock.advance(hours=1)
    sandbox.fail("google", fault, count=100)
    mark = sandbox.mark()

    answers = [await gateway.token("google", "alice") for _ in range(3)]

    for answer in answers:
        assert problem_of(answer) == (503, "provider_unavailable")
        assert 1 <= int(answer.headers["retry-after"]) <= 7
        assert "The connection is kept." in answer.json()["detail"]
        for word in ("slow_down", "server_error", "xxx", "elsewhere", "right back"):
            assert word not in answer.text
    assert asked(sandbox, "google", mark) == [f"fault: {fault}"]
    assert (await connection(gateway))["status"] == "not_renewed"


@pytest.mark.requirement("D6")
async def test_the_provider_s_own_retry_after_is_passed_on(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    await connect(gateway, "google")
    clock.advance(hours=1)
    sandbox.fail("google", "rate_limited")

    answer = await gateway.token("google", "alice")

    assert answer.headers["retry-after"] == "7"


@pytest.mark.requirement("C2")
async def test_a_redirect_is_not_followed(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """Following it would send the client secret and the refresh token to another host."""
    await connect(gateway, "google")
    clock.advance(hours=1)
    sandbox.fail("google", "redirect")
    mark = sandbox.mark()

    await gateway.token("google", "alice")

    assert len(sandbox.log(after=mark)) == 1


async def test_a_reported_token_and_a_forced_refresh_get_the_failure_itself(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    """The caller has reported the token as unusable, so serving it again would be wrong."""
    await connect(gateway, "google")
    token = token_of(await gateway.token("google", "alice"))
    sandbox.fail("google", "status_500", count=100)

    forced = await force(gateway, "google")
    reported = await gateway.token("google", "alice", rejected_token_sha256=fingerprint(token))

    assert problem_of(forced) == problem_of(reported) == (503, "provider_unavailable")
    assert token_of(await gateway.token("google", "alice")) == token


async def test_a_token_that_lives_too_short_for_the_caller_is_better_than_none(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """Rule 3."""
    await connect(gateway, "google")
    token = token_of(await gateway.token("google", "alice"))
    clock.advance(minutes=30)
    sandbox.fail("google", "status_500")

    assert token_of(await gateway.token("google", "alice", min_seconds=3000)) == token


@pytest.mark.requirement("D7")
async def test_after_the_cool_down_the_provider_is_asked_again(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """No reconnect is needed; the cool-down ends by the database's clock."""
    await connect(gateway, "notion")
    sandbox.fail("notion", "status_500")
    assert problem_of(await force(gateway, "notion")) == (503, "provider_unavailable")
    mark = sandbox.mark()

    async def is_asked_again() -> bool:
        return (await force(gateway, "notion")).status_code == 200

    await until(is_asked_again)  # one to three seconds

    assert asked(sandbox, "notion", mark) == ["issued"]


@pytest.mark.requirement("D6", "D7")
async def test_a_revoked_grant_needs_the_user_and_stays(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """Rule 4, D6, D7."""
    await connect(gateway, "google")
    before = await connection(gateway)
    revoke_at_google(sandbox, token_of(await gateway.token("google", "alice")))
    clock.advance(hours=1)
    mark = sandbox.mark()

    answers = [await gateway.token("google", "alice") for _ in range(3)]
    answers.append(await force(gateway, "google"))

    assert {problem_of(answer) for answer in answers} == {(409, "reauthorization_required")}
    url = f"{GATEWAY_URL}/connectors/google?reconnect={before['id']}"
    assert {answer.json()["connect_url"] for answer in answers} == {url}
    assert answers[0].json()["connector"] == "google"
    assert asked(sandbox, "google", mark) == ["invalid_grant"]
    after = await connection(gateway)
    assert (after["id"], after["status"], after["status_reason"]) == (
        before["id"],
        "needs_reauth",
        "invalid_grant",
    )


async def test_reconnecting_makes_it_work_again(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    await connect(gateway, "google")
    before = await connection(gateway)
    old = token_of(await gateway.token("google", "alice"))
    revoke_at_google(sandbox, old)
    clock.advance(hours=1)
    assert (await gateway.token("google", "alice")).status_code == 409

    await connect(gateway, "google")

    after = await connection(gateway)
    assert (after["id"], after["status"], after["status_reason"]) == (before["id"], "active", None)
    answer = await gateway.token("google", "alice")
    assert token_of(answer) != old
    assert works(answer, "/oauth2/v3/userinfo")
    clock.advance(hours=1)
    assert works(await gateway.token("google", "alice"), "/oauth2/v3/userinfo")


async def test_a_token_is_not_served_once_the_grant_is_known_to_be_dead(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """Rule 3: the token has a life left, but the provider has ended its grant."""
    await connect(gateway, "google")
    token = token_of(await gateway.token("google", "alice"))
    revoke_at_google(sandbox, token)
    clock.offset += STALE

    for wanted in ({}, {"rejected_token_sha256": fingerprint(token)}, {}):
        answer = await gateway.token("google", "alice", **wanted)
        assert problem_of(answer) == (409, "reauthorization_required")
        assert (await connection(gateway))["status"] == "needs_reauth"


@pytest.mark.requirement("D6")
async def test_a_wrong_client_secret_disconnects_no_user(
    gateway: Harness,
    mongodb_url: str,
    database_name: str,
    sandbox: SandboxProcess,
    clock: StoppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rule 4, D6: an operator's mistake disconnects no user, and its repair suffices."""
    await connect(gateway, "google")
    clock.advance(hours=1)
    mark = sandbox.mark()

    async def mistaken(settings: Settings, env: dict[str, str]) -> SandboxLink:
        link = await link_sandbox(settings, env)
        return replace(
            link, variables={**link.variables, "OAUTH_GOOGLE_CLIENT_SECRET": "not-the-secret"}
        )

    monkeypatch.setattr(gateway_support, "link_sandbox", mistaken)
    keys = gateway.settings.encryption_keys.get_secret_value()
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        encryption_keys=keys,
        sandbox=sandbox.url,
        public_url=GATEWAY_URL,
    ) as misconfigured:
        answer = await misconfigured.token("google", "alice")

    assert problem_of(answer) == (503, "provider_unavailable")
    assert "not-the-secret" not in answer.text
    assert asked(sandbox, "google", mark) == ["invalid_client"]
    shown = await connection(gateway)
    assert (shown["status"], shown["status_reason"], shown["action"]) == (
        "not_renewed",
        "provider_misconfigured",
        "operator",
    )
    await connect(gateway, "google")  # ends the cool-down
    assert token_of(await gateway.token("google", "alice"))
