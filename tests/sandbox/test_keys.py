"""A simulated provider takes a right key in the documented place, and nothing else."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from connectors.errors import ConfigError
from connectors.key_provider import key_provider
from connectors.provider_keys import KeyRules, Place, Refusal
from gateway.sandbox.keys import KeySimulation
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.provider import ProviderSimulation
from gateway.sandbox.wire import Incoming
from tests.support.simulation import REDIRECT_URI, TOY

KEY, OTHER = "key-0123456789ab", "key-ba9876543210"
KEYS = {"ana": {"key": KEY, "site": "eu"}, "ben": {"key": OTHER, "site": "us"}}


def simulation(**changes: Any) -> KeySimulation:
    fields: dict[str, Any] = {
        "title": "Toy",
        "keys": KEYS,
        "refusal": Refusal(401, {"error": "wrong"}),
        "api_base": "toy.example",
        "api": {"/me": lambda call: {"id": call.account.key}, "POST /me": lambda call: {}},
    }
    return KeySimulation(key_provider("toy", **fields | changes), Ledger())


def asked(
    path: str = "/me",
    *,
    host: str = "toy.example",
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    body: Any = None,
) -> Incoming:
    kind = {} if body is None else {"content-type": "application/json"}
    return Incoming(
        method="GET" if body is None else "POST",
        host=host,
        path=path,
        query=urlencode(query or {}),
        headers=kind | (headers or {}),
        body=b"" if body is None else json.dumps(body).encode(),
    )


def basic(text: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


PLACES: dict[str, tuple[dict[str, Any], Any]] = {
    "header": ({"headers": {"x-key": "{key}"}}, lambda key: asked(headers={"x-key": key})),
    "basic": ({"basic": ("{site}", "{key}")}, lambda key: asked(headers=basic(f"eu:{key}"))),
    "query": ({"query": {"k": "{key}"}}, lambda key: asked(query={"k": key})),
    "body": ({"body": {"k": "{key}"}}, lambda key: asked(body={"k": key, "q": "x"})),
    "path": (
        {"api_base": "toy.example/bot{key}", "api": {"/me": lambda call: {}}},
        lambda key: asked(f"/bot{key}/me"),
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_right_key_opens_the_api_in_its_place_alone(place: str) -> None:
    rules, request = PLACES[place]
    toy = simulation(**rules)
    assert toy.api(request(KEY)).status == 200
    for wrong in (f"{KEY}x", KEY[:-1], KEY.upper(), ""):
        outcome = toy.api(request(wrong))
        assert outcome.refused, wrong
        assert KEY not in json.dumps(toy.ledger.log)
    for other, (_, elsewhere) in PLACES.items():
        if other != place:
            assert toy.api(elsewhere(KEY)).refused, other


def test_the_key_of_another_region_is_wrong() -> None:
    base = "{eu=eu.toy.example|us=us.toy.example}"
    toy = simulation(
        headers={"x-key": "{key}"}, api_base=base, api={"/me": lambda call: {"at": call.tenant}}
    )
    found = toy.api(asked(host="eu.toy.example", headers={"x-key": KEY}))
    assert (found.status, found.body) == (200, {"at": "eu"})
    assert toy.api(asked(host="us.toy.example", headers={"x-key": KEY})).status == 401


def test_an_ended_key_is_wrong_and_no_longer_offered() -> None:
    toy = simulation(headers={"x-key": "{key}"})
    assert toy.api(asked(headers={"x-key": KEY})).status == 200
    toy.ledger.end_grants("toy")
    assert toy.api(asked(headers={"x-key": KEY})).status == 401
    assert [values["key"] for _, values in toy.right_keys()] == [OTHER]


def test_a_key_opens_the_api_of_a_provider_with_oauth() -> None:
    keys = KeyRules(held=KEYS, place=Place(headers={"authorization": "Bearer {key}"}))
    provider = ProviderSimulation(replace(TOY, keys=keys), Ledger(), REDIRECT_URI)
    for key, status in ((KEY, 200), (f"{KEY}x", 401)):
        request = asked("/api/me", headers={"authorization": f"Bearer {key}"})
        assert provider.endpoint(request) == "api"
        assert provider.api(request).status == status


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({}, "keys.place holds no value"),
        ({"headers": {"X-Key": "{key}"}}, "X-Key is not in lower case"),
        ({"headers": {"x-key": "{token}"}}, "keys.held gives ana no token"),
        ({"headers": {"x-key": "{key}"}, "keys": {"ana": KEYS["ana"]}}, "fewer than two accounts"),
        (
            {"headers": {"x-key": "{key}"}, "keys": {"ana": KEYS["ana"], "ben": KEYS["ana"]}},
            "the same values to two accounts",
        ),
        (
            {"headers": {"authorization": "{key}"}, "basic": ("{site}", "{key}")},
            "both set authorization",
        ),
    ],
)
def test_a_mistake_in_the_rules_is_named(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        simulation(**changes)
