"""A dump of the database holds no secret.

At each step of a connection's life, every collection is searched for every secret of the test, raw
and in the usual encodings (security E1, E5, E6, A11).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from urllib.parse import parse_qs, quote, quote_plus, urlsplit

import bson
import pytest

from gateway.store.flows import flow_id
from tests.support.browser import Browser
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.linking import dump
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import disconnect, force, token_of

CLIENT_SECRETS = ("sandbox-notion+not-a-secret", "sandbox-shopify+not-a-secret")
PREFIXES = ("sandbox-notion-a", "sandbox-notion-r", "sandbox-shopify-a", "sandbox-shopify-r")
"""Prefixes of the sandbox's access and refresh tokens."""

SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "raw": bytes,
    "base64": lambda raw: base64.b64encode(raw).rstrip(b"="),
    "base64url": lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"="),
    "hex": lambda raw: raw.hex().encode(),
    "HEX": lambda raw: raw.hex().upper().encode(),
    "url": lambda raw: quote(raw).encode(),
    "form": lambda raw: quote_plus(raw).encode(),
    "utf-16": lambda raw: raw.decode().encode("utf-16-le"),
    "reversed": lambda raw: raw[::-1],
}


def shown(secret: str, everything: bytes) -> list[str]:
    """Return the encodings in which a secret appears, including base64 at all three offsets."""
    raw = secret.encode()
    found = [name for name, spell in SPELLINGS.items() if spell(raw) in everything]
    for offset in (1, 2):
        # Encoded as part of a longer text: without the characters that its neighbours change.
        inner = base64.b64encode(b"\x00" * offset + raw)[offset + 1 : -4]
        if inner in everything:
            found.append(f"base64 + {offset}")
    return found


@pytest.mark.parametrize("name", SPELLINGS)
def test_each_spelling_is_seen(name: str) -> None:
    """Proves that the search can find something."""
    secret = "ntn_canary-7Qm2/refresh token+1"
    assert name in shown(secret, b"before" + SPELLINGS[name](secret.encode()) + b"after")
    for offset in (1, 2):
        wrapped = base64.b64encode(b"x" * offset + secret.encode() + b"yyyy")
        assert f"base64 + {offset}" in shown(secret, wrapped)


class Watch:
    """Collects the secrets of the test and searches for all of them."""

    def __init__(self, url: str, database: str) -> None:
        self._url, self._database = url, database
        self.secrets: list[str] = [*CLIENT_SECRETS, *PREFIXES]

    def search(self, *collections: str) -> dict[str, bytes]:
        """Check that no secret appears; return the dump, which must hold these collections."""
        dumped = dump(self._url, self._database)
        assert set(collections) <= dumped.keys()
        everything = b"".join(dumped.values())
        found = {secret: where for secret in self.secrets if (where := shown(secret, everything))}
        assert found == {}
        return dumped


def cookies(browser: Browser) -> list[str]:
    """Return the long parts of the browser's cookie values."""
    values = [cookie.value or "" for cookie in browser.client.cookies.jar]
    return [part for value in values for part in re.split(r"[.:|]", value) if len(part) >= 20]


@pytest.mark.requirement("A11", "E1", "E5", "E6")
async def test_no_secret_is_in_the_database_at_any_moment(
    gateway: Harness, mongodb_url: str, database_name: str, sandbox: SandboxProcess
) -> None:
    """The search runs during a flow, when connected, after a refresh and a disconnect."""
    watch = Watch(mongodb_url, database_name)
    watch.secrets.append(gateway.settings.encryption_keys.get_secret_value().partition(":")[2])
    browser = await gateway.browser("alice")

    # At the provider's page, its address has the state, and the browser has the flow cookie.
    await browser.start("shopify", **{"shop": "acme"})
    query = parse_qs(urlsplit(browser.url).query)
    (state,) = query["state"]
    watch.secrets += [state, *cookies(browser)]
    assert len(watch.secrets) >= len(CLIENT_SECRETS) + len(PREFIXES) + 4
    dumped = watch.search("oauth_state", "sessions", "vault")
    assert flow_id(state).encode() in dumped["oauth_state"]  # proves that the dump has the flow
    verifier = verifier_of(dumped["oauth_state"])
    assert len(verifier) > 43

    await browser.approve(ACCOUNTS["shopify"])
    assert browser.outcome() == "connected", browser.text[:500]
    codes = [
        code
        for page in browser.history
        for code in parse_qs(page.url.query.decode()).get("code", [])
    ]
    assert codes != []
    watch.secrets += [*codes, *cookies(browser)]
    dumped = watch.search("connections")
    assert verifier_of(dumped["oauth_state"]) == b""  # claiming the flow removed it
    assert verifier not in b"".join(dumped.values())
    assert b"acme.myshopify.com" in dumped["connections"]

    (row,) = bson.decode_all(dumped["connections"])
    ciphertexts = [row["tokens"]["access"], row["tokens"]["refresh"]]
    watch.secrets.append(token_of(await gateway.token("shopify", "alice")))
    watch.secrets += [key.rpartition("_")[2] for key in gateway.keys.values()]
    watch.search("service_keys")
    watch.secrets.append(token_of(await force(gateway, "shopify")))
    dumped = watch.search()
    (row,) = bson.decode_all(dumped["connections"])
    assert row["generation"] == 2
    ciphertexts += [row["tokens"]["access"], row["tokens"]["refresh"]]

    assert (await disconnect(gateway, row["_id"])).status_code == 200

    dumped = watch.search()
    assert dumped["connections"] == b""
    everything = b"".join(dumped.values())
    assert len(set(ciphertexts)) == 4
    assert [sealed for sealed in ciphertexts if sealed in everything] == []


def verifier_of(flows: bytes) -> bytes:
    """Return the stored verifier of the only flow."""
    (row,) = bson.decode_all(flows)
    verifier: bytes = row["verifier"]
    return verifier
