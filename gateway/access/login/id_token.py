"""The ID token (OpenID Connect Core 3.1.3.7): the only proof of a sign-in.

``joserfc`` verifies the signature (Authlib recommends it; ``authlib.jose`` is deprecated), and
``CodeIDToken`` the claims. Only asymmetric algorithms are accepted, and only signing keys of the
provider's key set. ``none`` and the HMAC family are not accepted, so a public key can never be
mistaken for a shared secret. A key in a token's header is ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import JWKRegistry, Key, KeySet, RSAKey

from gateway.errors import LoginUnreadable

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY_SECONDS = 60
SHORTEST_RSA = 2048
"""Bits (RFC 7518 3.3)."""
_KEY_TYPES = frozenset({"RSA", "EC"})


class UnknownSigningKey(LoginUnreadable):
    """The ID token is signed with a key that the provider does not publish."""


def read_signing_keys(document: Mapping[str, Any]) -> KeySet:
    """Return the signing keys of a JWK set; raise ``LoginUnreadable`` if it has none.

    Keys of other types, for other uses, with mistakes or too short are ignored (RFC 7517 5).
    """
    found: list[Key] = []
    entries = document.get("keys")
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, dict) or entry.get("kty") not in _KEY_TYPES:
            continue
        if entry.get("use", "sig") != "sig":
            continue
        try:
            key = JWKRegistry.import_key(entry)
            is_short = isinstance(key, RSAKey) and key.public_key.key_size < SHORTEST_RSA
        except Exception:  # noqa: S112 - a key that cannot be read is ignored as well
            continue
        if not is_short:
            found.append(key)
    if not found:
        raise LoginUnreadable("the provider's key set has no key that can sign an ID token")
    return KeySet(found)


def read_id_token(
    text: str,
    *,
    keys: KeySet,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str | None,
    now: datetime,
) -> Mapping[str, Any]:
    """Verify an ID token for this client and this sign-in, and return its claims.

    Raises ``UnknownSigningKey`` if its key is not published: it may be new. Raises
    ``LoginUnreadable``, which names the problem and quotes no value, if the token is not valid.
    """
    try:
        header = jws.extract_compact(text.encode()).headers()
        if header.get("alg") not in ALGORITHMS:
            raise LoginUnreadable("the ID token is not signed with an algorithm that is accepted")
        token = jwt.decode(text, keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "value": client_id},
            },
            {"nonce": nonce, "client_id": client_id, "access_token": access_token},
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except InvalidKeyIdError:
        raise UnknownSigningKey from None
    except LoginUnreadable:
        raise
    except Exception as error:  # a token that makes a parser fail proves nothing
        claim = getattr(error, "claim", None)
        what = f" ({claim})" if isinstance(claim, str) and claim.isidentifier() else ""
        raise LoginUnreadable(f"the ID token is not valid: {type(error).__name__}{what}") from None
    return dict(claims)
