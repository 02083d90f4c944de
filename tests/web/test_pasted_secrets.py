"""Pasted secrets stay secret and whole: in wrong fields, echoed, in changed rows and connectors."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from gateway.access.service_keys import Role
from gateway.services.key_connections import FINGERPRINT
from gateway.services.methods import METHOD_GONE
from gateway.web.key_form import PastedRequest
from tests.support.gateway import FakeClock, Harness
from tests.support.linking import dump
from tests.support.pasted import (
    CLIENT,
    INPUTS,
    KEY,
    OTHER_KEY,
    OTHER_PAIR,
    PAIR,
    SECRET,
    Providers,
    paste,
)
from tests.support.problems import problem
from tests.support.rows import Rows


@pytest.fixture
def gateway(keyed_gateway: Harness) -> Harness:
    """A gateway with the invented connectors."""
    return keyed_gateway


async def state(gateway: Harness, connection: str) -> tuple[str, str | None]:
    """The status and its reason as the API shows them."""
    shown = (
        await (await gateway.api(Role.CONNECTIONS)).get(f"/v1/connections/{connection}")
    ).json()
    return shown["status"], shown["status_reason"]


@pytest.mark.requirement("J3")
@pytest.mark.parametrize("label", [KEY, f"my key {KEY.upper()}"])
async def test_a_key_in_the_name_is_neither_sent_nor_stored(
    gateway: Harness, providers: Providers, rows: Rows, label: str
) -> None:
    """A person pastes it twice: names are shown and stored in clear."""
    browser = await gateway.browser("alice")
    answer = await paste(browser, "keyed", INPUTS, label=label)
    told = problem(answer, 422, "invalid_request")
    assert told["errors"].keys() == {"label"}
    assert label not in answer.text
    await browser.open("/connectors/keyed")
    form = {"input.key": KEY, "input.workspace": "acme", "label": label}
    page = await browser.submit(form, action="/connect")
    assert "The name holds a secret" in page.text
    assert label not in page.text
    assert providers.requests == []
    assert await rows.connections() == []


@pytest.mark.requirement("J3")
async def test_a_secret_in_the_field_of_a_public_value_is_refused(
    gateway: Harness, providers: Providers
) -> None:
    browser = await gateway.browser("alice")
    answer = await paste(browser, "keyed", INPUTS | {"workspace": KEY})
    assert problem(answer, 422, "invalid_request")["errors"] == {
        "workspace": "Workspace holds a secret. Paste that into its own field alone."
    }
    await browser.open("/connectors/keyed")
    page = await browser.submit({"input.key": KEY, "input.workspace": KEY}, action="/connect")
    assert KEY not in page.text
    assert providers.requests == []


@pytest.mark.requirement("J3", "C6")
@pytest.mark.parametrize("member", ["id", "name", "plan"])
async def test_a_provider_that_repeats_a_key_as_its_account_gets_nothing_stored(
    gateway: Harness,
    providers: Providers,
    rows: Rows,
    mongodb_url: str,
    database_name: str,
    member: str,
) -> None:
    """Ids, labels and metadata are stored and shown in clear."""
    browser = await gateway.browser("alice")
    providers.account = providers.account | {member: f"of {PAIR['app']}"}
    answer = await paste(browser, "named", PAIR)
    problem(answer, 503, "provider_unavailable")
    assert PAIR["app"] not in answer.text
    await browser.open("/connectors/named")
    values = {f"input.{name}": value for name, value in PAIR.items()}
    page = await browser.submit(values, action="/connect")
    assert "Named does not say which account this key is of" in page.text
    assert PAIR["app"] not in page.text
    assert await rows.connections() == []
    assert PAIR["app"].encode() not in b"".join(dump(mongodb_url, database_name).values())


async def test_the_first_declared_secret_is_the_access_token(gateway: Harness) -> None:
    """Not the first by alphabet, in which secrets are stored."""
    await paste(await gateway.browser("alice"), "named", PAIR)
    issued = (await gateway.token("named", "alice")).json()
    assert issued["access_token"] == PAIR["key"]
    assert issued["api"]["headers"] == {"X-Key": PAIR["key"], "X-App": PAIR["app"]}
    assert issued["connection"]["account_label"] == "Acme"


async def test_a_key_stored_unchecked_can_be_replaced_by_one_whose_account_is_named(
    gateway: Harness, providers: Providers, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    providers.status = 503
    shown = (await paste(browser, "named", PAIR)).json()
    assert shown["external_account_id"].startswith(FINGERPRINT)
    providers.status = None
    replaced = await paste(browser, "named", OTHER_PAIR, reconnect=shown["id"])
    assert replaced.status_code == 200, replaced.text
    row = await rows.connection()
    assert (row["_id"], row["external_account_id"]) == (shown["id"], "acct-1")


@pytest.mark.requirement("A15")
async def test_a_key_of_another_account_replaces_none_even_if_it_looks_like_a_fingerprint(
    gateway: Harness, providers: Providers, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    providers.account = {"id": "key_1", "name": "Acme"}
    shown = (await paste(browser, "named", PAIR)).json()
    before = await rows.connections()
    providers.account = {"id": "key_2", "name": "Other"}
    answer = await paste(browser, "named", OTHER_PAIR, reconnect=shown["id"])
    problem(answer, 409, "account_mismatch")
    assert await rows.connections() == before


async def test_a_place_beside_an_exchanged_token_may_hold_a_secret(
    gateway: Harness, clock: FakeClock, rows: Rows
) -> None:
    """While the pasted values do not open, a place that needs them says so; others go on."""
    config = gateway.services.catalog.get("tokened")
    assert config.key is not None
    both = dict(config.key.api_headers) | {"X-Secret": "${client_secret}"}
    changed = replace(config.key, api_headers=both)
    await paste(await gateway.browser("alice"), "tokened", CLIENT)
    row = await rows.connection()
    refresh = row["tokens"]["refresh"]
    await rows.change_connection(row["_id"], **{"tokens.refresh": refresh[::-1]})
    read = await gateway.token("tokened", "alice")
    assert read.json()["access_token"] == "tt-1"

    object.__setattr__(config, "key", changed)
    named = {"account": row["_id"]}  # not read before, so it is not cached
    problem(await gateway.token("tokened", "alice", **named), 409, "connection_incomplete")
    await rows.change_connection(row["_id"], **{"tokens.refresh": refresh})
    issued = (await gateway.token("tokened", "alice", **named)).json()
    assert issued["api"]["headers"] == {"Authorization": "Bearer tt-1", "X-Secret": SECRET}


async def test_values_that_no_longer_fit_their_connector_are_shown_and_not_sent(
    gateway: Harness, rows: Rows
) -> None:
    """A later release asks for more, or a writer of the database changed a value."""
    shown = (await paste(await gateway.browser("alice"), "keyed", INPUTS)).json()
    await rows.change_connection(shown["id"], connection_config={"workspace": "a b"})
    assert await state(gateway, shown["id"]) == ("incomplete", "missing_fact")
    answer = await gateway.token("keyed", "alice")
    problem(answer, 409, "connection_incomplete")
    assert KEY not in answer.text


@pytest.mark.parametrize("method", ["oauth2", "client_credentials"])
async def test_a_connection_whose_method_is_gone_needs_its_person(
    gateway: Harness, rows: Rows, method: str
) -> None:
    """The page says what the next caller meets, and no key goes out as another method's token."""
    shown = (await paste(await gateway.browser("alice"), "keyed", INPUTS)).json()
    await rows.change_connection(shown["id"], method=method)
    assert await state(gateway, shown["id"]) == ("needs_reauth", METHOD_GONE)
    answer = await gateway.token("keyed", "alice")
    problem(answer, 409, "reauthorization_required")
    assert KEY not in answer.text


@pytest.mark.requirement("E2")
async def test_sealed_values_of_another_method_do_not_open(gateway: Harness, rows: Rows) -> None:
    """A writer of the database calls an exchanged token a key."""
    shown = (await paste(await gateway.browser("alice"), "tokened", CLIENT)).json()
    config = gateway.services.catalog.get("tokened")
    assert config.key is not None
    object.__setattr__(config, "key", replace(config.key, token=None))
    await rows.change_connection(shown["id"], method="api_key")
    answer = await gateway.token("tokened", "alice")
    assert answer.status_code == 503, answer.text
    assert "tt-1" not in answer.text


@pytest.mark.requirement("J1")
def test_a_request_with_pasted_values_hides_them_in_its_repr() -> None:
    assert KEY not in repr(PastedRequest(inputs=INPUTS))


@pytest.mark.requirement("J3", "F4")
@pytest.mark.parametrize(
    "body",
    [
        {"inputs": {"key": {"$ne": KEY}}},
        {"inputs": {"key": [KEY]}},
        {"inputs": KEY},
        {"inputs": {"key": KEY}, "key": KEY},
        {"inputs": {KEY: KEY}},
        {"inputs": {"key": KEY}, "label": {"$gt": KEY}},
        {"inputs": {"key": KEY}, "reconnect": [KEY]},
    ],
)
async def test_a_body_of_another_shape_is_refused_without_being_repeated(
    gateway: Harness, providers: Providers, body: dict[str, Any]
) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/connectors/keyed")
    answer = await browser.client.post(
        f"{browser.gateway_url}/v1/connectors/keyed/connect",
        json=body,
        headers={"Origin": browser.gateway_url, "X-CSRF-Token": browser.csrf_token()},
    )
    assert answer.status_code == 422
    assert KEY not in answer.text
    assert providers.requests == []


async def test_two_reports_of_a_refused_key_do_not_end_the_one_that_replaced_it(
    gateway: Harness, providers: Providers
) -> None:
    """Rule 4: only a refusal of the newest credential ends a connection."""
    browser = await gateway.browser("alice")
    shown = (await paste(browser, "keyed", INPUTS)).json()
    providers.keys = {OTHER_KEY}
    await paste(browser, "keyed", INPUTS | {"key": OTHER_KEY}, reconnect=shown["id"])
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    for _ in range(2):
        issued = await gateway.token("keyed", "alice", rejected_token_sha256=digest)
        assert issued.json()["access_token"] == OTHER_KEY
    assert await state(gateway, shown["id"]) == ("active", None)
