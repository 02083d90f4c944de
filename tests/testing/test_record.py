"""The record of the wire: a missing or changed one fails, and names the command that writes it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

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
