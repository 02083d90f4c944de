"""``connectors check``: one connector against its contract, with a report of each failure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.commands.connectors.check import failures, report, report_data, run_checks
from gateway.testing.checks import CHECKS, KEY_CHECKS
from gateway.testing.checks.check import Check
from gateway.testing.checks.description import DESCRIPTION
from gateway.testing.locate import find_contract
from gateway.testing.runner import Finding
from tests.commands.connectors.conftest import RunConnectors
from tests.support.contracts import SOLO_CONTRACT, write_contract
from tests.support.outside import write_solo

HEADER = "its header is complete"
PEOPLE = "it has two people who connect"
ONE_PERSON = "    people = (Person(account='first'),) * 2\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the connector "solo", whose header says too little."""
    write_solo(tmp_path)
    return tmp_path


def found_in(folder: Path, source: str) -> dict[str, Finding]:
    """The findings of the checks of the description under a contract, by name."""
    write_contract(folder, source)
    return {f.check.name: f for f in run_checks(find_contract("solo", folder), DESCRIPTION)}


def test_a_connector_of_the_package_holds(run_connectors: RunConnectors) -> None:
    """Also one whose contract is in two parts, for OAuth and for a pasted key."""
    checks = (*CHECKS, *KEY_CHECKS)
    done = run_connectors("check", "notion")
    *lines, last = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert last == f"notion: {len(checks)} checks, all hold"
    # Nothing else is printed, although the checks provoke errors that a gateway would log.
    assert lines == [*report("notion", [Finding(check, "ok") for check in checks])][:-1]


def test_a_connector_of_a_folder_fails_with_the_reason(
    folder: Path, run_connectors: RunConnectors
) -> None:
    write_contract(folder)
    done = run_connectors("check", "solo", folder=folder)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (1, "")
    assert lines[-1] == f"solo: 3 of {len(CHECKS)} checks FAILED"  # it has no record, either
    failed = lines.index(f"  FAILED  {HEADER}")
    assert lines[failed + 1].startswith('          its header has no "Quirks:"')
    assert sum(line.startswith("  ok ") for line in lines) == len(CHECKS) - 3


def test_a_record_is_written_only_where_every_other_check_holds(
    folder: Path, run_connectors: RunConnectors
) -> None:
    write_contract(folder)
    record, catalog = folder / "tests/wire/solo.json", folder / "catalog/solo.py"
    assert run_connectors("check", "solo", "--record", folder=folder).returncode == 1
    assert not record.exists()
    header = '"""Solo.\n\nQuirks: none\n\nScopes: ``read`` and ``write``, all there is."""\n'
    catalog.write_text(header + catalog.read_text().partition('person."""\n')[2])
    done = run_connectors("check", "solo", "--record", folder=folder)
    assert done.stdout.splitlines()[-1] == f"solo: {len(CHECKS)} checks, all hold"
    assert '"POST https://auth.solo.example/token"' in record.read_text("utf-8")


def test_a_missing_contract_is_one_sentence(folder: Path, run_connectors: RunConnectors) -> None:
    done = run_connectors("check", "solo", folder=folder)
    assert (done.returncode, done.stderr) == (1, "")
    title, first, *_ = done.stdout.splitlines()
    assert title == "solo cannot be checked yet:"
    file = folder / "tests/test_solo_provider.py"
    assert first == f"  there is no contract for solo: {file} does not exist"


def test_programs_get_what_is_missing_as_json(folder: Path, run_connectors: RunConnectors) -> None:
    (folder / "elsewhere.py").write_text(
        SOLO_CONTRACT.replace('    scopes = ("read", "write")\n', "").replace(
            '"solo-access"', '"fill-in"'
        )
    )
    arguments = ("check", "solo", "--contract", "elsewhere.py", "--json")
    done = run_connectors(*arguments, folder=folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout) == {
        "connector": "solo",
        "holds": False,
        "problems": [
            "TestSolo does not give scopes",
            'its header has no "Quirks:"',
            'its header has no "Scopes:"',
            'its header does not justify the scope "read"',
            'its header does not justify the scope "write"',
            f"{folder / 'elsewhere.py'} says fill-in in line 5",
        ],
        "checks": [],
    }


def test_an_unknown_name_is_one_sentence(run_connectors: RunConnectors) -> None:
    done = run_connectors("check", "notionn")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'gateway: there is no connector "notionn" (did you mean notion?)\n'


@pytest.mark.parametrize("options", [(), ("--json",), ("--record",)])
def test_a_folder_without_connectors_is_an_error(
    tmp_path: Path, run_connectors: RunConnectors, options: tuple[str, ...]
) -> None:
    """A wrong path in CI must not look like "all hold"."""
    (tmp_path / "catalog").mkdir()
    done = run_connectors("check", *options, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"gateway: there is no connector in {tmp_path}\n"


def test_a_failure_has_its_reason(folder: Path) -> None:
    imported = SOLO_CONTRACT.replace("ConnectorContract, doc", "ConnectorContract, Person, doc")
    found = found_in(folder, imported + ONE_PERSON)
    assert found[PEOPLE].outcome == "FAILED"
    assert found[PEOPLE].reason == "people are not two different ones"


def test_a_gap_is_no_failure_and_shows_its_reason(folder: Path) -> None:
    found = found_in(folder, f"{SOLO_CONTRACT}    gaps = {{{HEADER!r}: 'Not documented.'}}\n")
    assert (found[HEADER].outcome, found[HEADER].reason) == ("gap", "Not documented.")
    assert {f.outcome for f in found.values()} == {"ok", "gap"}
    assert [*report("solo", [*found.values()])][-1] == (
        f"solo: {len(DESCRIPTION)} checks, all hold except for 1 known gap"
    )


def test_a_gap_that_holds_is_a_failure(folder: Path) -> None:
    found = found_in(folder, f"{SOLO_CONTRACT}    gaps = {{{PEOPLE!r}: 'Long ago.'}}\n")
    assert found[PEOPLE].outcome == "FAILED"
    assert found[PEOPLE].reason == f'the gap "{PEOPLE}" is closed: take it out'


FINDINGS = [
    Finding(Check(section="description", name="one"), "ok"),
    Finding(Check(section="description", name="two"), "FAILED", "first line\nsecond line"),
    Finding(Check(section="journey", name="three"), "gap", "why"),
]


def test_the_report_is_grouped_and_ends_with_one_line() -> None:
    assert [*report("acme", FINDINGS)] == [
        "description",
        "  ok      one",
        "  FAILED  two",
        "          first line",
        "          second line",
        "",
        "journey",
        "  gap     three",
        "          why",
        "",
        "acme: 1 of 3 checks FAILED",
    ]
    assert failures(FINDINGS) == 1


def test_a_reason_that_several_checks_share_is_told_once() -> None:
    findings = [
        Finding(Check(section="journey", name="one"), "FAILED", "it is\nlong"),
        Finding(Check(section="journey", name="two"), "FAILED", "another"),
        Finding(Check(section="refusals", name="three"), "FAILED", "it is\nlong"),
        Finding(Check(section="refusals", name="four"), "gap", "it is\nlong"),
    ]
    lines = [*report("acme", findings)]
    assert lines[lines.index("  FAILED  one") + 1 :][:2] == ["          it is", "          long"]
    assert lines[lines.index("  FAILED  three") + 1 :][:2] == [
        '          same reason as "one"',
        "  gap     four",
    ]
    assert lines[lines.index("  gap     four") + 1 :][:2] == ["          it is", "          long"]
    data = report_data("acme", findings)
    assert [check["reason"] for check in data["checks"]].count("it is\nlong") == 3


def test_a_sandbox_file_that_is_wrong_is_named_with_every_problem(
    folder: Path, run_connectors: RunConnectors
) -> None:
    write_contract(folder)
    file = folder / "sandbox" / "solo.py"
    file.write_text(
        file.read_text()
        .replace('client_auth="post"', 'client_auth="body"')
        .replace('rotation="strict"', 'rotation="always"')
    )
    done = run_connectors("check", "solo", folder=folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "solo cannot be checked yet:",
        "  its sandbox file: token.client_auth is not one of basic, basic_raw, post, secret_key, "
        "public",
        "  its sandbox file: grant.rotation is not one of "
        "none, kept, strict, until_used, replay, never",
        "  its sandbox file: revoke.client_auth is not one of basic, basic_raw, post, "
        "secret_key, client_secret, public, none",
    ]


@pytest.mark.parametrize(
    "content", [b"x = (\n", b"x = 1\0\n", b"# caf\xe9\n", b"raise SystemExit(0)\n"]
)
@pytest.mark.parametrize("kind", ["catalog", "sandbox", "hooks", "tests"])
def test_a_broken_file_is_said_and_json_stays_json(
    folder: Path, run_connectors: RunConnectors, kind: str, content: bytes
) -> None:
    write_contract(folder)
    catalog = folder / "catalog/solo.py"
    hook = '        post_connection_script="solo",\n        supports_refresh'
    catalog.write_text(catalog.read_text().replace("        supports_refresh", hook, 1))
    file = folder / kind / ("test_solo_provider.py" if kind == "tests" else "solo.py")
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    done = run_connectors("check", "solo", folder=folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("solo cannot be checked yet:\n  ")
    (report,) = json.loads(run_connectors("check", "--json", folder=folder).stdout)
    assert report["problems"]


def test_without_a_name_every_connector_of_the_folder_is_checked(
    folder: Path, run_connectors: RunConnectors
) -> None:
    write_contract(folder)
    (folder / "catalog/another.py").write_text("x = (\n")
    done = run_connectors("check", folder=folder)
    assert done.returncode == 1
    assert done.stdout.startswith("another cannot be checked yet:\n")
    assert done.stdout.splitlines()[-1] == f"solo: 3 of {len(CHECKS)} checks FAILED"
    done = run_connectors("check", "--contract", "elsewhere.py")
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (None, "there is no file sandbox/solo.py"),
        ("from connectors.sandbox import Nothing", "its simulated provider cannot be imported ("),
        ("PROVIDER = 1 / 0", "its sandbox file cannot be loaded: ZeroDivisionError: division"),
    ],
)
def test_a_sandbox_file_that_does_not_load_is_named(
    folder: Path, run_connectors: RunConnectors, source: str | None, said: str
) -> None:
    write_contract(folder)
    file = folder / "sandbox" / "solo.py"
    file.unlink() if source is None else file.write_text(source)
    done = run_connectors("check", "solo", folder=folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[1].startswith(f"  {said}")


def test_programs_get_the_report_as_json() -> None:
    assert report_data("acme", FINDINGS) == {
        "connector": "acme",
        "holds": False,
        "problems": [],
        "checks": [
            {"section": "description", "check": "one", "outcome": "ok", "reason": None},
            {
                "section": "description",
                "check": "two",
                "outcome": "failed",
                "reason": "first line\nsecond line",
            },
            {"section": "journey", "check": "three", "outcome": "gap", "reason": "why"},
        ],
    }
