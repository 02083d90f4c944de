"""The wheel in an empty environment: the SDK alone, then the server, then the contract kit."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]

Install = Callable[[str], Path]
"""Install the wheel with an extra ("" for none) into an empty environment: its bin folder."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without network by the pinned build tool."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def install(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Install:
    @cache
    def install(extra: str) -> Path:
        environment = tmp_path_factory.mktemp("environment")
        run(sys.executable, "-m", "venv", "--without-pip", str(environment))
        (packages,) = environment.glob("lib/python*/site-packages")
        for name in closure(requirements(wheel, extra)):
            link(name, packages)
        # Without an index pip fails if a requirement of the wheel is not among the linked packages.
        wanted = f"{wheel}[{extra}]" if extra else str(wheel)
        pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python")]
        run(*pip, "install", "--quiet", "--no-index", "--no-compile", wanted)
        return environment / "bin"

    return install


def test_wheel_without_extras_is_the_sdk_and_needs_httpx_alone(
    wheel: Path, install: Install
) -> None:
    assert [requirement.name for requirement in requirements(wheel)] == ["httpx"]
    bin_folder = install("")
    loaded = python(
        bin_folder,
        "import sys, gateway.client",
        "print(*(name for name in sys.modules if name.startswith(('gateway', 'connectors'))))",
    ).split()
    assert "gateway.client.asynchronous" in loaded
    assert all(name == "gateway" or name.startswith("gateway.client") for name in loaded)
    installed = python(
        bin_folder,
        "from importlib.metadata import distributions",
        "print(*{one.name for one in distributions()})",
    )
    names = {canonicalize_name(name) for name in installed.split()}
    assert names == {"connector-gateway", *closure([Requirement("httpx")])}
    assert not names & {"pydantic", "pymongo", "starlette", "uvicorn", "authlib", "jinja2"}


def test_command_without_the_server_names_the_extra_to_install(install: Install) -> None:
    done = subprocess.run(
        [install("") / "gateway", "--help"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("Install it with: pip install 'connector-gateway[server]'\n")
    assert done.stderr.count("\n") == 1


def test_wheel_with_the_server_runs_the_commands(install: Install) -> None:
    bin_folder = install("server")
    usage = run(str(bin_folder / "gateway"), "--help").split()
    assert {"serve", "worker", "keys", "encryption", "audit", "connectors"} <= {*usage}
    assert run(str(bin_folder / "gateway"), "encryption", "new-key").startswith("k1:")
    python(bin_folder, "import gateway.web.app, gateway.wiring.process, gateway.worker")
    pages = python(bin_folder, "from gateway.web.docs import read_pages", "print(*read_pages())")
    assert pages.split()[0] == "README"
    assert {*pages.split()} == {page.stem for page in (ROOT / "docs").glob("*.md")}


@pytest.mark.parametrize("command", [["connectors", "check", "notion"], ["sandbox"]])
def test_command_of_the_contract_kit_names_the_extra_to_install(
    install: Install, command: list[str]
) -> None:
    done = subprocess.run(
        [install("server") / "gateway", *command],
        env={"GATEWAY_MODE": "dev"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("pip install 'connector-gateway[testing]'\n")
    assert done.stderr.count("\n") == 1


def test_wheel_with_the_contract_kit_has_the_checks(install: Install) -> None:
    python(install("testing"), "import gateway.testing, gateway.sandbox.server")


def test_wheel_has_every_file_of_the_packages_and_the_licence(wheel: Path) -> None:
    """Templates, styles and the markers of typed packages, too."""
    files = {
        str(path.relative_to(ROOT))
        for package in ("gateway", "connectors")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {"gateway/py.typed", "connectors/py.typed"} <= files
    files |= {f"gateway/docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}
    names = zipfile.ZipFile(wheel).namelist()
    assert {name for name in names if ".dist-info/" not in name} == files
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_requirements_pin_everything_that_the_server_needs_as_the_tests_run_with_it(
    wheel: Path,
) -> None:
    pins = re.compile(r"^([a-z0-9-]+)==([^ \\]+)", re.MULTILINE)
    production, all_pins = (
        dict(pins.findall((ROOT / name).read_text()))
        for name in ("requirements.txt", "constraints.txt")
    )
    assert closure(requirements(wheel, "server")) <= {*production}
    assert production.items() <= all_pins.items()


def requirements(wheel: Path, extra: str = "") -> list[Requirement]:
    """The wheel's own direct requirements on this machine, with those of an extra."""
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        lines = archive.read(metadata).decode().partition("\n\n")[0].splitlines()
    found = [
        Requirement(line.partition(": ")[2]) for line in lines if line.startswith("Requires-Dist: ")
    ]
    return [requirement for requirement in found if applies(requirement, extra)]


def closure(wanted: list[Requirement]) -> set[str]:
    """The names of these distributions and of all that they require, as installed here."""
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    waiting = [(requirement, extra) for requirement in wanted for extra in extras(requirement)]
    while waiting:
        requirement, extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        found.add(name)
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for line in distribution(name).requires or []:
            if applies(needed := Requirement(line), extra):
                waiting += [(needed, one) for one in extras(needed)]
    return found


def extras(requirement: Requirement) -> list[str]:
    return ["", *requirement.extras]


def applies(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def link(name: str, packages: Path) -> None:
    """Make an installed distribution importable from another environment."""
    installed = distribution(name)
    for top in {file.parts[0] for file in installed.files or []} - {"..", "__pycache__"}:
        target = packages / top
        if not target.exists():
            target.symlink_to(Path(str(installed.locate_file(top))))


def run(*command: str) -> str:
    """Run a command that must succeed; returns what it printed."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python(bin_folder: Path, *lines: str) -> str:
    """Run lines of code with an environment's interpreter, which sees nothing else of this tree."""
    return run(str(bin_folder / "python"), "-I", "-c", "\n".join(lines))
