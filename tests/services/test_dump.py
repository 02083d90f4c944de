"""What is in the database, byte for byte, when somebody else reads it: nothing that opens anything.

Every collection, at each moment of a connection's life, is searched for every secret that was ever
in play, as it is and in the usual spellings (security E1, E5, E6, A11).
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

CLIENT_SECRETS = ("sandbox-notion-not-a-secret", "sandbox-shopify-not-a-secret")
PREFIXES = ("sandbox-notion-a", "sandbox-notion-r", "sandbox-shopify-a", "sandbox-shopify-r")
"""How access and refresh tokens of the sandbox begin."""

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
    """The spellings in which a secret is to be seen; base64 at each of the three offsets, too."""
    raw = secret.encode()
    found = [name for name, spell in SPELLINGS.items() if spell(raw) in everything]
    for offset in (1, 2):
        # Inside a longer text that was encoded: without the characters its neighbours touch.
        inner = base64.b64encode(b"\x00" * offset + raw)[offset + 1 : -4]
        if inner in everything:
            found.append(f"base64 + {offset}")
    return found


@pytest.mark.parametrize("name", SPELLINGS)
def test_each_spelling_is_seen(name: str) -> None:
    """A search that finds nothing anywhere would find nothing here, too."""
    secret = "ntn_canary-7Qm2/refresh token+1"
    assert name in shown(secret, b"before" + SPELLINGS[name](secret.encode()) + b"after")
    for offset in (1, 2):
        wrapped = base64.b64encode(b"x" * offset + secret.encode() + b"yyyy")
        assert f"base64 + {offset}" in shown(secret, wrapped)


class Watch:
    """Every secret that was met so far, and a search for all of them."""

    def __init__(self, url: str, database: str) -> None:
        self._url, self._database = url, database
        self.secrets: list[str] = [*CLIENT_SECRETS, *PREFIXES]

    def search(self, *collections: str) -> dict[str, bytes]:
        """Nothing is shown; the dump, in which at least these collections are."""
        dumped = dump(self._url, self._database)
        assert set(collections) <= dumped.keys()
        everything = b"".join(dumped.values())
        found = {secret: where for secret in self.secrets if (where := shown(secret, everything))}
        assert found == {}
        return dumped


def cookies(browser: Browser) -> list[str]:
    """The values of the browser's cookies, and what is inside of those that have parts."""
    values = [cookie.value or "" for cookie in browser.client.cookies.jar]
    return [part for value in values for part in re.split(r"[.:|]", value) if len(part) >= 20]


@pytest.mark.requirement("A11", "E1", "E5", "E6")
async def test_no_secret_is_in_the_database_at_any_moment(
    gateway: Harness, mongodb_url: str, database_name: str, sandbox: SandboxProcess
) -> None:
    """During a flow, connected, refreshed, disconnected."""
    watch = Watch(mongodb_url, database_name)
    watch.secrets.append(gateway.settings.encryption_keys.get_secret_value().partition(":")[2])
    browser = await gateway.browser("alice")

    # At the provider's page: the state is in its address, the flow cookie in the browser.
    await browser.start("shopify", **{"shop": "acme"})
    query = parse_qs(urlsplit(browser.url).query)
    (state,) = query["state"]
    watch.secrets += [state, *cookies(browser)]
    assert len(watch.secrets) >= len(CLIENT_SECRETS) + len(PREFIXES) + 4
    dumped = watch.search("oauth_state", "sessions", "vault")
    assert flow_id(state).encode() in dumped["oauth_state"]  # the dump is of what was stored
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
    assert verifier_of(dumped["oauth_state"]) == b""  # it left when the flow was claimed
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
    """The verifier of the only flow, as it is stored."""
    (row,) = bson.decode_all(flows)
    verifier: bytes = row["verifier"]
    return verifier
