"""Errors of OAuth endpoints: Authlib's classes, and the one that it lacks.

They are answered in the form of RFC 6749, not as problems: clients of these endpoints read that.
"""

from __future__ import annotations

from authlib.oauth2.rfc6749.errors import OAuth2Error


class InvalidTargetError(OAuth2Error):  # type: ignore[misc] # authlib has no types
    """The requested resource is not ours (RFC 8707 2)."""

    error = "invalid_target"


class UnknownClientError(OAuth2Error):  # type: ignore[misc] # authlib has no types
    """Who asks is not known, or the address to answer at is not theirs: nobody is redirected."""

    error = "invalid_client"
