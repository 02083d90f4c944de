"""A connector's files may hold anything: the validator reports it, and its JSON stays JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import validate_connectors

from connectors.catalog import CONNECTOR_CATALOG
from tests.scripts.test_validator import tree
from tests.support.contracts import write_contract
from tests.support.outside import write_solo

__all__ = ["tree"]

FILES = {
    "catalog": "connectors/catalog/atlassian.py",
    "sandbox": "connectors/sandbox/atlassian.py",
    "hook": "connectors/hooks/atlassian.py",
    "test": "tests/connectors/test_atlassian_provider.py",
}
BROKEN = {
    "a syntax error": b"def create_config(env:\n",
    "an indentation error": b"x = 1\n  y = 2\n",
    "a null byte": b"x = 1\0\n",
    "no UTF-8": b"# caf\xe9\n",
    "a missing module": b"import nowhere_at_all\n",
    "an exception": b"1 / 0\n",
    "an exit": b"raise SystemExit(0)\n",
    "nothing": b"",
}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run the validator in this process."""
    code = validate_connectors.main([*arguments])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("content", BROKEN.values(), ids=[*BROKEN])
@pytest.mark.parametrize("kind", FILES)
def test_a_broken_file_is_a_finding_and_the_report_stays_json(
    tree: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    content: bytes,
) -> None:
    monkeypatch.setattr(validate_connectors, "CONNECTOR_CATALOG", ("atlassian",))
    (tree / FILES[kind]).write_bytes(content)
    code, out = run(capsys, "--json")
    report = json.loads(out)
    assert code == 1
    assert report["validated"] == ["atlassian"]
    assert "atlassian" in {problem["connector"] for problem in report["problems"]}
    code, out = run(capsys)
    assert code == 1
    assert out.splitlines()[1] == f"FAILED — {len(report['problems'])} validation error(s):"


@pytest.mark.parametrize("kind", FILES)
def test_a_module_that_prints_does_not_disturb_the_report(
    tree: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    file = tree / FILES[kind]
    file.write_text(f"{file.read_text()}\nprint('loaded')\n")
    code, out = run(capsys, "--connector", "atlassian", "--json")
    assert (code, json.loads(out)["problems"]) == (0, [])


def test_a_folder_of_connectors_is_validated_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_solo(tmp_path)
    write_contract(tmp_path)
    (tmp_path / "catalog/odd.py").write_text("def create_config(env:\n")
    (tmp_path / "sandbox/stray.py").write_text("")
    code, out = run(capsys, "--folder", str(tmp_path), "--json")
    report = json.loads(out)
    assert (code, report["validated"]) == (1, ["odd", "solo"])
    found = [f"{problem['connector']}: {problem['message']}" for problem in report["problems"]]
    assert found[0] == f"(catalog): {tmp_path}/sandbox/stray.py belongs to no connector"
    assert found[1].startswith(
        "odd: cannot be loaded (SyntaxError in line 1: '(' was never closed)"
    )
    assert found[-1].startswith('solo: its header has no "Quirks:"')


def test_a_folder_named_by_the_environment_is_validated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_solo(tmp_path)
    monkeypatch.setenv("GATEWAY_CONNECTORS_PATH", str(tmp_path))
    code, out = run(capsys, "--json")
    assert (code, json.loads(out)["validated"]) == (1, ["solo"])


def test_an_unknown_connector_or_folder_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["--connector", "notoin"], ["--folder", str(tmp_path)]):
        with pytest.raises(SystemExit) as stopped:
            validate_connectors.main(arguments)
        assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert f'there is no connector "notoin" among {next(iter(CONNECTOR_CATALOG))}, ' in said
    assert "has no folder catalog/" in said


def test_tools_of_a_file_need_one_connector(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file has the name of a connector, or of a product that one opens."""
    write_solo(tmp_path)
    (tmp_path / "tools").mkdir()
    tool = """
from connectors.tooling import Args, HttpTool, Needs, Output

class Nothing(Args):
    pass

class Anything(Output):
    id: str

def made(name: str, connector: str) -> HttpTool:
    return HttpTool(
        name=name,
        description="Return something.",
        needs=(Needs(connector),),
        effect="read",
        method="GET",
        path="/me",
        args=Nothing,
        output=Anything,
    )

"""
    for file, made in {
        "product": 'made("product_get_me", "solo")',
        "mixed": 'made("mixed_get_me", "solo"), made("mixed_get_user", "notion")',
        "solo": 'made("solo_get_me", "notion")',
    }.items():
        (tmp_path / f"tools/{file}.py").write_text(f"{tool}TOOLS = ({made},)\n")
    _, out = run(capsys, "--folder", str(tmp_path), "--json")
    said = [problem["message"] for problem in json.loads(out)["problems"]]
    assert [each for each in said if each.startswith("tools/")] == [
        "tools/mixed.py: there is no connector mixed, and none that all of its tools need",
        "tools/solo.py: solo_get_me does not need solo",
    ]
