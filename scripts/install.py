"""Install the pinned dependencies into this Python's environment, and say how far it is.

``make install`` runs it. Everything is checked against the hashes in constraints.txt. It needs
nothing but the standard library and pip.
"""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import threading
from pathlib import Path

CONSTRAINTS = Path(__file__).resolve().parent.parent / "constraints.txt"
PIP = [sys.executable, "-m", "pip", "install", "--progress-bar", "off"]
STEP = 10
"""Packages between two lines."""
SECONDS = 10.0
"""Between two lines while packages are unpacked."""


def main() -> int:
    """Run pip; return its exit code. What it complains about comes after its own text."""
    pinned = re.findall(r"^[a-z0-9].*==", CONSTRAINTS.read_text(), re.MULTILINE)
    command = [*PIP, "--disable-pip-version-check", "--require-hashes", "--no-deps"]
    fetched, lines, unpacked = 0, [], threading.Event()
    with subprocess.Popen(
        [*command, "-r", str(CONSTRAINTS)], stdout=subprocess.PIPE, text=True, errors="replace"
    ) as pip:
        counter = threading.Thread(target=count_unpacked, args=(unpacked,))
        for line in pip.stdout or ():
            lines.append(line)
            if line.startswith(("Collecting ", "Processing ", "Requirement already")):
                fetched += 1
                if fetched % STEP == 0:
                    say(f"fetched {fetched} of about {len(pinned)} packages")
            elif line.startswith("Installing collected packages") and not counter.is_alive():
                say("unpacking them")
                counter.start()
        code = pip.wait()
    unpacked.set()
    if code:
        sys.stderr.writelines(lines[-20:])
    return code


def count_unpacked(done: threading.Event) -> None:
    """Say every few seconds how many packages are in place."""
    folder = Path(sysconfig.get_path("purelib"))
    while not done.wait(SECONDS):
        say(f"unpacked {len([*folder.glob('*.dist-info')])} packages")


def say(text: str) -> None:
    """Print a line of progress."""
    print(f"  … {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
