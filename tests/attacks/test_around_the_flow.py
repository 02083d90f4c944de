"""Attacks around the connect flow, on the gateway in this process."""

from __future__ import annotations

import asyncio
import io
import secrets
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import anyio
import pytest
from joserfc.jwk import RSAKey

from connectors.account import AccountInfo
from gateway.access.service_keys import Role
from gateway.clock import utc_now
from gateway.digest import sha256_hex
from gateway.engine.account import clean_account
from gateway.observe.access_log import log_request
from gateway.observe.logs import configure_logs
from gateway.settings.environment import Driver
from gateway.store.clock import DatabaseClock
from gateway.store.migrations import prepare
from gateway.store.mongo import Database, open_database
from gateway.store.sessions import SessionStore
from gateway.text import say
from tests.conftest import GATEWAY_URL
from tests.store.test_clock import Jumping
from tests.support.callbacks import approved_callback
from tests.support.gateway import ACCOUNTS, FakeClock, Harness, running_gateway
from tests.support.identity_provider import running_identity_provider
from tests.support.logins import (
    HOST_URL,
    gateway_with,
    leads_to,
    parameters,
    post_login,
    returning,
    signed_in,
)
from tests.support.sealing import VAULT
from tests.support.serving import serving
from tests.support.waiting import PATIENCE_SECONDS

ESCAPE = "\x1b]0;owned\x07"


def handing_off(url: str, name: str, clock: FakeClock) -> AbstractAsyncContextManager[Harness]:
    """Return a gateway whose people sign in through a host."""
    return running_gateway(
        url, name, clock=clock, public_url=GATEWAY_URL, login="handoff", handoff_url=HOST_URL
    )


@pytest.mark.requirement("A4")
async def test_a_finished_hand_off_signs_no_other_browser_in(
    mongodb_url: str, database_name: str, clock: FakeClock
) -> None:
    """Mallory sends Victor the address of her own sign-in, so that he works in her account."""
    async with handing_off(mongodb_url, database_name, clock) as gateway:
        mallory, victor = await gateway.browser(), await gateway.browser()
        challenge = parameters(leads_to(await post_login(mallory)))["login_challenge"]
        accepted = await gateway.services.logins.handoff.accept(
            challenge, tenant="default", user="mallory"
        )
        await victor.open(accepted.return_url, site="cross-site")
        assert not await signed_in(victor)


@pytest.mark.requirement("E5")
async def test_a_writer_of_the_database_accepts_no_hand_off(
    mongodb_url: str, database_name: str, clock: FakeClock
) -> None:
    """Mallory begins a sign-in and names the victim, with a verifier of her own, in its row."""
    async with (
        handing_off(mongodb_url, database_name, clock) as gateway,
        open_database(mongodb_url, database_name, Driver.PYMONGO) as database,
    ):
        mallory, verifier = await gateway.browser(), secrets.token_urlsafe(32)
        challenge = parameters(leads_to(await post_login(mallory)))["login_challenge"]
        planted = {"tenant": "default", "user": "victim", "verifier_hash": sha256_hex(verifier)}
        await database.collection("logins").update_one(
            {"_id": sha256_hex(challenge)}, {"$set": planted}
        )
        query = f"login_challenge={challenge}&login_verifier={verifier}"
        await mallory.open(f"{GATEWAY_URL}/login/continue?{query}", site="cross-site")
        assert not await signed_in(mallory)


@pytest.mark.requirement("E5")
async def test_a_repeated_migration_proves_no_planted_session(database: Database) -> None:
    """The attacker deletes the record of the migrations, and waits for a restart."""
    await prepare(database)
    now, sessions = utc_now(), database.collection("sessions")
    await sessions.insert(
        {
            "_id": "planted",
            "tenant": "default",
            "user": "victim",
            "created_at": now,
            "seen_at": now,
            "expires_at": now + timedelta(days=7),
        }
    )
    await database.collection("migrations").delete_many({})
    await prepare(database)
    assert await SessionStore(database, VAULT).get("planted", now) is None


@pytest.mark.requirement("A13")
async def test_a_second_host_field_is_refused(gateway: Harness) -> None:
    """The proxy judged the other one."""
    app = gateway.transport.app  # type: ignore[attr-defined]
    host = GATEWAY_URL.partition("://")[2]
    with anyio.fail_after(PATIENCE_SECONDS):
        async with serving(app) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            hosts = f"Host: {host}\r\nHost: evil.example\r\n"
            writer.write(f"GET /login HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n".encode())
            status = await reader.readline()
            writer.close()
    assert status.split()[1] == b"400"


@pytest.mark.requirement("H1")
@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "127.0.0.1.", "LOCALHOST."])
async def test_a_webhook_reaches_no_internal_address_by_another_spelling(
    gateway: Harness, host: str
) -> None:
    admin = await gateway.api(Role.ADMIN)
    answer = await admin.post("/v1/webhooks", json={"url": f"https://{host}/"})
    assert answer.status_code == 422


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # it is the attacker's doing
async def test_a_short_key_of_the_identity_provider_signs_nobody_in(
    mongodb_url: str, database_name: str, clock: FakeClock
) -> None:
    """The attacker has factored the provider's old key."""
    async with (
        running_identity_provider() as provider,
        gateway_with(provider, mongodb_url, database_name, clock) as gateway,
    ):
        short = RSAKey.generate_key(1024, {"kid": "old"}, private=True, auto_kid=False)
        provider.published.append(short.as_dict(private=False))
        provider.sign = lambda claims: provider.sign_with(short, claims)
        browser = await gateway.browser()
        await browser.open(await returning(browser), site="cross-site")
        assert not await signed_in(browser)


@pytest.mark.requirement("G1")
async def test_a_thiefs_sign_in_does_not_outlast_signing_out_everywhere(
    mongodb_url: str, database_name: str, clock: FakeClock
) -> None:
    """A thief at the victim's identity provider keeps a finished address for later."""
    async with (
        running_identity_provider() as provider,
        gateway_with(provider, mongodb_url, database_name, clock) as gateway,
    ):
        thief = await gateway.browser()
        url = await returning(thief)
        clock.advance(seconds=1)
        await gateway.services.logins.sign_out_everywhere(tenant="default", user="u_alice")
        await thief.open(url, site="cross-site")
        assert not await signed_in(thief)


@pytest.mark.requirement("G1")
async def test_a_flow_from_before_signing_out_everywhere_links_nothing(gateway: Harness) -> None:
    """Whoever used the victim's session began it, and the victim signs in again there."""
    browser = await gateway.browser("victim")
    await browser.start("google")
    callback = await approved_callback(browser, ACCOUNTS["google"])
    await gateway.services.logins.sign_out_everywhere(tenant="default", user="victim")
    await browser.sign_in("victim")
    answer = await browser.open(callback, site="cross-site")
    assert answer.status_code == 400


def test_a_path_or_a_label_controls_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An operator reads the log, and lists keys and accounts."""
    out = io.StringIO()
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout", out)
        configure_logs("info", "console")
        log_request("req_1", "GET", f"/v1/{ESCAPE}", 404, 1.0)
    say(f"k1  {ESCAPE}")
    for shown in (out.getvalue(), capsys.readouterr().out):
        assert "owned" in shown
        assert "\x1b" not in shown


@pytest.mark.requirement("C6")
def test_a_label_of_a_hostile_provider_holds_no_control_character() -> None:
    hostile = AccountInfo(
        external_account_id="id-1", account_label=f"{ESCAPE}\u202ered", metadata={}
    )
    assert clean_account(hostile).account_label.isprintable()


@pytest.mark.requirement("D8")
async def test_a_database_that_sets_its_clock_back_revives_no_token() -> None:
    """A token that was over a minute ago stays over."""
    database = Jumping()
    clock = await DatabaseClock.read(database)
    over = utc_now() - timedelta(minutes=1)
    database.offset = timedelta(minutes=-10)
    await clock.set()
    assert clock() > over
