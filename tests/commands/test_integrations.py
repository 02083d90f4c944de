"""``gateway integrations``: from a document to its tools and back, without a running gateway."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.__main__ import main
from tests.support.uploads import document

pytestmark = pytest.mark.usefixtures("deployment")


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A document of two operations, one of which is poisoned."""
    said = json.loads(document("/cats", "/dogs"))
    said["paths"]["/poisoned"] = {"get": {"parameters": [{"$ref": "https://x.example/p.json"}]}}
    path = tmp_path / "pets.json"
    path.write_text(json.dumps(said))
    return str(path)


def ran(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    """What a command prints: on standard output, or on standard error if it fails."""
    assert main(["integrations", *words]) == code
    printed = capsys.readouterr()
    assert code == 0 or printed.out == ""
    return printed.out if code == 0 else printed.err


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """What a command prints for programs."""
    return json.loads(ran(capsys, *words, "--json"))


def test_a_document_is_previewed_added_refreshed_and_removed(
    capsys: pytest.CaptureFixture[str], file: str, tmp_path: Path
) -> None:
    assert main(["integrations", "preview", "--file", file]) == 0
    shown, headings = capsys.readouterr()
    assert "tools    2, about" in shown
    assert [line.split() for line in headings.splitlines()] == [
        ["EFFECT", "TOKENS", "OPERATION"],
        ["SKIPPED", "CODE", "REASON"],
    ]
    assert [line.split()[0::2] for line in shown.splitlines() if line.startswith("read ")] == [
        ["read", "cats"],
        ["read", "dogs"],
    ]
    assert "GET /poisoned  remote_reference  " in shown
    assert ran(capsys, "list") == ""  # nothing was stored

    digest = told(capsys, "preview", "--file", file)["digest"]
    add = ["add", "--file", file, "--slug", "pets", "--operation", "cats"]
    refused = ran(capsys, *add, "--digest", "0" * 64, code=1)
    assert refused.startswith("gateway: changed_since_preview: ")
    added = told(capsys, *add, "--digest", digest)
    assert (added["slug"], added["tools"], added["createdBy"]) == ("pets", 2, "command")
    assert [each["name"] for each in added["skipped"]] == ["GET /poisoned"]
    assert ran(capsys, *add, code=1).startswith("gateway: integration_exists: ")
    assert ran(capsys, "list").split() == ["pets", "openapi", "2", "0", "Pet", "Shop"]
    assert ran(capsys, "list", "--tenant", "acme") == ""
    assert main(["integrations", "tools", "pets"]) == 0
    printed, heading = capsys.readouterr()
    assert heading.split() == ["TOOL", "EFFECT", "STATE", "OFFERED"]
    assert printed.splitlines() == [
        "pets_cats  read    accepted  yes",
        "pets_dogs  read    accepted  no",
    ]

    newer = tmp_path / "newer.json"
    newer.write_text(document("/cats", "/birds", summary="All of them."))
    refresh = ["refresh", "pets", "--file", str(newer)]
    changes = "added    birds\nchanged  cats\nremoved  dogs\n"
    assert main(["integrations", *refresh, "--dry-run"]) == 0
    printed, heading = capsys.readouterr()
    assert (printed, heading.split()) == (changes, ["CHANGE", "OPERATION"])
    assert [each["name"] for each in told(capsys, *refresh, "--dry-run")["changes"]] == [
        "birds",
        "cats",
        "dogs",
    ]
    assert ran(capsys, *refresh) == changes
    assert ran(capsys, *refresh) == "nothing has changed\n"
    assert ran(capsys, "list").split()[2:4] == ["2", "2"]  # tools, and those to accept
    tools = {each["name"]: each for each in told(capsys, "tools", "pets")["tools"]}
    assert (tools["cats"]["state"], tools["birds"]["state"]) == ("changed", "new")

    foreign = ran(capsys, "remove", "pets", "--tenant", "acme", code=1)
    assert foreign.startswith("gateway: integration_not_found: ")
    assert told(capsys, "remove", "pets") == {
        "removed": True,
        "connections": 0,
        "revoked": 0,
        "rules": 0,
    }
    assert told(capsys, "list") == {"integrations": []}


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["detect", "ftp://pets.example"], "invalid_request: url: must be a whole https URL"),
        (["detect", "https://127.0.0.1:1/api"], "unknown_kind: it is no OpenAPI document"),
        (["preview"], "invalid_request: give either a URL or a document"),
        (["add", "--file", "nowhere.json"], "invalid_request: nowhere.json cannot be read"),
        (["add", "--file", "/dev/null"], "invalid_request: /dev/null is empty"),
        (["preview", "https://127.0.0.1:1/", "--kind", "openapi"], "integration_unreachable: "),
        (["refresh", "notion"], "integration_not_removable: "),
        (["tools", "nothing"], "integration_not_found: "),
    ],
)
def test_what_cannot_be_done_is_one_line_with_a_code(
    words: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ran(capsys, *words, code=1)
    assert said.startswith(f"gateway: {problem}")
    assert said.count("\n") == 1


def test_detection_prints_the_claims(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is read here: a word of the address is all that there is."""
    (claim,) = told(capsys, "detect", "https://127.0.0.1:1/graphql")
    assert (claim["kind"], claim["confidence"]) == ("graphql", "low")
    line = ran(capsys, "detect", "https://127.0.0.1:1/graphql")
    assert line.split()[:3] == ["graphql", "low", "https://127.0.0.1:1/graphql"]
