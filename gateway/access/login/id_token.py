"""The ID token (OpenID Connect Core 3.1.3.7): the one proof of who signed in.

``joserfc`` verifies the signature (Authlib's own recommendation; ``authlib.jose`` is deprecated) and
Authlib's ``CodeIDToken`` the claims. What may sign is fixed here: asymmetric algorithms, and only
keys from the provider's key set that are for signatures. ``none`` and the HMAC family are not on the
list, so a public key can never be taken for a shared secret; a key that a token brings along in its
header is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import JWKRegistry, Key, KeySet

from gateway.errors import LoginUnreadable

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY_SECONDS = 60
_KEY_TYPES = frozenset({"RSA", "EC"})


class UnknownKey(Exception):
    """The token names a key that is not in the set: the provider may have changed its keys."""


def read_signing_keys(document: Mapping[str, Any]) -> KeySet:
    """The keys of a JWK set that may sign; raises ``LoginUnreadable`` if there is none.

    Keys of other types, for other uses or with mistakes are passed over (RFC 7517 5): a provider
    may publish what we do not know.
    """
    found: list[Key] = []
    entries = document.get("keys")
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, dict) or entry.get("kty") not in _KEY_TYPES:
            continue
        if entry.get("use", "sig") != "sig":
            continue
        try:
            found.append(JWKRegistry.import_key(entry))
        except Exception:  # noqa: S112 - a key that cannot be read is a key that nobody can use
            continue
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
    """The claims of a token that is valid for this client and this sign-in.

    Raises ``UnknownKey``, or ``LoginUnreadable`` naming what is wrong and no value of it.
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
        raise UnknownKey from None
    except LoginUnreadable:
        raise
    except Exception as error:  # whatever a token makes a parser do, it proves nothing
        claim = getattr(error, "claim", None)
        what = f" ({claim})" if isinstance(claim, str) and claim.isidentifier() else ""
        raise LoginUnreadable(f"the ID token is not valid: {type(error).__name__}{what}") from None
    return dict(claims)
