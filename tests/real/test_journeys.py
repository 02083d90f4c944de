"""The README in a fresh clone: a tool author, a person and a continuous integration walk it.

One ``make dev`` serves all of them. The clone takes this checkout's virtual environment, so that
nothing is downloaded.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.real.conftest import running_dev
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DevGateway, connect, disconnect, sign_in
from tests.support.loopback import LOOPBACK

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
PATIENCE = 240
NOT_HERE = ("claude ", "make ", "export ")
"""Commands that need another program, or that a test below runs by itself."""


@dataclass(frozen=True)
class Clone:
    """A fresh clone with a running ``make dev``, on another port than 3141."""

    folder: Path
    dev: DevGateway
    env: dict[str, str]

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Paste a line into the second terminal."""
        return subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def prints(self, command: str) -> str:
        """What a command prints that succeeds."""
        done = self.run(command)
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    folder = tmp_path_factory.mktemp("journeys") / "clone"
    tracked = subprocess.run(
        ["/usr/bin/env", "git", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    (command,) = re.findall(r"^make dev$", README, re.MULTILINE)
    make = [*command.split(), "--old-file", ".venv/.installed"]
    with running_dev(folder.parent, make, clone=folder) as dev:
        (exported,) = re.findall(r"^export GATEWAY_URL=(\S+) GATEWAY_API_KEY=(.+)$", README, re.M)
        assert exported == ("http://localhost:3141", "$(cat .gateway-dev/service-key)")
        env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("GATEWAY_", "OAUTH_", "PLATFORM_"))
        }
        env |= {
            "PYTHONPATH": str(folder),  # the environment is that of another folder
            "GATEWAY_URL": dev.url,
            "GATEWAY_API_KEY": (dev.folder / "service-key").read_text().strip(),
        }
        # The first list loads every connector: a busy machine takes longer than the SDK waits.
        key = {"Authorization": f"Bearer {env['GATEWAY_API_KEY']}"}
        ready = LOOPBACK.get(f"{dev.url}/v1/tools?user=alice", headers=key, timeout=PATIENCE)
        assert ready.status_code == 200
        yield Clone(folder, dev, env)


@pytest.fixture
def browser(chromium: Browser, clone: Clone) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=clone.dev.url)
    yield context
    context.close()


def programs() -> dict[str, str]:
    """The README's programs by the names under which it has them saved, in its order."""
    found = re.findall(r"```python\n(.*?)```.*?Save it as `(\w+\.py)`", README, re.DOTALL)
    return {name: program for program, name in found}


def commands() -> list[str]:
    """The lines of the README's shell blocks that can be pasted here, in order."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    lines = [line.partition("   #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if not re.match(r"[A-Z_]+=\.\.\.|$", line)]


def test_the_start_is_told_step_by_step_and_the_banner_comes_before_the_log(clone: Clone) -> None:
    lines = clone.dev.log.read_text().splitlines()
    banner = next(at for at, line in enumerate(lines) if line.startswith("  Dashboard"))
    assert [line for line in lines[:banner] if line.startswith("Starting")] == [
        "Starting MongoDB …",
        "Starting the simulated providers …",
        "Starting the gateway …",
        "Starting its worker …",
    ]
    assert not [line for line in lines[:banner] if "timestamp" in line]
    (line,) = [line for line in lines if line.startswith("  Connectors")]
    shown = re.search(r"^  Connectors .*$", README, re.MULTILINE)
    assert shown
    assert line == shown[0]


@needs_chromium
def test_a_tool_author_runs_the_three_uses_and_every_command_twice(
    clone: Clone, browser: BrowserContext
) -> None:
    saved = programs()
    assert [*saved] == ["notion_token.py", "notion_workspace.py", "notion_search.py"]
    for name, program in saved.items():
        (clone.folder / name).write_text(program)
        assert f"Please connect Notion first: {clone.dev.url}/connectors/notion" in clone.prints(
            f".venv/bin/python {name}"
        )
    page = browser.new_page()
    sign_in(page, "alice")
    connect(page, "notion", "Acme HQ (Ana Diaz)")
    clone.dev.sandbox.expire("notion")
    assert clone.prints(".venv/bin/python notion_token.py") == "Acme HQ\n"
    assert clone.prints(".venv/bin/python notion_workspace.py") == "Acme HQ\n"
    assert "notion_search_pages" in clone.prints(".venv/bin/python notion_search.py")

    pasted = [line for line in commands() if not line.startswith(NOT_HERE)]
    assert len(pasted) >= 6
    for line in pasted:
        for _ in range(2):
            done = clone.run(line)
            # A connector that was just begun has mistakes, and is begun once.
            expected = "connectors check" in line or "connectors new" in line
            assert done.returncode == 0 or expected, f"{line}\n{done.stdout}{done.stderr}"
            assert "Traceback" not in done.stderr
    assert "acme.py says fill-in" in clone.run(pasted[-1]).stdout


@needs_chromium
def test_a_person_walks_the_five_steps_of_the_readme(clone: Clone, browser: BrowserContext) -> None:
    page = browser.new_page()
    sign_in(page, "person")
    connect(page, "google", "Ana Diaz (ana.diaz@example.com)")
    connect(page, "shopify", "The store's owner", Store="acme")
    connect(page, "google", "Ana Diaz (work) (ana@acme.example)")
    google = page.locator("#connector-google")
    google.get_by_role("button", name=re.compile("Make default")).click()
    expect(google.locator("li", has_text="ana@acme.example")).to_contain_text("Default")
    disconnect(page, "shopify")
    expect(page.locator("#connector-shopify")).not_to_contain_text("Acme Store")


def test_what_the_readme_saves_leaves_the_checks_green(clone: Clone) -> None:
    """CI: the checks that look at files, in a clone with the programs and a begun connector."""
    for name, program in programs().items():
        (clone.folder / name).write_text(program)
    (new,) = [line for line in commands() if "connectors new" in line]
    clone.run(new)
    assert (clone.folder / "my-connectors" / "catalog" / "acme.py").is_file()
    targets = "check-format check-lint check-connectors"
    assert "passed validation" in clone.prints(f"make --old-file .venv/.installed {targets}")


def test_a_file_that_does_not_parse_fails_the_validator_with_its_name(clone: Clone) -> None:
    broken = clone.folder / "connectors" / "catalog" / "figma.py"
    text = broken.read_text()
    broken.write_text("def create_config(env:\n")
    try:
        done = clone.run(".venv/bin/python scripts/validate_connectors.py --files")
    finally:
        broken.write_text(text)
    assert done.returncode == 1
    assert "figma" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
