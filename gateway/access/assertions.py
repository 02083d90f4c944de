"""User assertions: a host's signed statement that it acts for one of its users (security F2).

A plain service key gives access to the tokens of every user. A service key that was created with a
host's public keys is useless alone: each call also carries a JSON Web Token (RFC 7519) that the
host signed minutes ago, for the call's user and for this gateway. Nothing secret is stored here.

The algorithms are fixed: EdDSA with Ed25519, and ES256, with the public keys of the service key.
``none`` and the HMAC family are not accepted, and a key in an assertion's header is ignored.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, OKPKey
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from gateway.errors import AssertionInvalid, InvalidRequest

HEADER = "X-User-Assertion"
LONGEST_SECONDS = 300
"""The latest end of an assertion, from now."""
LEEWAY_SECONDS = 10
MOST_KEYS = 2
"""The current public key and the next one."""
MAX_KID = 64
_CURVES = {"Ed25519": ("OKP", ("EdDSA", "Ed25519")), "P-256": ("EC", ("ES256",))}
"""Curve -> key type (RFC 7518 6.1, RFC 8037 2) and the algorithms of its signatures."""

_SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)
"""The points of Ed25519 whose order divides eight, without the sign bit (RFC 8032 5.1.3).

Under such a "public key", all zeros for example, anybody can make signatures.
"""

_Key = OKPKey | ECKey


@dataclass(frozen=True, kw_only=True, slots=True)
class Assertion:
    """The content of an assertion. ``connector`` is ``None`` for any connector."""

    user: str
    connector: str | None


class _Claims(BaseModel):
    """The claims that count; others are ignored (RFC 7519 4)."""

    model_config = ConfigDict(strict=True)

    sub: str
    aud: str | list[str]
    exp: int | FiniteFloat
    iat: int | FiniteFloat
    nbf: int | FiniteFloat | None = None
    connector: str | None = Field(default=None, min_length=1)


class _Registry(jws.JWSRegistry):
    """Accepts the algorithm names of the assertion's public key.

    The library warns about the name ``EdDSA``, which RFC 9864 deprecates because it can stand for
    two curves. Here the public key determines the curve, and most libraries still write the name.
    """

    def get_alg(self, name: str) -> JWSAlgModel:
        """Return the algorithm of that name; raise ``UnsupportedAlgorithmError``."""
        if not isinstance(name, str) or name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError("this algorithm is not accepted")
        return self.algorithms[name]


class AssertionKeys:
    """The public keys (JWK, RFC 7517) that may sign assertions."""

    def __init__(self, keys: Sequence[Mapping[str, Any]]) -> None:
        self._keys = [(key.get("kid"), *_read(key)) for key in keys]

    def read(self, text: str, *, audience: str, now: datetime) -> Assertion:
        """Verify an assertion and return its content, or raise ``AssertionInvalid``."""
        try:
            kid = jws.extract_compact(text.encode("ascii")).headers().get("kid")
            key, algorithms = self._choose(kid)
            claims = _Claims.model_validate(
                jwt.decode(text, key, registry=_Registry(algorithms=algorithms)).claims
            )
        except AssertionInvalid:
            raise
        except ValidationError as error:
            wrong = sorted({str(item["loc"][0]) for item in error.errors() if item["loc"]})
            raise AssertionInvalid(
                f"the user assertion has missing or wrong claims: {', '.join(wrong)}"
            ) from None
        except Exception:  # a token that makes a parser fail proves nothing
            raise AssertionInvalid(
                "the user assertion is not a JWT that one of the key's assertion keys signed"
            ) from None
        _check(claims, audience, now.timestamp())
        return Assertion(user=claims.sub, connector=claims.connector)

    def _choose(self, kid: object) -> tuple[_Key, tuple[str, ...]]:
        found = [
            (key, algorithms)
            for known, key, algorithms in self._keys
            # With one public key, neither side has to name it.
            if kid == known or (len(self._keys) == 1 and None in (kid, known))
        ]
        if len(found) != 1:
            raise AssertionInvalid(
                "the user assertion's kid names none of the key's assertion keys"
            )
        return found[0]


def public_keys(keys: Sequence[Mapping[str, Any]]) -> tuple[dict[str, str], ...]:
    """Return ``keys`` as they are stored: up to two public JWKs with only the needed members.

    Raises ``InvalidRequest``, which quotes no value, because it may be a private key.
    """
    if len(keys) > MOST_KEYS:
        raise _wrong(f"there can be at most {MOST_KEYS} public keys")
    found = []
    for key in keys:
        if "d" in key:
            raise _wrong("this is a private key: keep it, and send its public part")
        _read(key)
        wanted = ("kty", "crv", "x", "y", "kid")
        found.append({name: str(key[name]) for name in wanted if name in key})
    kids = [key.get("kid") for key in found]
    if len(kids) > 1 and (None in kids or len(set(kids)) < len(kids)):
        raise _wrong("two public keys need a kid each, and different ones")
    return tuple(found)


def _read(key: Mapping[str, Any]) -> tuple[_Key, tuple[str, ...]]:
    kty, algorithms = _CURVES.get(str(key.get("crv")), ("", ()))
    kid = key.get("kid")
    if key.get("kty") != kty or key.get("use", "sig") != "sig":
        raise _wrong("a public key must be a JWK for signatures, Ed25519 or P-256")
    if kid is not None and not (
        isinstance(kid, str) and 0 < len(kid) <= MAX_KID and kid.isprintable()
    ):
        raise _wrong(f"a kid has 1 to {MAX_KID} printable characters")
    fields = {name: key[name] for name in ("kty", "crv", "x", "y") if name in key}
    try:
        read = (OKPKey if kty == "OKP" else ECKey).import_key(fields)
        read.get_op_key("verify")  # only this parses the bytes of an Ed25519 key
        weak = kty == "OKP" and _without_sign(urlsafe_b64decode(key["x"] + "==")) in _SMALL_ORDER
    except Exception:  # a JWK that makes its parser fail is not a key
        raise _wrong("a public key cannot be read as a JWK") from None
    if weak:
        raise _wrong("this public key is weak: anybody can sign for it")
    return read, algorithms


def _without_sign(point: bytes) -> bytes:
    return point[:-1] + bytes([point[-1] & 0x7F])


def _wrong(problem: str) -> InvalidRequest:
    return InvalidRequest(problem, {"user_assertion": problem})


def _check(claims: _Claims, audience: str, now: float) -> None:
    # Another audience of the assertion could replay it here.
    if claims.aud not in (audience, [audience]):
        raise AssertionInvalid(f'the user assertion\'s aud is not "{audience}" alone')
    if now >= claims.exp + LEEWAY_SECONDS:
        raise AssertionInvalid("the user assertion has expired (exp)")
    if claims.exp > now + LONGEST_SECONDS + LEEWAY_SECONDS:
        raise AssertionInvalid(
            f"the user assertion is valid for more than {LONGEST_SECONDS} s (exp)"
        )
    if max(claims.iat, claims.nbf or 0) > now + LEEWAY_SECONDS:
        raise AssertionInvalid("the user assertion is from the future (iat, nbf)")
