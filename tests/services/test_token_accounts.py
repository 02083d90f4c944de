"""Token reads by account and by connector."""

from __future__ import annotations

import pytest

from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness, running_gateway
from tests.support.sandbox import SandboxProcess
from tests.support.series import value
from tests.support.tokens import connect, connections, disconnect, problem_of, token_of


async def test_an_account_is_named_by_id_by_external_id_or_by_label(gateway: Harness) -> None:
    await connect(gateway, "google", account="google")
    await connect(gateway, "google", account="google-work")
    private, work = await connections(gateway)
    assert private["account_label"] == "ana.diaz@example.com"

    for linked in (private, work):
        answers = [
            await gateway.token("google", "alice", account=linked[name])
            for name in ("id", "external_account_id", "account_label")
        ]
        assert {answer.json()["connection"]["id"] for answer in answers} == {linked["id"]}
        assert len({token_of(answer) for answer in answers}) == 1


async def test_without_a_name_the_default_account_is_used(gateway: Harness) -> None:
    await connect(gateway, "google", account="google")
    await connect(gateway, "google", account="google-work")
    private, work = await connections(gateway)
    client = await gateway.api(Role.CONNECTIONS)

    first = (await gateway.token("google", "alice")).json()["connection"]["id"]
    await client.patch(f"/v1/connections/{work['id']}", json={"is_default": True})
    second = (await gateway.token("google", "alice")).json()["connection"]["id"]
    await disconnect(gateway, work["id"])
    third = (await gateway.token("google", "alice")).json()["connection"]["id"]

    assert [first, second, third] == [private["id"], work["id"], private["id"]]


async def test_an_account_that_is_not_linked_is_not_replaced_by_another(gateway: Harness) -> None:
    """A tool that names an account never gets the token of another."""
    await connect(gateway, "google", account="google")
    await connect(gateway, "google", user="bob", account="google-work")
    (bobs,) = await connections(gateway, "bob")

    for name in ("id", "external_account_id", "account_label"):
        answer = await gateway.token("google", "alice", account=bobs[name])
        assert problem_of(answer) == (404, "account_not_found")
    answer = await gateway.token("notion", "alice", account=bobs["id"])
    assert problem_of(answer) == (409, "connector_required")


async def test_a_connector_answers_to_its_alias(gateway: Harness) -> None:
    await connect(gateway, "google")

    by_alias = await gateway.token("google-workspace", "alice")

    assert token_of(by_alias) == token_of(await gateway.token("google", "alice"))
    missing = await gateway.token("google-workspace", "bob")
    assert problem_of(missing) == (409, "connector_required")
    counted = {"connector": "google", "result": "connector_required"}
    assert value(gateway.services.metrics, "gateway_token_reads_total", **counted) == 1


async def test_an_unknown_connector_is_not_found(gateway: Harness) -> None:
    for name in ("no-such-thing", "Google", "google.py", "%00"):
        assert problem_of(await gateway.token(name, "alice")) == (404, "connector_unknown")


async def test_a_connector_whose_variables_are_gone_hides_and_its_connections_stay(
    gateway: Harness, mongodb_url: str, database_name: str, sandbox: SandboxProcess
) -> None:
    """Rule 7: removing a variable ends no connection."""
    await connect(gateway, "google")
    before = await connections(gateway)
    token = token_of(await gateway.token("google", "alice"))
    mark = sandbox.mark()

    async with running_gateway(
        mongodb_url,
        database_name,
        sandbox="off",
        public_url=GATEWAY_URL,
        env={"OAUTH_GOOGLE_CLIENT_ID": "an-app", "OAUTH_GOOGLE_CLIENT_SECRET": " "},
    ) as without:
        assert problem_of(await without.token("google", "alice")) == (404, "connector_unknown")
        (there,) = await connections(without)
        assert there["id"] == before[0]["id"]

    assert token_of(await gateway.token("google", "alice")) == token
    assert sandbox.log(after=mark) == []


@pytest.mark.requirement("E6")
async def test_a_connection_of_a_hidden_connector_can_be_disconnected(
    gateway: Harness, mongodb_url: str, database_name: str
) -> None:
    """Deleting works; the provider cannot be told, so the result is ``no``."""
    await connect(gateway, "google")
    (linked,) = await connections(gateway)

    async with running_gateway(
        mongodb_url, database_name, sandbox="off", public_url=GATEWAY_URL
    ) as without:
        answer = await disconnect(without, linked["id"])

    assert (answer.status_code, answer.json()) == (200, {"revoked": "no"})
    assert await connections(gateway) == []
