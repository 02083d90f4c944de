"""Pasted credentials: what is wrong with a value before its provider is asked, and its stored form.

Most mistakes happen while copying. A message names the mistake and never repeats the value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from connectors.inputs import INPUT_NAME, ConnectionInput
from connectors.secret import Secret
from gateway.errors import InvalidRequest, KeyMalformed, VaultError

SHORTEST_SECRET = 6
LONGEST_VALUE = 4096
_MASKED = re.compile(r"[*•…]{2,}|…|\.{3,}")
_SCHEME = re.compile(r"(bearer|basic|token)\s+\S+", re.IGNORECASE)


def read_pasted(inputs: Mapping[str, ConnectionInput], given: Mapping[str, str]) -> dict[str, str]:
    """Normalise and check pasted values, secret or not, by name.

    Raises:
        InvalidRequest: a value is missing, is unknown, or does not fit.
        KeyMalformed: a secret cannot be right. ``errors`` says why for each one.
    """
    unknown = {
        name if INPUT_NAME.fullmatch(name) else "inputs": "is not an input of this connector"
        for name in given.keys() - inputs.keys()  # a person may paste a key as a name
    }
    if unknown:
        raise InvalidRequest("the inputs are not valid", unknown)
    values: dict[str, str] = {}
    malformed: dict[str, str] = {}
    unfit: dict[str, str] = {}
    for name, wanted in inputs.items():
        value = values[name] = wanted.normalise(given.get(name, ""))
        if len(value) > LONGEST_VALUE:
            unfit[name] = f"is longer than {LONGEST_VALUE} characters"
        elif wanted.secret and value and (problem := mistake_in(value, wanted)):
            malformed[name] = problem
        elif not (wanted.secret and value) and (problem := wanted.error(value)):
            unfit[name] = problem
    secrets = [values[name] for name, wanted in inputs.items() if wanted.secret and values[name]]
    for name, wanted in inputs.items():
        if not wanted.secret and holds_secret(values[name], secrets):  # it would be stored in clear
            unfit[name] = f"{wanted.title} holds a secret. Paste that into its own field alone."
    if unfit:
        raise InvalidRequest("the inputs are not valid", unfit | malformed)
    if malformed:
        raise KeyMalformed(" ".join(malformed.values()), malformed)
    return values


def mistake_in(value: str, wanted: ConnectionInput) -> str | None:
    """Return the mistake that was made in copying a secret, in a sentence; ``None`` without one."""
    title = wanted.title
    half = len(value) // 2
    if _SCHEME.fullmatch(value):
        return f"Paste {title} alone, without the word in front of it."
    if re.search(r"\s", value) and not value.startswith("-----BEGIN "):
        return f"{title} has a space or a line break in it. Copy it again, in one piece."
    if _MASKED.search(value):
        return f"{title} is hidden in part. Copy the whole value; some pages show it only once."
    if not value.isprintable() and not value.startswith("-----BEGIN "):
        return f"{title} has an invisible character in it. Copy it again."
    if not value.isascii():
        return f"{title} has a letter or sign that no key has. Copy it again."
    if len(value) >= 2 * SHORTEST_SECRET and value[:half] == value[half:]:
        return f"{title} is there twice. Paste it once."
    if not re.fullmatch(wanted.pattern, value):
        if len(value) < SHORTEST_SECRET or len(value) < len(wanted.example) // 2:
            return f"{title} is too short: copy all of it. It looks like {wanted.example}"
        return (
            f"{title} does not look right. It looks like {wanted.example}: a key of another kind, "
            "or for another environment, does not work here."
        )
    return wanted.error(value)


def holds_secret(text: str, secrets: Iterable[str]) -> bool:
    """Whether ``text``, which is shown or stored in clear, repeats a secret, in any case."""
    shown = text.lower()
    return any(len(each) >= SHORTEST_SECRET and each.lower() in shown for each in secrets)


def pack(secrets: Mapping[str, str]) -> Secret:
    """Return the secrets of a credential as one text: canonical JSON."""
    return Secret(json.dumps(dict(secrets), sort_keys=True, separators=(",", ":")))


def unpack(packed: Secret) -> dict[str, str]:
    """Return what ``pack`` was given; raise ``VaultError`` for anything else."""
    try:
        values = json.loads(packed.reveal())
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise VaultError("the stored values are of another method")
    return values


def last_four(secret: str) -> str:
    """Return the label of a key without a name: its end, if enough of it stays unsaid."""
    return f"…{secret[-4:]}" if len(secret) >= 12 else "API key"
