"""The code blocks of ``docs/deploy.md``, with the names and ports of this machine."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/deploy.md"


@dataclass(frozen=True)
class Page:
    """The page for one deployment; ``here`` maps words of the page to those of this machine."""

    here: Mapping[str, str]

    def blocks(self, title: str, language: str) -> list[str]:
        """Return the code blocks of a section, unchanged."""
        text = PAGE.read_text(encoding="utf-8")
        found = re.search(
            rf"^## (?:\d\. )?{title}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
        )
        assert found, f"docs/deploy.md has no section {title}"
        blocks = re.findall(rf"^```{language}\n(.*?)^```", found[1], re.MULTILINE | re.DOTALL)
        assert blocks, f"{title} has no block of {language}"
        return blocks

    def block(self, title: str, language: str, mark: str) -> str:
        """Return the one block of a section that contains ``mark``, unchanged."""
        (found,) = (b for b in self.blocks(title, language) if mark in b)
        return found

    def translated(self, text: str) -> str:
        """Replace whole words of the page in ``text`` by those of this machine."""
        words = sorted(self.here, key=len, reverse=True)
        pattern = "|".join(rf"(?<![\w.]){re.escape(word)}(?![\w])" for word in words)
        return re.sub(pattern, lambda match: self.here[match[0]], text)

    def settings(self, ours: Mapping[str, str]) -> str:
        """Return the page's settings file with the values of ``ours``.

        Variables of ``ours`` that the page lacks are added.
        """
        block = self.block("Settings", "ini", "GATEWAY_LOGIN=oidc")
        lines = self.translated(block).splitlines()
        given = dict(line.split("=", 1) for line in lines if line)
        return "".join(f"{name}={value}\n" for name, value in (given | dict(ours)).items())

    def command(self, unit: str, number: int = 0) -> list[str]:
        """Return the command of a systemd unit as ``argv``; ``number`` is its instance."""
        block = self.block("The processes", "ini", f"Description=Connector gateway, {unit}")
        (line,) = re.findall(r"^ExecStart=(.+)$", block, re.MULTILINE)
        return shlex.split(self.translated(line.replace("%i", str(number))))

    def database_user(self) -> tuple[str, list[dict[str, str]]]:
        """Return the name and the roles of the database's user."""
        block = self.block("The database's user", "js", "createUser")
        (name,) = re.findall(r'user: "(\w+)"', block)
        roles = re.findall(r'{ role: "(\w+)", db: "(\w+)" }', block)
        return name, [{"role": role, "db": database} for role, database in roles]


def run(script: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Run shell commands, stop at the first failure, and return the output."""
    done = subprocess.run(
        ["/bin/sh", "-euc", script],
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout
