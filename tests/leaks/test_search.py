"""The search itself: a secret that is there is found, in each form."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.leaks.canaries import Canaries

SECRET = 'Zq7/h+2"kX9w=\\Vt4é~mB8sL1pR6yN3cJ5'
FORMS: dict[str, Callable[[str], bytes]] = {
    "raw": str.encode,
    "in a log line": lambda secret: f"before {secret} after".encode(),
    "json": lambda secret: json.dumps({"x": secret}).encode(),
    "url": lambda secret: f"https://x.example/?t={quote(secret, safe='')}".encode(),
    "url twice": lambda secret: quote(quote(secret, safe=""), safe="").encode(),
    "hex": lambda secret: secret.encode().hex().encode(),
    "HEX": lambda secret: secret.encode().hex().upper().encode(),
    "utf-16": lambda secret: secret.encode("utf-16-le"),
    "base64 in a url": lambda secret: quote(base64.b64encode(secret.encode()), safe="").encode(),
}


def inside(offset: int, encode: Callable[[bytes], bytes]) -> Callable[[str], bytes]:
    """Encodes a longer text, in which the secret begins at ``offset``."""
    return lambda secret: encode(b"x" * offset + secret.encode() + b"yyyy")


for offset in range(4):
    FORMS[f"base64 after {offset}"] = inside(offset, base64.b64encode)
    FORMS[f"base64url after {offset}"] = inside(offset, base64.urlsafe_b64encode)


@pytest.mark.requirement("J1")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("part", [slice(None), slice(0, 18), slice(16, None)], ids=str)
def test_a_secret_and_its_halves_are_found_in_each_form(form: str, part: slice) -> None:
    """A search that finds nothing would find nothing here, too."""
    canaries = Canaries()
    canaries.add("canary", SECRET)
    assert canaries.found_in(b"something " + FORMS[form](SECRET[part]) + b" else") != []


def test_a_text_without_secrets_has_no_findings() -> None:
    canaries = Canaries()
    canaries.add("canary", SECRET)
    assert canaries.found_in(b"something else " * 1000 + SECRET[:8].encode()) == []
    assert canaries.found_in(SECRET.encode(), but=frozenset({"canary"})) == []


def test_a_found_secret_is_not_shown() -> None:
    canaries = Canaries()
    canaries.add("canary", SECRET)
    assert SECRET[:16] not in "".join(canaries.found_in(SECRET.encode())) + repr(canaries)
