"""Observations of a connector on the wire, and the fields that make no difference there."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Mapping
from typing import Any

import pytest

from connectors.config import ConnectorConfig
from connectors.config_types import ErrorInSuccess
from connectors.sandbox import IssuedTokens
from gateway.store.mongo import Database
from gateway.testing.observation import dead_fields, default_of, observe
from gateway.testing.subject import ContractViolation
from tests.support.configs import make_config
from tests.support.subjects import Change, described, simulated, subject_of


@pytest.mark.parametrize(
    "name", ["google", "notion", "slack", "shopify", "atlassian", "hubspot", "microsoft"]
)
async def test_two_observations_of_one_connector_are_equal(name: str, workplace: Database) -> None:
    subject = subject_of(name)
    assert await observe(subject, workplace) == await observe(subject, workplace)


async def test_random_and_secret_parts_are_seen_by_their_names(workplace: Database) -> None:
    seen = repr(await observe(subject_of("google"), workplace))
    for mask in (
        "<state>",
        "<code_challenge>",
        "<code_verifier>",
        "<code>",
        "<access_token>",
        "<refresh_token>",
    ):
        assert mask in seen
    for beginning in ("sandbox-google-access-", "sandbox-google-refresh-", "not-a-secret", "code-"):
        assert beginning not in seen


@pytest.mark.parametrize(
    ("change", "dead"),
    [
        (described(), []),
        (described(error_codes={"never_said": "invalid_grant"}), ["error_codes"]),
        (
            described(error_in_success=ErrorInSuccess(), scope_aliases={"mail": "openid"}),
            ["scope_aliases", "error_in_success"],
        ),
        (described(refresh_rejected_statuses=frozenset({418})), ["refresh_rejected_statuses"]),
        (described(token_headers={"X-Seen": "1"}), []),
    ],
    ids=["nothing", "a code", "two", "a status", "a header is seen"],
)
async def test_a_field_that_makes_no_difference_is_dead(
    change: Change, dead: list[str], workplace: Database
) -> None:
    assert await dead_fields(change(subject_of("google")), workplace) == dead


async def test_a_provider_that_answers_at_random_hides_no_dead_field(workplace: Database) -> None:
    def at_random(issued: IssuedTokens) -> Mapping[str, Any]:
        answer = subject_of("google").provider.token_answer(issued)
        return {**answer, "scope": f"{answer['scope']} {secrets.token_hex(8)}"}

    subject = simulated(token_answer=at_random)(subject_of("google"))
    with pytest.raises(ContractViolation, match="two runs of the same connector differ"):
        await dead_fields(subject, workplace)


def test_a_default_is_what_a_field_has_when_nobody_gives_it() -> None:
    config = make_config()
    fields = {field.name: field for field in dataclasses.fields(ConnectorConfig)}
    assert default_of(fields["name"]) is dataclasses.MISSING
    for name in ("alias", "revocation", "api_headers", "token_types", "use_pkce"):
        assert default_of(fields[name]) == getattr(config, name)
