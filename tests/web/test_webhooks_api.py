"""Webhooks by API: ``/v1/webhooks``."""

from __future__ import annotations

import base64
import re

import pytest

from gateway.access.service_keys import Role
from gateway.store.events import EventType
from gateway.webhooks.registration import MOST
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness, running_gateway
from tests.support.linking import dump
from tests.support.problems import problem
from tests.support.receiver import receiving
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import connect

URL = "https://tools.example.com/hooks?for=gateway"


@pytest.mark.requirement("E1")
async def test_a_new_webhook_shows_its_secret_this_once(
    gateway: Harness, mongodb_url: str, database_name: str
) -> None:
    """And stores it sealed."""
    admin = await gateway.api(Role.ADMIN)
    answer = await admin.post("/v1/webhooks", json={"url": URL})
    assert answer.status_code == 201
    made = answer.json()
    assert {*made} == {"id", "url", "events", "created_at", "secret"}
    assert re.fullmatch(r"whk_[0-9a-f]{24}", made["id"])
    assert (made["url"], made["events"]) == (URL, None)
    prefix, _, key = made["secret"].partition("_")
    assert (prefix, len(base64.b64decode(key, validate=True))) == ("whsec", 32)

    listed = await admin.get("/v1/webhooks")
    assert key not in listed.text
    assert listed.json()["webhooks"] == [
        {name: made[name] for name in ("id", "url", "events", "created_at")}
        | {
            "pending": 0,
            "last_success_at": None,
            "failing_since": None,
            "last_failure": None,
            "disabled_at": None,
        }
    ]
    everything = b"".join(dump(mongodb_url, database_name).values())
    assert key.encode() not in everything
    assert base64.b64decode(key) not in everything
    other = (await admin.post("/v1/webhooks", json={"url": URL})).json()
    assert other["secret"] != made["secret"]


async def test_an_operator_sees_how_a_webhook_does(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess
) -> None:
    async with (
        receiving() as receiver,
        running_gateway(
            mongodb_url,
            database_name,
            sandbox=sandbox.url,
            public_url=GATEWAY_URL,
            egress_allow=frozenset({("127.0.0.1", receiver.port)}),
        ) as gateway,
    ):
        admin = await gateway.api(Role.ADMIN)
        for path in ("/works", "/fails"):
            answer = await admin.post("/v1/webhooks", json={"url": receiver.url(path)})
            assert answer.status_code == 201
        receiver.answer = lambda one: "500 Broken" if one.path == "/fails" else "200 OK"

        await connect(gateway, "google")
        await gateway.services.deliveries.round()
        await gateway.services.deliveries.finish()

        works, fails = (await admin.get("/v1/webhooks")).json()["webhooks"]
    assert (works["pending"], works["failing_since"], works["last_failure"]) == (0, None, None)
    assert works["last_success_at"] is not None
    assert (fails["pending"], fails["last_failure"]) == (1, "status 500")
    assert fails["failing_since"] is not None
    assert fails["last_success_at"] is None


async def test_a_webhook_can_ask_for_some_events(gateway: Harness) -> None:
    admin = await gateway.api(Role.ADMIN)
    wanted = ["connection.disconnected", "connection.created", "connection.created"]
    made = (await admin.post("/v1/webhooks", json={"url": URL, "events": wanted})).json()
    assert made["events"] == sorted(set(wanted))
    every = [str(kind) for kind in EventType]
    made = (await admin.post("/v1/webhooks", json={"url": URL, "events": every})).json()
    assert made["events"] == sorted(every)


async def test_a_deleted_webhook_is_gone(gateway: Harness) -> None:
    admin = await gateway.api(Role.ADMIN)
    made = (await admin.post("/v1/webhooks", json={"url": URL})).json()
    deleted = await admin.delete(f"/v1/webhooks/{made['id']}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    problem(await admin.delete(f"/v1/webhooks/{made['id']}"), 404, "not_found")
    assert (await admin.get("/v1/webhooks")).json() == {"webhooks": []}


@pytest.mark.requirement("F1")
async def test_another_tenants_webhooks_cannot_be_seen_or_deleted(gateway: Harness) -> None:
    ours, theirs = await gateway.api(Role.ADMIN), await gateway.api(Role.ADMIN, tenant="other")
    made = (await theirs.post("/v1/webhooks", json={"url": URL})).json()
    assert (await ours.get("/v1/webhooks")).json() == {"webhooks": []}
    missing = problem(await ours.delete("/v1/webhooks/whk_0"), 404, "not_found")
    foreign = problem(await ours.delete(f"/v1/webhooks/{made['id']}"), 404, "not_found")
    assert {**missing, "request_id": ""} == {**foreign, "request_id": ""}
    assert made["id"] in (await theirs.get("/v1/webhooks")).text


BODIES: list[tuple[object, str]] = [
    ({}, "url"),
    ({"url": ""}, "url"),
    ({"url": None}, "url"),
    ({"url": ["https://tools.example.com/"]}, "url"),
    ({"url": "tools.example.com"}, "url"),
    ({"url": "ftp://tools.example.com/"}, "url"),
    ({"url": "http://tools.example.com/"}, "url"),
    ({"url": "https://"}, "url"),
    ({"url": "https:///hooks"}, "url"),
    ({"url": "https://tools.example.com:99999/"}, "url"),
    ({"url": "https://user:pass@tools.example.com/"}, "url"),
    ({"url": "https://tools.example.com/#part"}, "url"),
    ({"url": "https://tools.example.com/a b"}, "url"),
    ({"url": "https://tools.example.com/\r\nX: y"}, "url"),
    ({"url": "https://tools.exämple.com/"}, "url"),
    ({"url": "https://tools.example.com/" + "x" * 2000}, "url"),
    ({"url": "https://localhost/"}, "url"),
    ({"url": "https://hooks.localhost:8443/"}, "url"),
    ({"url": "https://127.0.0.1/"}, "url"),
    ({"url": "https://10.1.2.3/"}, "url"),
    ({"url": "https://169.254.169.254/latest/meta-data"}, "url"),
    ({"url": "https://[::1]/"}, "url"),
    ({"url": "https://[::ffff:10.0.0.1]/"}, "url"),
    ({"url": "https://[:::]/"}, "url"),
    *(
        ({"url": f"https://{host}/"}, "url")
        for host in (
            "2130706433",
            "0x7f000001",
            "0x7F.1",
            "017700000001",
            "0177.0.0.1",
            "127.1",
            "127.0.0.1.",
            "127.0.0.1.:8443",
            "0",
            "0xa9fea9fe",
            "169.254.43518",
            "1.2.3.4.5",
            "256.256.256.256",
            "127.0.0.0x",
            "LOCALHOST",
            "localhost.",
            "hooks.localhost.",
            "intranet",
            "printer.local",
            "metadata.google.internal",
            "router.home.arpa",
            "localhost.localdomain",
            "tools..example.com",
            ".example.com",
            "-tools.example.com",
            "x" * 64 + ".example.com",
            ".".join(["x" * 60] * 5) + ".com",
            "[::ffff:7f00:1]",
            "[::ffff:169.254.169.254]",
            "[0:0:0:0:0:ffff:0a00:0001]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[fe80::1]",
            "[fd00::1]",
            "[::]",
        )
    ),
    ({"url": URL, "events": []}, "events"),
    ({"url": URL, "events": ["connection.*"]}, "events.0"),
    ({"url": URL, "events": "connection.created"}, "events"),
    ({"url": URL, "events": ["connection.created"] * (len(EventType) + 1)}, "events"),
    ({"url": URL, "secret": "whsec_AAAA"}, "(unknown field)"),
    ({"url": URL, "tenant": "other"}, "(unknown field)"),
]


@pytest.mark.requirement("F4", "H1")
async def test_a_webhook_is_made_as_documented_or_not_at_all(
    gateway: Harness, subtests: pytest.Subtests
) -> None:
    admin = await gateway.api(Role.ADMIN)
    for body, wrong in BODIES:
        with subtests.test(repr(body)):
            answer = await admin.post("/v1/webhooks", json=body)
            errors = problem(answer, 422, "invalid_request")["errors"]
            assert any(name == wrong or name.startswith(f"{wrong}.") for name in errors), errors
    assert (await admin.get("/v1/webhooks")).json() == {"webhooks": []}


async def test_a_tenant_has_so_many_webhooks_and_no_more(gateway: Harness) -> None:
    admin, other = await gateway.api(Role.ADMIN), await gateway.api(Role.ADMIN, tenant="other")
    for _ in range(MOST):
        assert (await admin.post("/v1/webhooks", json={"url": URL})).status_code == 201
    problem(await admin.post("/v1/webhooks", json={"url": URL}), 422, "invalid_request")
    assert (await other.post("/v1/webhooks", json={"url": URL})).status_code == 201


@pytest.mark.parametrize(
    "host",
    ["TOOLS.example.com", "tools.example.com.", "xn--bcher-kva.example", "8.8.8.8", "134744072"],
)
async def test_an_address_of_the_internet_is_taken_in_every_spelling(
    gateway: Harness, host: str
) -> None:
    """Numbers are read as the resolver reads them: the last one is 8.8.8.8."""
    admin = await gateway.api(Role.ADMIN)
    answer = await admin.post("/v1/webhooks", json={"url": f"https://{host}/hooks"})
    assert answer.status_code == 201, answer.text
