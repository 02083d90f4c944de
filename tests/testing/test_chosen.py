"""Which connectors a run of the mutants takes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from connectors.catalog import CONNECTOR_CATALOG
from gateway.testing.mutants.chosen import PARTS, changed, part_of, tenth_of, whole

NAMES = ("acme", "acme-crm", "other")


def git(tree: Path, *arguments: str) -> None:
    said = ["-c", "user.name=Ana Diaz", "-c", "user.email=ana@acme.com"]
    program = shutil.which("git") or "git"
    subprocess.run([program, *said, *arguments], cwd=tree, check=True, capture_output=True)


def write(tree: Path, *paths: str) -> None:
    for path in paths:
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        with (tree / path).open("a") as file:
            file.write(path)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository of one commit."""
    git(tmp_path, "init", "-b", "main")
    write(tmp_path, *(f"connectors/catalog/{name.replace('-', '_')}.py" for name in NAMES))
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-m", "Begin")
    return tmp_path


def test_the_parts_are_all_shares_of_all_connectors() -> None:
    parts = [part_of(CONNECTOR_CATALOG, part) for part in range(1, PARTS + 1)]
    assert sorted(job for part in parts for job in part) == sorted(whole(CONNECTOR_CATALOG))
    assert max(map(len, parts)) < len(whole(CONNECTOR_CATALOG)) / 8


def test_the_tenth_is_about_a_tenth_and_stays_when_a_connector_comes() -> None:
    tenth = tenth_of(CONNECTOR_CATALOG)
    assert 0.05 < len(tenth) / len(CONNECTOR_CATALOG) < 0.2
    assert {*tenth_of([*CONNECTOR_CATALOG, "brand-new"])} - {"brand-new"} == {*tenth}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("connectors/catalog/acme_crm.py", ["acme-crm"]),
        ("connectors/sandbox/acme.py", ["acme"]),
        ("connectors/hooks/acme.py", ["acme"]),
        ("tests/connectors/test_acme_crm_provider.py", ["acme-crm"]),
        ("tests/connectors/wire/acme-crm.json", ["acme-crm"]),
        ("tests/connectors/wire/acme-crm-key.json", ["acme-crm"]),
        ("connectors/catalog/gone.py", []),
        ("connectors/config.py", []),
        ("docs/connectors/acme.md", []),
    ],
)
def test_each_file_of_a_connector_counts(tree: Path, path: str, found: list[str]) -> None:
    write(tree, path)
    git(tree, "add", "-A")
    git(tree, "commit", "-m", "Change")
    assert changed(NAMES, tree) == found


def test_a_branch_is_compared_with_the_upstreams_main_and_what_is_not_committed_counts(
    tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clone = tmp_path_factory.mktemp("clone")
    git(clone, "clone", str(tree), ".")
    assert changed(NAMES, clone) == []
    git(clone, "switch", "-c", "topic")
    for name in ("acme", "other"):
        write(clone, f"connectors/catalog/{name}.py")
        git(clone, "commit", "-am", "Change")
    write(clone, "connectors/sandbox/acme_crm.py")
    assert changed(NAMES, clone) == ["acme", "acme-crm", "other"]


def test_where_git_knows_nothing_nothing_was_changed(tree: Path, tmp_path: Path) -> None:
    assert changed(NAMES, tree) == []  # the first commit has none before it
    (outside := tmp_path / "outside").mkdir()
    (tree / ".git").rename(tmp_path / "git-of-nobody")
    assert changed(NAMES, outside) == []
