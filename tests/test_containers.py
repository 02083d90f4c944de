"""Dockerfile and compose.yaml: what linters, a parser and docs/deploy.md say about them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from gateway.settings.environment import Settings

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
COMPOSE, DOCKERFILE = ROOT / "compose.yaml", ROOT / "Dockerfile"


def services() -> dict[str, dict[str, Any]]:
    """The services, with what they take from anchors."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text())["services"]
    return found


@pytest.mark.skipif(not (BIN / "hadolint").exists(), reason="no hadolint for this platform")
def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    done = subprocess.run(
        [BIN / "hadolint", DOCKERFILE], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_compose_lint_finds_nothing_but_an_image_without_digest(tmp_path: Path) -> None:
    # The image is built in place: it has no digest before.
    for name in ("compose.yaml", ".env.local", "encryption-keys"):
        (tmp_path / name).write_text("")
    (tmp_path / "compose.yaml").write_text(COMPOSE.read_text())
    command: list[str | Path] = [
        BIN / "compose-lint",
        "check",
        "--format",
        "json",
        tmp_path / "compose.yaml",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert {found["rule_id"] for found in json.loads(done.stdout)["findings"]} == {"CL-0019"}, (
        done.stdout
    )


def test_compose_yaml_follows_the_specification() -> None:
    # The parser does not know YAML's merge keys, which Compose does: they are merged here.
    document = yaml.safe_load(COMPOSE.read_text())
    found = PyCompose.from_json(json.dumps(document))
    assert sorted(found.service_names()) == ["web-1", "web-2", "worker"]
    wrong = {"services": {"web": {"image": "x", "read_onyl": True}}}
    with pytest.raises(ValueError, match="read_onyl"):
        PyCompose.from_json(json.dumps(wrong))


def test_the_ports_are_those_of_the_page() -> None:
    page = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    published = {port for one in services().values() for port in one["ports"]}
    assert all(port.startswith("127.0.0.1:") for port in published)
    web = re.findall(r"server 127\.0\.0\.1:(\d+);", page)
    scraped = re.search(r"scrape `127\.0\.0\.1:(\d+)`, `(\d+)` and `(\d+)`", page)
    assert scraped is not None
    assert {port.split(":")[1] for port in published} == {*web, *scraped.groups()}


def test_only_settings_are_set() -> None:
    known = {f"GATEWAY_{name.upper()}" for name in Settings.model_fields}
    names = set(re.findall(r"\b(GATEWAY_[A-Z_]+)\b", DOCKERFILE.read_text()))
    names |= {name for one in services().values() for name in one["environment"]}
    assert "GATEWAY_METRICS" in names
    assert names <= known


def test_the_image_gets_the_wheel_and_the_lock_alone() -> None:
    """A file of the clone that holds secrets cannot come into the image."""
    context = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in context if not line.startswith("#")]
    assert rules[0] == "*"
    kept = {rule[1:] for rule in rules if rule.startswith("!")} - {"dist/"}
    assert kept == {"requirements.txt", "dist/connector_gateway-*.whl"}
    copied = re.findall(r"^COPY (?!--from)(.+) \./$", DOCKERFILE.read_text(), re.MULTILINE)
    assert [set(line.split()) for line in copied] == [kept]
