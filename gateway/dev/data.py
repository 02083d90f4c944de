"""The data folder of ``make dev``, which survives from one run to the next."""

from __future__ import annotations

from pathlib import Path

from dotenv import dotenv_values

from gateway.encryption.vault import new_encryption_key

RUNNING = "running.env"
SERVICE_KEY = "service-key"
ENCRYPTION_KEY = "encryption-key"


def prepare(folder: Path) -> None:
    """Create the folder: readable by its owner only, and ignored by git."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    (folder / ".gitignore").write_text("*\n")


def encryption_keys(folder: Path) -> str:
    """Return the folder's encryption key as in GATEWAY_ENCRYPTION_KEYS; create it if missing."""
    file = folder / ENCRYPTION_KEY
    if not file.is_file():
        write_private(file, f"dev:{new_encryption_key()}\n")
    return file.read_text().strip()


def running_environment(folder: Path) -> dict[str, str]:
    """Return the variables of the running ``gateway dev``; empty if it does not run."""
    return {k: v for k, v in dotenv_values(folder / RUNNING).items() if v is not None}


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(text)
