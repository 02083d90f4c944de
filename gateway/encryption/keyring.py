"""The source of the encryption keys: a variable, or a file with the same content."""

from __future__ import annotations

import stat
from pathlib import Path

from gateway.encryption.vault import Vault, read_encryption_keys
from gateway.errors import SettingsError
from gateway.observe.logs import get_logger
from gateway.settings.environment import Settings

_log = get_logger()

_FILE = "GATEWAY_ENCRYPTION_KEYS_FILE"


def open_vault(settings: Settings) -> Vault:
    """Return a vault with the configured keys; raises ``SettingsError`` if they are unreadable."""
    file = settings.encryption_keys_file
    if file is None:
        return Vault(read_encryption_keys(settings.encryption_keys.get_secret_value()))
    encryption_keys = read_encryption_keys(_read(file), _FILE)
    if not encryption_keys:
        raise SettingsError(f"{_FILE}: the file has no encryption key")
    return Vault(encryption_keys)


def _read(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8")
        is_open = is_open_to_others(file)
    except (OSError, ValueError) as error:
        # ValueError: not UTF-8, and its text would quote the file.
        raise SettingsError(f"{_FILE}: the file cannot be read ({type(error).__name__})") from None
    if is_open:
        # Only a warning: container platforms mount secrets with such modes, for one user only.
        _log.warning("encryption_keys_file_is_open_to_others", advice="chmod 400")
    return text


def is_open_to_others(file: Path) -> bool:
    """Whether every user of the machine can read or write a file; raises ``OSError``."""
    return bool(stat.S_IMODE(file.stat().st_mode) & (stat.S_IROTH | stat.S_IWOTH))
