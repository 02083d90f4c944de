"""Providers seen from their own side: what each accepts, answers and refuses.

These files are written from the providers' documentation with the catalog file closed: the two must
meet on the wire, or the contract proves nothing. Where a provider is known to accept several forms,
only the documented one is accepted here.
"""

from __future__ import annotations

from connectors.key_provider import SimulatedKeyProvider, key_provider
from connectors.provider import (
    ApiCall,
    ApiRules,
    AuthorizeRules,
    FictionalAccount,
    GrantRules,
    IntrospectRules,
    IssuedTokens,
    LongLivedRules,
    Reason,
    Refusal,
    RefusedRequest,
    RevokeRules,
    SimulatedProvider,
    TokenRules,
)
from connectors.provider_keys import ExchangeRules, IssuedKeyToken, KeyRules, Place
from connectors.rfc6749 import facts, needs, rfc6749, unsigned_jwt

__all__ = [
    "ApiCall",
    "ApiRules",
    "AuthorizeRules",
    "ExchangeRules",
    "FictionalAccount",
    "GrantRules",
    "IntrospectRules",
    "IssuedKeyToken",
    "IssuedTokens",
    "KeyRules",
    "LongLivedRules",
    "Place",
    "Reason",
    "Refusal",
    "RefusedRequest",
    "RevokeRules",
    "SimulatedKeyProvider",
    "SimulatedProvider",
    "TokenRules",
    "facts",
    "key_provider",
    "needs",
    "rfc6749",
    "unsigned_jwt",
]
