"""The simulated providers' memory, in its file."""

from __future__ import annotations

import json
from pathlib import Path

from gateway.sandbox.ledger import Ledger
from tests.support.simulation import Toy, body_of, refusal_of

BEFORE_REPLAYS_WERE_KNOWN = {
    "codes": {
        "code-1": {
            "provider": "toy",
            "tenant": "",
            "account": "ana",
            "scopes": ["read"],
            "redirect_uri": "http://localhost:3141/v1/connectors/toy/callback",
            "challenge": None,
            "params": {},
            "consented_before": False,
            "expires_at": 1_799_999_000.0,
            "grant": "g1",
        }
    },
    "grants": {
        "g1": {
            "id": "g1",
            "provider": "toy",
            "tenant": "",
            "account": "ana",
            "scopes": ["read"],
            "params": {},
            "revoked": False,
        }
    },
    "access_tokens": {"at-1": {"grant": "g1", "expires_at": 1_800_000_900.0, "retires": None}},
    "refresh_tokens": {
        "rt-0": {"grant": "g1", "used": True},
        "rt-1": {"grant": "g1", "used": False},
    },
}


def loaded(file: Path, state: object) -> Ledger:
    file.write_text(json.dumps(state))
    ledger = Ledger(file=file)
    ledger.load()
    return ledger


def test_a_file_of_an_earlier_version_still_works(tmp_path: Path) -> None:
    ledger = loaded(tmp_path / "sandbox.json", BEFORE_REPLAYS_WERE_KNOWN)
    toy = Toy(ledger, grant={"rotation": "replay", "grace_seconds": 60})
    assert body_of(toy.api("at-1"))["scopes"] == ["read"]
    assert body_of(toy.refresh("rt-1"))["refresh_token"] != "rt-1"
    assert refusal_of(toy.refresh("rt-0")) == "invalid_grant"  # its successor is not known


def test_fields_and_kinds_that_are_not_known_are_left_out(tmp_path: Path) -> None:
    state = json.loads(json.dumps(BEFORE_REPLAYS_WERE_KNOWN))
    state["grants"]["g1"]["colour"] = "blue"
    state["refresh_tokens"]["rt-1"]["shape"] = {"round": True}
    state["devices"] = {"d1": {}}
    del state["codes"]
    toy = Toy(loaded(tmp_path / "sandbox.json", state))
    assert toy.works("at-1")
    assert toy.ledger.codes == {}


def test_a_replay_is_remembered_over_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.json"
    rules = {"rotation": "replay", "grace_seconds": 60}
    toy = Toy(Ledger(file=file), grant=rules)
    old = toy.connect()["refresh_token"]
    new = body_of(toy.refresh(old))["refresh_token"]
    assert file.stat().st_mode & 0o777 == 0o600

    ledger = Ledger(file=file)
    ledger.load()
    again = Toy(ledger, grant=rules)
    assert body_of(again.refresh(old))["refresh_token"] == new


def test_no_credential_is_in_the_log() -> None:
    toy = Toy(grant={"rotation": "strict"})
    code = toy.code()
    tokens = body_of(toy.exchange(code))
    toy.refresh(tokens["refresh_token"])
    toy.refresh(tokens["refresh_token"])
    toy.ask(toy.simulation.revoke, "revoke", {"token": tokens["access_token"]})
    toy.api(tokens["access_token"])
    text = json.dumps(toy.ledger.log)
    assert len(toy.ledger.log) == 6
    for secret in (code, *tokens.values(), toy.rules.client_secret):
        if isinstance(secret, str) and secret != "ana":
            assert secret not in text
