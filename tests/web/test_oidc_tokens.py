"""The ID token: what proves who signed in, and what does not, however well it looks."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey, RSAKey

from tests.support.gateway import FakeClock, Harness
from tests.support.identity_provider import (
    Claims,
    IdentityProviderServer,
    new_encryption_key,
    running_identity_provider,
    unsigned,
)
from tests.support.logins import gateway_with, signed_in, user_of
from tests.support.rows import Rows

Sign = Callable[[IdentityProviderServer, Claims], str]


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProviderServer]:
    async with running_identity_provider() as running:
        yield running


@pytest.fixture
async def gateway(
    provider: IdentityProviderServer, mongodb_url: str, database_name: str, clock: FakeClock
) -> AsyncIterator[Harness]:
    async with gateway_with(provider, mongodb_url, database_name, clock) as harness:
        yield harness


async def sign_in(gateway: Harness) -> tuple[int, str | None]:
    """The status that signing in ends with, and who is signed in afterwards."""
    browser = await gateway.browser()
    await browser.open("/login")
    await browser.submit(action="/login")
    return browser.page.status_code, user_of(browser)


async def assert_refused(gateway: Harness, rows: Rows) -> None:
    """No session begins, and the page says so in the gateway's words."""
    browser = await gateway.browser()
    await browser.open("/login")
    await browser.submit(action="/login")
    assert browser.page.status_code == 502
    assert "The identity provider's answer cannot be used." in browser.text
    assert await rows.sessions() == []
    assert not await signed_in(browser)


DAY = 86_400
"""Longer than the tests take between the making of a table and its use."""


def ago(seconds: int) -> int:
    return int(time.time()) - seconds


WRONG: dict[str, dict[str, Any]] = {
    "nonce of another sign-in": {"nonce": "n" * 43},
    "no nonce": {"nonce": None},
    "other issuer": {"iss": "https://evil.example"},
    "issuer with a slash": {"iss": "{issuer}/"},
    "issuers": {"iss": ["{issuer}"]},
    "no issuer": {"iss": None},
    "other audience": {"aud": "another-client"},
    "no audience": {"aud": None},
    "audience as part": {"aud": "gateway2"},
    "other audience that names us as azp": {"aud": "another-client", "azp": "gateway"},
    "other audiences that name us as azp": {"aud": ["x", "y"], "azp": "gateway"},
    "several audiences without azp": {"aud": ["gateway", "another-client"]},
    "azp of another": {"azp": "another-client"},
    "several audiences, azp of another": {"aud": ["gateway", "x"], "azp": "x"},
    "expired": {"exp": ago(120)},
    "no expiry": {"exp": None},
    "expiry as text": {"exp": "4102444800"},
    "from the future": {"iat": ago(-DAY)},
    "no time of issue": {"iat": None},
    "not valid yet": {"nbf": ago(-DAY)},
    "hash of another access token": {"at_hash": "A" * 22},
    "no subject": {"sub": None},
    "subject as number": {"sub": 7},
    "empty subject": {"sub": ""},
    "endless subject": {"sub": "x" * 256},
    "subject with a control character": {"sub": "alice\n"},
    "subject as object": {"sub": {"$ne": None}},
}


@pytest.mark.requirement("A4", "G1")
@pytest.mark.parametrize("name", [*WRONG])
async def test_a_token_with_a_wrong_claim_signs_nobody_in(
    gateway: Harness, provider: IdentityProviderServer, rows: Rows, name: str
) -> None:
    """Core 3.1.3.7, each rule by itself; A4, G1."""
    provider.claims = {
        key: value.format(issuer=provider.issuer) if isinstance(value, str) else value
        for key, value in WRONG[name].items()
    }
    if name == "issuers":
        provider.claims = {"iss": [provider.issuer]}
    await assert_refused(gateway, rows)
    provider.claims = {}
    assert await sign_in(gateway) == (200, "u_alice")


def alg_none(provider: IdentityProviderServer, claims: Claims) -> str:
    header = unsigned(json.dumps({"alg": "none", "kid": "k1"}).encode())
    return f"{header}.{unsigned(json.dumps(claims).encode())}."


def hs256(secret: Callable[[IdentityProviderServer], bytes]) -> Sign:
    def sign(provider: IdentityProviderServer, claims: Claims) -> str:
        head = unsigned(json.dumps({"alg": "HS256", "kid": "k1"}).encode())
        text = f"{head}.{unsigned(json.dumps(claims).encode())}"
        digest = hmac.new(secret(provider), text.encode(), hashlib.sha256).digest()
        return f"{text}.{unsigned(digest)}"

    return sign


def own_key_in_header(provider: IdentityProviderServer, claims: Claims) -> str:
    foreign = new_encryption_key("k1")
    return provider.sign_with(foreign, claims, jwk=foreign.as_dict(private=False))


def changed(provider: IdentityProviderServer, claims: Claims) -> str:
    head, _, signature = provider.sign_with(provider.signing_key, claims).split(".")
    return ".".join([head, unsigned(json.dumps(claims | {"sub": "admin"}).encode()), signature])


def critical(provider: IdentityProviderServer, claims: Claims) -> str:
    header = {"alg": "RS256", "kid": "k1", "crit": ["x"], "x": 1}
    text = ".".join(unsigned(json.dumps(part).encode()) for part in (header, claims))
    key: Any = provider.signing_key.private_key
    return f"{text}.{unsigned(key.sign(text.encode(), PKCS1v15(), SHA256()))}"


FORGED: dict[str, Sign] = {
    "alg none": alg_none,
    "HS256 with the public key (PEM)": hs256(lambda p: p.signing_key.as_pem(private=False)),  # type: ignore[union-attr]
    "HS256 with the public key (JWK)": hs256(lambda p: json.dumps(p.published[0]).encode()),
    "HS256 with the client secret": hs256(lambda p: b"client secret: 50% & more"),
    "a foreign key of the same name": lambda p, c: p.sign_with(new_encryption_key("k1"), c),
    "a foreign key in the header": own_key_in_header,
    "a changed claim": changed,
    "an unknown key": lambda p, c: p.sign_with(new_encryption_key("k9"), c),
    "an unknown critical header": critical,
    "no token at all": lambda p, c: "x",
    "five parts": lambda p, c: "a.b.c.d.e",
    "not ASCII": lambda p, c: "é.é.é",
    "deep": lambda p, c: unsigned(b"[" * 100_000) + ".e30.e30",
}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # it is the attacker's doing
@pytest.mark.parametrize("name", [*FORGED])
async def test_a_token_that_the_provider_has_not_signed_signs_nobody_in(
    gateway: Harness, provider: IdentityProviderServer, rows: Rows, name: str
) -> None:
    provider.sign = lambda claims: FORGED[name](provider, claims)
    await assert_refused(gateway, rows)
    provider.sign = None
    assert await sign_in(gateway) == (200, "u_alice")


async def test_a_key_for_encryption_signs_nothing(
    gateway: Harness, provider: IdentityProviderServer, rows: Rows
) -> None:
    other = new_encryption_key("enc")
    provider.published.append(other.as_dict(private=False) | {"use": "enc"})
    provider.sign = lambda claims: provider.sign_with(other, claims)
    await assert_refused(gateway, rows)


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # it is the provider's doing
async def test_a_short_rsa_key_signs_nothing(
    gateway: Harness, provider: IdentityProviderServer, rows: Rows
) -> None:
    """RFC 7518 3.3: 2,048 bits at least."""
    short = RSAKey.generate_key(1024, {"kid": "short"}, private=True, auto_kid=False)
    provider.published.append(short.as_dict(private=False))
    provider.sign = lambda claims: provider.sign_with(short, claims)
    await assert_refused(gateway, rows)


async def test_keys_that_nobody_knows_do_no_harm(
    gateway: Harness, provider: IdentityProviderServer
) -> None:
    """RFC 7517 5: invalid keys are passed over."""
    provider.published[:0] = [
        {"kty": "PQ", "kid": "k1"},
        {"kty": "RSA"},
        {"kty": "EC", "crv": "P-1"},
        {"kty": "oct", "k": "AAAA", "kid": "k1"},
        {"kty": ["RSA"]} | {"kty": "RSA", "n": 1},
    ]
    assert await sign_in(gateway) == (200, "u_alice")


async def test_a_provider_with_another_kind_of_key_works(
    gateway: Harness, provider: IdentityProviderServer
) -> None:
    key = ECKey.generate_key("P-256", {"kid": "ec"})
    provider.published.append(key.as_dict(private=False))
    provider.sign = lambda claims: provider.sign_with(key, claims, alg="ES256")
    assert await sign_in(gateway) == (200, "u_alice")


async def test_a_provider_with_one_key_need_not_name_it(
    gateway: Harness, provider: IdentityProviderServer
) -> None:
    provider.sign = lambda claims: provider.sign_with(provider.signing_key, claims, kid=None)
    assert await sign_in(gateway) == (200, "u_alice")


async def test_changed_keys_are_noticed_and_nobody_can_make_us_ask_again_and_again(
    gateway: Harness, provider: IdentityProviderServer, rows: Rows
) -> None:
    assert await sign_in(gateway) == (200, "u_alice")
    assert await sign_in(gateway) == (200, "u_alice")
    assert (provider.count("/discovery"), provider.count("/keys")) == (1, 1)
    provider.rotate(new_encryption_key("k2"))
    assert await sign_in(gateway) == (200, "u_alice")
    assert provider.count("/keys") == 2
    provider.sign = lambda claims: provider.sign_with(new_encryption_key("k9"), claims)
    for _ in range(3):
        assert (await sign_in(gateway))[0] == 502
    assert provider.count("/keys") == 2


@pytest.mark.requirement("L4")
async def test_a_clock_that_is_a_little_off_is_forgiven(
    gateway: Harness, provider: IdentityProviderServer
) -> None:
    """A minute, not more."""
    provider.claims = {"iat": ago(-30), "exp": ago(30)}
    assert await sign_in(gateway) == (200, "u_alice")
    provider.claims = {"aud": ["gateway", "x"], "azp": "gateway"}
    assert await sign_in(gateway) == (200, "u_alice")


EMAIL = {"email": "ana@example.com", "email_verified": True}


@pytest.mark.parametrize(
    ("claim", "person", "user"),
    [
        ("sub", {"sub": "u_1"} | EMAIL, "u_1"),
        ("email", {"sub": "u_1"} | EMAIL, "ana@example.com"),
        ("employee_id", {"sub": "u_1", "employee_id": "E 17"}, "E 17"),
        ("email", {"sub": "u_1", "email": "ana@example.com"}, None),
        ("email", {"sub": "u_1"} | EMAIL | {"email_verified": False}, None),
        ("email", {"sub": "u_1"} | EMAIL | {"email_verified": "true"}, None),
        ("employee_id", {"sub": "u_1"}, None),
        ("employee_id", {"sub": "u_1", "employee_id": ["E 17"]}, None),
    ],
)
async def test_user_is_the_value_of_the_chosen_claim(
    provider: IdentityProviderServer,
    mongodb_url: str,
    database_name: str,
    clock: FakeClock,
    claim: str,
    person: dict[str, Any],
    user: str | None,
) -> None:
    """An e-mail address only if the provider has verified it: anybody can write down another's."""
    provider.person = person
    async with gateway_with(
        provider, mongodb_url, database_name, clock, oidc_user_claim=claim
    ) as gateway:
        assert await sign_in(gateway) == (200 if user else 502, user)
