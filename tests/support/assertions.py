"""A host that signs user assertions, with keys of either kind, and mistakes on demand."""

from __future__ import annotations

import time
from typing import Any

from joserfc import jwk, jws, jwt
from joserfc.jwa import JWSAlgModel

from tests.conftest import GATEWAY_URL

HEADER = "X-User-Assertion"


class _AnyAlgorithm(jws.JWSRegistry):
    def check_header(self, header: Any) -> None:
        """Nothing: what is wrong with it is the gateway's to find."""

    def get_alg(self, name: str) -> JWSAlgModel:
        return self.algorithms[name]  # without the library's warnings: hosts write what they like


class Host:
    """Signs with one key; ``kid`` names it where the gateway has to choose."""

    def __init__(self, algorithm: str = "EdDSA", kid: str | None = None) -> None:
        self.algorithm = algorithm
        self.kid = kid
        self.key: Any = (
            jwk.ECKey.generate_key("P-256")
            if algorithm == "ES256"
            else jwk.OKPKey.generate_key("Ed25519")
        )

    @property
    def public(self) -> dict[str, Any]:
        """The public JWK, as it is given to the gateway."""
        named = {} if self.kid is None else {"kid": self.kid}
        return {**self.key.as_dict(private=False), **named}

    def sign(self, user: str = "alice", **changed: Any) -> str:
        """An assertion about ``user`` that is good for a minute, but for what is ``changed``."""
        now = int(time.time())
        claims = {"sub": user, "aud": GATEWAY_URL, "iat": now, "exp": now + 60, **changed}
        given = {name: value for name, value in claims.items() if value is not None}
        return self.sign_as_it_is(given)

    def sign_as_it_is(self, claims: dict[str, Any], **header: Any) -> str:
        """A JWT with these claims and nothing else; ``header`` adds to its header."""
        named = {} if self.kid is None else {"kid": self.kid}
        full = {"alg": self.algorithm, **named, **header}
        return jwt.encode(full, claims, self.key, registry=_AnyAlgorithm(strict_check_header=False))
