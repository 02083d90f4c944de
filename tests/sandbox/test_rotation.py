"""The effect of a refresh, or of a second consent, on the earlier tokens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.simulation import Toy, body_of, refusal_of


def toy_with(rotation: str, **rules: Any) -> tuple[Toy, str]:
    """A provider that rotates like this, and a first refresh token."""
    toy = Toy(grant={"rotation": rotation, **rules})
    token = toy.connect()["refresh_token"]
    assert token.startswith("rt-")
    return toy, token


def test_without_rotation_the_refresh_token_stays() -> None:
    toy, token = toy_with("none")
    answers = [body_of(toy.refresh(token)) for _ in range(2)]
    assert [answer["refresh_token"] for answer in answers] == [token, token]
    assert answers[0]["access_token"] != answers[1]["access_token"]


def test_a_refresh_token_that_is_kept_goes_on_working_beside_the_new_one() -> None:
    toy, token = toy_with("kept")
    new = [body_of(toy.refresh(token))["refresh_token"] for _ in range(2)]
    assert len({token, *new}) == 3
    for each in (token, *new):
        body_of(toy.refresh(each))


def test_strict_rotation_ends_the_grant_at_a_second_use() -> None:
    toy, token = toy_with("strict")
    second = body_of(toy.refresh(token))
    assert refusal_of(toy.refresh(token)) == "invalid_grant"
    assert refusal_of(toy.refresh(second["refresh_token"])) == "invalid_grant"
    assert not toy.works(second["access_token"])


def test_a_refresh_token_lives_until_the_new_access_token_is_used() -> None:
    toy, token = toy_with("until_used")
    first, second = body_of(toy.refresh(token)), body_of(toy.refresh(token))
    assert first["refresh_token"] != second["refresh_token"]
    assert toy.works(second["access_token"])
    assert refusal_of(toy.refresh(token)) == "invalid_grant"


def test_a_replay_within_the_grace_yields_the_same_refresh_token_again() -> None:
    toy, token = toy_with("replay", grace_seconds=1800)
    first = body_of(toy.refresh(token))
    assert first["refresh_token"] != token
    toy.now += 1799
    again = body_of(toy.refresh(token))
    assert again["refresh_token"] == first["refresh_token"]
    assert again["access_token"] != first["access_token"]
    assert toy.works(first["access_token"])
    assert toy.works(again["access_token"])
    assert body_of(toy.refresh(first["refresh_token"]))["refresh_token"] not in {
        token,
        first["refresh_token"],
    }


def test_a_replay_after_the_grace_ends_the_grant() -> None:
    toy, token = toy_with("replay", grace_seconds=1800)
    first = body_of(toy.refresh(token))
    toy.now += 1800
    assert refusal_of(toy.refresh(token)) == "invalid_grant"
    assert toy.ledger.log[-1]["reason"] == "refresh_token_used"
    assert refusal_of(toy.refresh(first["refresh_token"])) == "invalid_grant"
    assert toy.ledger.log[-1]["reason"] == "grant_revoked"
    assert not toy.works(first["access_token"])


def test_the_grace_counts_from_the_first_use() -> None:
    toy, token = toy_with("replay", grace_seconds=1800)
    for seconds in (0, 1000, 799):
        toy.now += seconds
        body_of(toy.refresh(token))
    toy.now += 1
    assert refusal_of(toy.refresh(token)) == "invalid_grant"


@pytest.mark.parametrize("rotation", ["none", "kept", "strict", "until_used", "replay"])
@pytest.mark.parametrize("ends", [True, False])
def test_a_refresh_ends_the_earlier_access_tokens_where_the_provider_does_so(
    rotation: str, ends: bool
) -> None:
    grace = {"grace_seconds": 60} if rotation == "replay" else {}
    toy = Toy(grant={"rotation": rotation, "ends_access_token": ends} | grace)
    first, others = toy.connect(), toy.connect("ben")
    second = body_of(toy.refresh(first["refresh_token"]))
    assert toy.works(first["access_token"]) is not ends
    assert toy.works(second["access_token"])
    assert toy.works(others["access_token"])  # of another grant


def test_a_shared_grant_is_continued_by_another_consent_of_the_same_account() -> None:
    toy = Toy(grant={"rotation": "strict", "shared": True})
    first = toy.connect(scope="read")
    rotated = body_of(toy.refresh(first["refresh_token"]))
    second = toy.connect(scope="read write")
    assert second["refresh_token"] == rotated["refresh_token"]
    assert second["access_token"] not in {first["access_token"], rotated["access_token"]}
    assert second["scopes"] == ["read", "write"]
    assert len(toy.ledger.grants) == 1
    for answer in (first, rotated, second):
        assert body_of(toy.api(answer["access_token"]))["scopes"] == ["read", "write"]

    assert refusal_of(toy.refresh(first["refresh_token"])) == "invalid_grant"
    assert not toy.works(second["access_token"])  # one chain: what ends it ends it for both


def test_a_grant_is_shared_by_nobody_else_and_not_after_its_end() -> None:
    toy = Toy(grant={"rotation": "strict", "shared": True})
    ana, ben = toy.connect("ana"), toy.connect("ben")
    assert ana["refresh_token"] != ben["refresh_token"]
    toy.ask(toy.simulation.revoke, "revoke", {"token": ana["access_token"]})
    again = toy.connect("ana")
    assert again["refresh_token"] != ana["refresh_token"]
    assert toy.works(again["access_token"])
    assert not toy.works(ana["access_token"])


def test_grants_that_are_not_shared_are_independent() -> None:
    toy = Toy(grant={"rotation": "strict"})
    first, second = toy.connect(), toy.connect()
    body_of(toy.refresh(first["refresh_token"]))
    assert refusal_of(toy.refresh(first["refresh_token"])) == "invalid_grant"
    body_of(toy.refresh(second["refresh_token"]))
