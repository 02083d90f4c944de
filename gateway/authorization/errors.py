"""Errors of OAuth endpoints: Authlib's classes, and the one that it lacks.

The answer has the form of RFC 6749, which clients of these endpoints read, not that of problems.
"""

from __future__ import annotations

from authlib.oauth2.rfc6749.errors import OAuth2Error


class InvalidTargetError(OAuth2Error):  # type: ignore[misc] # authlib has no types
    """The requested resource is not ours (RFC 8707 2)."""

    error = "invalid_target"


class UnknownClientError(OAuth2Error):  # type: ignore[misc] # authlib has no types
    """The client is not known, or the redirect URI is not its own: nobody is redirected."""

    error = "invalid_client"
