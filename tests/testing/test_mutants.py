"""Mutants: every field of both sides is changed, and none survives a contract that looks."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from connectors.catalog import CONNECTOR_CATALOG
from connectors.config import ConnectorConfig
from connectors.inputs import ConnectionInput
from connectors.provider import SimulatedProvider
from connectors.secret import Secret
from gateway.testing.checks.check import Check, Section
from gateway.testing.contract import KeyContract
from gateway.testing.locate import find_contracts
from gateway.testing.mutants import __main__ as command
from gateway.testing.mutants import chosen, trial
from gateway.testing.mutants.answers import watch
from gateway.testing.mutants.mutant import SIDES, Mutant, Side, mutants_of
from gateway.testing.mutants.trial import (
    LITERAL,
    ORDER_IN_WORDS,
    RECORD,
    SHARES,
    WIRE,
    Score,
    try_mutants,
)
from gateway.testing.mutants.variants import EXEMPT
from gateway.testing.runner import workshop
from gateway.testing.subject import ContractViolation, Subject, expect
from tests.support.configs import WITH_OAUTH, make_config
from tests.support.contracts import write_contract
from tests.support.outside import write_solo
from tests.support.subjects import subject_of

GOOGLE = subject_of("google")
_NAMES = [*WITH_OAUTH]
NEIGHBOURS = [
    subject_of(name)  # in the order in which the command takes them: the next one first
    for name in [*_NAMES[_NAMES.index("google") + 1 :], *_NAMES[: _NAMES.index("google")]]
]
_SIDES: dict[Side, type[Any]] = {"catalog": ConnectorConfig, "sandbox": SimulatedProvider}
FIELDS = [
    (side, field.name)
    for side, kind in _SIDES.items()
    for field in dataclasses.fields(kind)
    if f"{kind.__name__}.{field.name}" not in EXEMPT
]


def mutants(side: Side, subject: Subject = GOOGLE) -> list[Mutant]:
    return list(mutants_of(subject, side, NEIGHBOURS))


def all_mutants() -> list[Mutant]:
    return [mutant for side in SIDES for mutant in mutants(side)]


def whole(subject: Subject, side: Side) -> Any:
    return subject.config if side == "catalog" else subject.provider


def check(run: Callable[[Subject], None], section: Section = "description") -> Check:
    """A check that needs no wire."""

    async def on_subject(subject: Subject) -> None:
        run(subject)

    return Check(section=section, name="it", on_subject=on_subject)


def _original() -> Callable[[Subject], None]:
    """A check that holds for the first subject that it sees, and for no mutant of it."""
    first: list[Subject] = []

    def run(subject: Subject) -> None:
        first.extend([] if first else [subject])
        is_same = subject.config is first[0].config and subject.provider is first[0].provider
        expect(is_same, "it is a mutant")

    return run


def _never(subject: Subject) -> None:
    expect(False, "it never holds")


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets what a contract demands."""

    def demand(*wanted: Check) -> None:
        monkeypatch.setattr(trial, "CHECKS", wanted)

    monkeypatch.setattr(command, "configure_logs", lambda level: None)
    return demand


@pytest.mark.parametrize(("side", "name"), FIELDS)
def test_a_field_is_mutated_alone(side: Side, name: str) -> None:
    made = [mutant for mutant in mutants(side) if mutant.field == name]
    value = getattr(whole(GOOGLE, side), name)
    # A field without a value has mutants where another connector gives it one.
    assert made or not value
    for mutant in made:
        if mutant.subject is None:
            continue
        changed = whole(mutant.subject, side)
        other = getattr(changed, name)
        if isinstance(value, Secret):
            assert other.reveal() != value.reveal()
        else:
            assert other != value
        for field in dataclasses.fields(changed):
            if field.name not in {name, "client_secret"}:
                assert getattr(changed, field.name) == getattr(whole(GOOGLE, side), field.name)


def test_exempt_fields_are_not_mutated_and_have_a_reason() -> None:
    mutated = {f"{_SIDES[m.side].__name__}.{m.field}" for m in all_mutants()}
    assert not mutated & EXEMPT.keys()
    assert not any("label" in m.what for m in all_mutants() if m.field == "accounts")
    assert all(EXEMPT.values())


def test_the_contract_of_a_key_beside_oauth_mutates_the_key_alone() -> None:
    beside = next(each for each in find_contracts("notion") if issubclass(each, KeyContract))
    made = {side: [*mutants_of(beside.subject(), side, [])] for side in SIDES}
    assert {mutant.field for mutant in made["catalog"]} == {"key"}
    assert {mutant.field for mutant in made["sandbox"]} == {"keys"}


def test_an_input_called_title_is_mutated_like_any_other() -> None:
    title = ConnectionInput(title="Title", description="-", example="acme", pattern="[a-z]+")
    subject = dataclasses.replace(GOOGLE, config=make_config(connection_config={"title": title}))
    made = mutants_of(subject, "catalog", [])
    found = {mutant.what for mutant in made if mutant.field == "connection_config"}
    assert found == {
        "without title",
        "title pattern changed",
        "title secret is True",
        "title keep_case is True",
    }


def test_a_function_of_the_sandbox_is_mutated_by_each_member_of_its_answers() -> None:
    def answer(issued: Any) -> Any:
        return {"token": {"value": "x"}, "scopes": ["a", "b"]}

    provider = watch(dataclasses.replace(GOOGLE.provider, token_answer=answer))
    provider.token_answer(None)
    watched = dataclasses.replace(GOOGLE, provider=provider)
    answers = {
        mutant.what: mutant.subject.provider.token_answer(None)
        for mutant in mutants_of(watched, "sandbox", [])
        if mutant.field == "token_answer" and mutant.subject is not None
    }
    assert answers == {
        "with another token.value": {"token": {"value": "xx"}, "scopes": ["a", "b"]},
        "without token.value": {"token": {}, "scopes": ["a", "b"]},
        "with another scopes.0": {"token": {"value": "x"}, "scopes": ["ax", "b"]},
        "without scopes.0": {"token": {"value": "x"}, "scopes": ["b"]},
    }


def test_a_function_that_is_never_called_has_one_mutant_that_survives() -> None:
    provider = watch(GOOGLE.provider)
    watched = dataclasses.replace(GOOGLE, provider=provider)
    made = [m.what for m in mutants_of(watched, "sandbox", []) if m.field == "token_answer"]
    assert made == ["is never called"]


def test_a_mutant_that_the_rules_refuse_counts_as_killed(checks: Callable[..., None]) -> None:
    checks()
    refused = [mutant for mutant in mutants("catalog") if mutant.subject is None]
    assert ("api_headers", "without Authorization") in {(m.field, m.what) for m in refused}
    score, _ = try_mutants(GOOGLE, NEIGHBOURS, workshop())
    assert score.killed == {"rules": len(refused)}


def test_without_checks_every_mutant_that_can_be_made_survives_and_is_named(
    checks: Callable[..., None],
) -> None:
    checks()
    score, other = try_mutants(GOOGLE, NEIGHBOURS, workshop())
    assert (score.connector, score.side, other.side) == ("google", "catalog", "sandbox")
    made = [m for m in mutants("catalog") if m.subject is not None]
    assert score.survivors == [f"{mutant.field}: {mutant.what}" for mutant in made]
    assert score.total == len(mutants("catalog"))
    assert "authorize: pkce is 'required'" in other.survivors


def test_a_mutant_counts_for_the_wire_before_the_literals(checks: Callable[..., None]) -> None:
    checks(check(_original()), check(_original(), "samples"), check(_original(), "journey"))
    for score in try_mutants(GOOGLE, NEIGHBOURS, workshop()):
        assert score.survivors == []
        assert score.killed.keys() == {"rules", "journey"}
        assert score.killed_by(WIRE) + score.killed_by(LITERAL) == score.total


def test_a_gap_kills_no_mutant(checks: Callable[..., None]) -> None:
    checks(check(_original()))
    gaps = dataclasses.replace(GOOGLE.expectations, gaps={"it": "it cannot"})
    subject = dataclasses.replace(GOOGLE, expectations=gaps)
    for score in try_mutants(subject, NEIGHBOURS, workshop()):
        assert score.killed.keys() == {"rules"}


def test_a_connector_that_breaks_its_own_contract_kills_nothing(
    checks: Callable[..., None],
) -> None:
    """Else a contract that always fails would have the best score."""
    checks(check(_never))
    with pytest.raises(ContractViolation, match="google breaks its contract: it: it never holds"):
        try_mutants(GOOGLE, NEIGHBOURS, workshop())


def test_a_score_says_what_the_wire_and_what_the_literals_killed() -> None:
    killed = Counter(rules=2, samples=1, journey=5, record=3)
    score = Score("acme", "sandbox", killed, ["grant: shared is True"])
    assert (score.total, score.killed_by(WIRE), score.killed_by(RECORD)) == (12, 5, 3)
    assert score.killed_by(LITERAL) == 3


def test_survivors_are_reported_and_fail_the_command(
    checks: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    checks()
    assert command.main(["--connector", "google"]) == 1
    printed = capsys.readouterr().out
    assert "SURVIVED  google, catalog: use_pkce: is False\n" in printed
    assert "SURVIVED  google, sandbox: grant: rotation is 'strict'\n" in printed
    assert " mutants killed: 0 on the wire, 0 by the record of the wire, " in printed
    assert ORDER_IN_WORDS in printed


def test_no_survivor_is_success(
    checks: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    checks(check(_original(), "journey"))
    assert command.main(["--connector", "google"]) == 0
    assert printed_count(capsys.readouterr().out, "survived") == 0


def test_a_survivor_on_either_side_fails_the_run_over_all_connectors(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for catalog, sandbox, code in (([], [], 0), (["x"], [], 1), ([], ["x"], 1)):
        scores = [Score("acme", "catalog", survivors=catalog)]
        scores.append(Score("acme", "sandbox", survivors=sandbox))
        monkeypatch.setattr(command, "all_scores", lambda parts, scores=scores: scores)
        assert command.main([]) == code
        assert printed_count(capsys.readouterr().out, "survived") == len(catalog + sandbox)


def test_a_mutant_counts_for_the_first_section_in_the_printed_order(
    checks: Callable[..., None],
) -> None:
    sections: tuple[Section, ...] = (
        "journey",
        "record",
        "samples",
        "description",
        "economy",
        "refusals",
    )
    places = [ORDER_IN_WORDS.index(f"the {section}") for section in sections]
    assert places == sorted(places)
    for number, section in enumerate(sections):
        checks(*(check(_original(), later) for later in reversed(sections[number:])))
        score, _ = try_mutants(GOOGLE, NEIGHBOURS, workshop())
        assert score.killed.keys() == {"rules", section}


def test_the_shares_of_a_connector_are_all_its_mutants(checks: Callable[..., None]) -> None:
    killed = []
    for share in range(SHARES + 1):
        checks(check(_original(), "journey"))
        score, _ = try_mutants(GOOGLE, NEIGHBOURS, workshop(), share)
        killed.append(score.killed)
    assert sum(killed[1:], Counter()) == killed[0]
    assert max(share.total() for share in killed[1:]) < killed[0].total()


def test_the_command_tries_all_or_a_part_or_what_was_changed(
    monkeypatch: pytest.MonkeyPatch, checks: Callable[..., None]
) -> None:
    tried: list[Sequence[chosen.Job]] = []

    def all_scores(jobs: Sequence[chosen.Job]) -> list[Score]:
        tried.append(jobs)
        return []

    monkeypatch.setattr(command, "all_scores", all_scores)
    monkeypatch.setattr(command, "changed", lambda names, tree: ["figma"])
    arguments: list[list[str]] = [[], ["--part", "2"], ["--changed"]]
    assert [command.main(each) for each in arguments] == [0, 0, 0]
    tenth = [name for name in chosen.tenth_of(CONNECTOR_CATALOG) if name != "figma"]
    assert tried == [
        chosen.whole(CONNECTOR_CATALOG),
        chosen.part_of(CONNECTOR_CATALOG, 2),
        chosen.whole(["figma", *tenth]),
    ]
    checks(check(_original(), "journey"))
    assert command.main(["--connector", "google"]) == 0
    for wrong in (["--part", str(chosen.PARTS + 1)], ["--connector", "google", "--part", "1"]):
        with pytest.raises(SystemExit):
            command.main(wrong)


def printed_count(printed: str, what: str) -> int:
    """The number in front of a word in the last line."""
    words = printed.splitlines()[-1].split()
    return int(words[words.index(what) - 1])


def test_a_contract_that_does_not_hold_is_an_error_of_its_own(
    checks: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    checks(check(_never))
    assert command.main(["--connector", "google"]) == 2
    assert capsys.readouterr().err == "google breaks its contract: it: it never holds\n"


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


def test_a_folder_needs_the_name_of_a_connector(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["--folder", "."])
    assert ended.value.code == 2
    assert "--folder needs --connector" in capsys.readouterr().err


def test_a_connector_from_outside_has_mutants_too(
    checks: Callable[..., None], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write_solo(tmp_path)
    write_contract(tmp_path)
    checks()
    assert command.main(["--connector", "solo", "--folder", str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "SURVIVED  solo, catalog: supports_multiple_accounts: is True\n" in printed
