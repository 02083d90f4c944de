"""A key that gives no security verifies nothing."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

import pytest

from gateway.access.login.id_token import read_signing_keys
from gateway.access.service_keys import Role
from gateway.errors import LoginUnreadable
from tests.support.gateway import Harness
from tests.support.problems import problem


def text_of(value: int, length: int, order: Any = "big") -> str:
    """Return a number as a JWK has it."""
    return urlsafe_b64encode(value.to_bytes(length, order)).rstrip(b"=").decode()


def rsa_key(bits: int) -> dict[str, str]:
    """Return an RSA public key whose modulus has ``bits`` bits."""
    modulus = (1 << bits - 1) + (1 << bits // 2) + 1
    return {"kty": "RSA", "kid": str(bits), "e": "AQAB", "n": text_of(modulus, (bits + 7) // 8)}


@pytest.mark.parametrize(
    "bits",
    [
        pytest.param(512, id="512 bits (OpenIDC/cjose#36)"),
        pytest.param(1024, id="1024 bits (jsonwebtoken/jsonwebtoken.github.io#578)"),
        pytest.param(2028, id="2028 bits (sebadob/rauthy#1123)"),
        pytest.param(2047, id="RFC 7518 3.3 (jwt/ruby-jwt#661)"),
    ],
)
def test_short_rsa_key_of_an_identity_provider_is_passed_over(bits: int) -> None:
    long = read_signing_keys({"keys": [rsa_key(bits), rsa_key(2048)]})
    assert [key.kid for key in long.keys] == ["2048"]
    with pytest.raises(LoginUnreadable):
        read_signing_keys({"keys": [rsa_key(bits)]})


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(0, id="all zeros (jedisct1/libsodium#112)"),
        pytest.param(1 << 255, id="all zeros, with a sign (ZcashFoundation/ed25519-zebra#64)"),
        pytest.param(1, id="the identity (embeddedos-org/eos#99)"),
        pytest.param(2**255 - 20, id="order two (wolfSSL/wolfssl#10540)"),
        pytest.param(
            int.from_bytes(
                bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
                "little",
            ),
            id="order eight (agentrust-io/agent-manifest#120)",
        ),
    ],
)
async def test_key_for_which_anybody_can_sign_is_no_assertion_key(
    gateway: Harness, point: int
) -> None:
    key = {"kty": "OKP", "crv": "Ed25519", "x": text_of(point, 32, "little")}
    admin = await gateway.api(Role.ADMIN)
    body = {"roles": ["tokens"], "user_assertion": {"keys": [key]}}
    answer = await admin.post("/v1/keys", json=body)
    assert [*problem(answer, 422, "invalid_request")["errors"]] == ["user_assertion"]
