"""Mutants: every field is changed, and none survives a contract that looks."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.catalog import CONNECTOR_CATALOG
from connectors.config import ConnectionInput, ConnectorConfig
from connectors.secret import Secret
from gateway.testing.checks.check import Check
from gateway.testing.mutants import __main__ as command
from gateway.testing.mutants import trial
from gateway.testing.mutants.mutant import EXEMPT, Mutant, mutants_of
from gateway.testing.mutants.trial import Score, try_mutants
from gateway.testing.runner import workshop
from gateway.testing.subject import ContractViolation, Subject, expect
from tests.support.configs import make_config
from tests.support.contracts import write_contract
from tests.support.outside import write_solo
from tests.support.subjects import described, subject_of

ROOT = Path(__file__).parents[2]
FIELDS = [field.name for field in dataclasses.fields(ConnectorConfig)]
GOOGLE = subject_of("google")
_NAMES = [*CONNECTOR_CATALOG]
NEIGHBOURS = [
    subject_of(name)  # in the order in which the command takes them: the next one first
    for name in [*_NAMES[_NAMES.index("google") + 1 :], *_NAMES[: _NAMES.index("google")]]
]


def mutants(subject: Subject = GOOGLE) -> list[Mutant]:
    return list(mutants_of(subject.config, [neighbour.config for neighbour in NEIGHBOURS]))


def check(run: Callable[[Subject], None]) -> Check:
    """A check that needs no wire."""

    async def on_subject(subject: Subject) -> None:
        run(subject)

    return Check(section="description", name="it", on_subject=on_subject)


def _is_itself(subject: Subject) -> None:
    expect(subject.config is GOOGLE.config, "it is a mutant")


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets what a contract demands."""

    def demand(*wanted: Check) -> None:
        monkeypatch.setattr(trial, "CHECKS", wanted)

    monkeypatch.setattr(command, "configure_logs", lambda level: None)
    return demand


@pytest.mark.parametrize("name", [name for name in FIELDS if name not in EXEMPT])
def test_every_field_is_mutated(name: str) -> None:
    made = [mutant for mutant in mutants() if mutant.field == name]
    assert made
    value = getattr(GOOGLE.config, name)
    for mutant in made:
        assert mutant.connector == "google"
        if mutant.config is not None:
            other = getattr(mutant.config, name)
            if isinstance(value, Secret):
                assert other.reveal() != value.reveal()
            else:
                assert other != value


def test_what_is_exempt_is_not_mutated_and_has_a_reason() -> None:
    assert not {mutant.field for mutant in mutants()} & EXEMPT.keys()
    assert {name.partition(" ")[0] for name in EXEMPT} <= set(FIELDS)
    assert all(EXEMPT.values())


def test_one_mutant_changes_one_field() -> None:
    for mutant in mutants():
        for name in FIELDS if mutant.config is not None else ():
            if name != mutant.field and name != "client_secret":
                assert getattr(mutant.config, name) == getattr(GOOGLE.config, name)


def test_an_input_called_title_is_mutated_like_any_other() -> None:
    title = ConnectionInput(title="Title", description="-", example="acme", pattern="[a-z]+")
    made = mutants_of(make_config(connection_config={"title": title}), [])
    found = {mutant.what for mutant in made if mutant.field == "connection_config"}
    assert found == {
        "without title",
        "title example changed",
        "title pattern changed",
        "title suffix changed",
    }


def test_a_mutant_that_the_rules_refuse_counts_as_killed(checks: Callable[..., None]) -> None:
    checks()
    refused = [mutant for mutant in mutants() if mutant.config is None]
    assert ("api_headers", "without Authorization") in {(m.field, m.what) for m in refused}
    score = try_mutants(GOOGLE, NEIGHBOURS, workshop())
    assert score.killed == {"rules": len(refused)}


def test_without_checks_every_mutant_that_can_be_made_survives_and_is_named(
    checks: Callable[..., None],
) -> None:
    checks()
    score = try_mutants(GOOGLE, NEIGHBOURS, workshop())
    assert score.connector == "google"
    made = [f"{mutant.field}: {mutant.what}" for mutant in mutants() if mutant.config is not None]
    assert score.survivors == made
    assert score.total == len(mutants())


def test_a_mutant_counts_for_the_section_that_notices_it_first(checks: Callable[..., None]) -> None:
    later = dataclasses.replace(check(_is_itself), section="journey", name="later")
    checks(check(_is_itself), later)
    score = try_mutants(GOOGLE, NEIGHBOURS, workshop())
    assert score.survivors == []
    assert score.killed.keys() == {"rules", "description"}


def test_a_gap_kills_no_mutant(checks: Callable[..., None]) -> None:
    checks(check(_is_itself))
    gaps = dataclasses.replace(GOOGLE.expectations, gaps={"it": "it cannot"})
    score = try_mutants(dataclasses.replace(GOOGLE, expectations=gaps), NEIGHBOURS, workshop())
    assert score.killed.keys() == {"rules"}


def test_a_connector_that_breaks_its_own_contract_kills_nothing(
    checks: Callable[..., None],
) -> None:
    """Else a contract that always fails would have the best score."""
    checks(check(_is_itself))
    broken = described(category="crm")(GOOGLE)
    with pytest.raises(ContractViolation, match="google does not hold its contract: it: it is a"):
        try_mutants(broken, NEIGHBOURS, workshop())


def test_a_score_comes_back_from_another_process_as_it_was() -> None:
    score = Score("acme", Counter(rules=2, journey=1), ["alias: changed"])
    data: dict[str, Any] = json.loads(json.dumps(score.as_json()))
    assert data == {
        "connector": "acme",
        "killed": {"rules": 2, "journey": 1},
        "survivors": ["alias: changed"],
    }
    assert score.total == 4


def test_survivors_are_reported_and_fail_the_command(
    checks: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    checks()
    assert command.main(["--connector", "google"]) == 1
    printed = capsys.readouterr().out
    assert "SURVIVED  google.alias: changed\n" in printed
    assert "SURVIVED  google.use_pkce: is False\n" in printed
    refused = sum(mutant.config is None for mutant in mutants())
    assert f"{refused} of {len(mutants())} mutants killed" in printed


def test_no_survivor_is_success(
    checks: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    def is_google(subject: Subject) -> None:
        changed = [
            name
            for name in FIELDS
            if name not in {"client_secret", "callback_verifier"}
            and getattr(subject.config, name) != getattr(GOOGLE.config, name)
        ]
        same_secret = subject.config.client_secret.reveal() == GOOGLE.config.client_secret.reveal()
        verifier = subject.config.callback_verifier
        expect(not changed and same_secret and verifier is None, "it is a mutant")

    checks(check(is_google))
    assert command.main(["--connector", "google"]) == 0
    assert "mutants killed, 0 survived" in capsys.readouterr().out
    assert command.main(["--connector", "google", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["survivors"] == []


def test_a_contract_that_does_not_hold_is_an_error_of_its_own(
    checks: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    def never(subject: Subject) -> None:
        expect(False, "it never holds")

    checks(check(never))
    assert command.main(["--connector", "google"]) == 2
    assert capsys.readouterr().err == "google does not hold its contract: it: it never holds\n"


def test_a_connector_without_a_contract_is_an_error_in_one_sentence(
    checks: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    checks()
    assert command.main(["--connector", "nowhere"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("there is no contract for nowhere: ")


def test_a_connector_that_a_folder_does_not_have_is_named_with_its_file(
    checks: Callable[..., None], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    checks()
    assert command.main(["--connector", "sola", "--folder", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"there is no connector sola: {tmp_path}/catalog/sola.py does not exist\n"
    )


@pytest.mark.parametrize("argv", [["--json"], ["--folder", "."]])
def test_what_is_about_one_connector_needs_its_name(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(argv)
    assert ended.value.code == 2
    assert "need --connector" in capsys.readouterr().err


def test_a_connector_from_outside_has_mutants_too(
    checks: Callable[..., None], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write_solo(tmp_path)
    write_contract(tmp_path)
    checks()
    assert command.main(["--connector", "solo", "--folder", str(tmp_path)]) == 1
    assert "SURVIVED  solo.supports_multiple_accounts: is True\n" in capsys.readouterr().out
