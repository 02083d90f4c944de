"""The provider's own side of the record: rules that a right request never meets show in it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from gateway.store.mongo import Database
from gateway.testing.strictness import provider_side, without_moments
from tests.support.subjects import subject_of

AIRTABLE = subject_of("airtable")
RULES = replace(AIRTABLE.provider, keys=None)
"""Without its second way to connect, whose accounts could not be taken out."""


@pytest.fixture
async def recorded(workplace: Database) -> dict[str, Any]:
    """How Airtable reads the requests of a life."""
    return await provider_side(AIRTABLE, workplace)


async def test_two_runs_are_equal(recorded: dict[str, Any], workplace: Database) -> None:
    assert await provider_side(AIRTABLE, workplace) == recorded


async def test_no_token_and_no_secret_is_recorded(recorded: dict[str, Any]) -> None:
    shown = repr(recorded)
    assert "<access_token>" in shown
    for secret in (
        "sandbox-airtable-access-",
        "sandbox-airtable-refresh-",
        "code-",
        "not-a-secret",
    ):
        assert secret not in shown


async def test_parts_and_outcomes_of_a_token_request_are_named(recorded: dict[str, Any]) -> None:
    exchange = next(one for one in recorded["requests"] if one["request"].startswith("POST"))
    assert exchange["refuses without"].split(", ") == [
        "authorization (client)",
        "content-type (body)",
        "grant_type",
        "redirect_uri",
        "code",
        "code_verifier",
    ]
    assert exchange["refuses it"] == "twice (code_used), a month later (code_expired)"
    assert recorded["a code lives"] == 600
    assert recorded["refusals"]["token: code_used"] == [400, "invalid_grant"]


@pytest.mark.parametrize(
    ("rules", "part"),
    [
        (replace(RULES, authorize=replace(RULES.authorize, pkce="verified")), "requests"),
        (replace(RULES, token=replace(RULES.token, code_seconds=601)), "a code lives"),
        (replace(RULES, grant=replace(RULES.grant, ends_access_token=False)), "after a refresh"),
        (replace(RULES, accounts=RULES.accounts[:1]), "accounts"),
        (replace(RULES, error_answer=None), "refusals"),
    ],
    ids=["PKCE", "life of a code", "earlier tokens", "accounts", "refusals"],
)
async def test_another_rule_changes_the_record(
    rules: Any, part: str, recorded: dict[str, Any], workplace: Database
) -> None:
    other = await provider_side(replace(AIRTABLE, provider=rules), workplace)
    assert other[part] != recorded[part]


def test_moments_are_recorded_as_distances_whether_they_are_text_or_unix_time() -> None:
    """Otherwise the record would change with every run; other numbers stay as they are."""
    answer = {"expires_at": 1_796_003_599, "ends": "2026-11-30T01:53:19Z", "id": 1_200_000_001}
    text = json.dumps([200, answer])
    now = 1_795_999_999.0
    assert json.loads(without_moments(text, now)) == [
        200,
        {"expires_at": "<in 3600 s>", "ends": "<in 3600 s>", "id": 1_200_000_001},
    ]
