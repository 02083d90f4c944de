"""The record of the wire: a missing or changed one fails, and names the command that writes it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.testing.checks.record import KEY_RECORD
from gateway.testing.key_subject import KeySubject
from gateway.testing.locate import find_contracts
from gateway.testing.runner import workshop
from tests.support.subjects import check_named, described, subject_of

RECORDED = "the wire carries what was recorded"
COMMAND = "gateway connectors check airtable --record"


def test_a_missing_record_names_the_command(tmp_path: Path) -> None:
    file = tmp_path / "airtable.json"
    failure = workshop().failure(
        check_named(RECORDED), replace(subject_of("airtable"), record=file)
    )
    assert failure == f"{file} does not exist: write it with {COMMAND}, and review it"


def test_a_changed_request_is_shown_with_the_command() -> None:
    changed = described(token_headers={"X-New": "1"})(subject_of("airtable"))
    failure = workshop().failure(check_named(RECORDED), changed)
    assert failure is not None
    assert '+        "x-new": "1"' in failure
    assert f"If that is meant: {COMMAND}, and review " in failure


def test_a_record_is_json_without_credentials() -> None:
    subject = subject_of("airtable")
    text = subject.record.read_text("utf-8")
    assert workshop().record(subject) == text
    assert json.loads(text)["revoked"] == "yes"
    assert subject.provider.client_secret not in text
    assert subject.provider.grant.access_token_prefix not in text


def key_subject(name: str) -> KeySubject:
    """A connector with everything that its contract for keys expects."""
    subject = find_contracts(name)[-1].subject()
    assert isinstance(subject, KeySubject)
    return subject


@pytest.mark.parametrize("name", ["openai", "notion", "zoom", "telegram", "twilio", "mandrill"])
def test_a_record_of_keys_is_json_without_keys_and_the_same_each_time(name: str) -> None:
    subject = key_subject(name)
    text = subject.record.read_text("utf-8")
    assert workshop().record(subject) == text
    assert json.loads(text)["a wrong key"]["error"] == "KeyRefused"
    for values in subject.rules.held.values():
        for part, wanted in subject.key.inputs.items():
            assert not wanted.secret or values[part] not in text


def test_a_changed_place_of_a_key_is_shown_with_the_command(tmp_path: Path) -> None:
    subject, (check,) = key_subject("openai"), KEY_RECORD
    key = replace(subject.key, api_headers={**subject.key.api_headers, "X-New": "1"})
    changed = replace(subject, config=replace(subject.config, key=key))
    failure = workshop().failure(check, changed)
    assert failure is not None
    assert '"X-New": "1"' in failure
    assert "If that is meant: gateway connectors check openai --record" in failure
    missing = replace(subject, record=tmp_path / "none.json")
    assert "does not exist: write it with" in (workshop().failure(check, missing) or "")
